package record

// Action is what operators did, as a step of the timeline. Times are seconds
// since the start of the run.
type Action struct {
	Step    string   `json:"step"`
	Kind    string   `json:"kind"`           // "restart"
	Targets []string `json:"targets"`        // nodes, in the order in which it was done; none: the drill as a whole
	Text    string   `json:"text,omitempty"` // what people were told
	Began   *float64 `json:"began"`          // nil: not reached
	Ended   *float64 `json:"ended"`          // nil: not known
	Result  Result   `json:"result"`
	Error   string   `json:"error,omitempty"`
	Output  string   `json:"output,omitempty"` // the end of what was printed, 4 KiB of each node at most
	// Who acknowledged a manual step: the name as they gave it, or that of their
	// account; Via tells how, by the run's own "terminal" or by "ack".
	AcknowledgedBy string `json:"acknowledged_by,omitempty"`
	Via            string `json:"via,omitempty"`
	Note           string `json:"note,omitempty"`
	// Nodes tells of each node by itself, where there is more than one.
	Nodes []ActionNode `json:"nodes,omitempty"`
}

// ActionNode is the part of an action that was done to one node.
type ActionNode struct {
	Node   string   `json:"node"`
	Began  *float64 `json:"began"`
	Ended  *float64 `json:"ended"`
	Result Result   `json:"result"`
	Error  string   `json:"error,omitempty"`
}

// Result is how an action ended.
type Result string

const (
	Done            Result = "done"
	ActionFailed    Result = "failed"
	TimedOut        Result = "timed out"
	NotAcknowledged Result = "not acknowledged" // a manual step whose time-out came first
	Cancelled       Result = "cancelled"        // the run was stopped meanwhile
	NotReached      Result = "not reached"
)

// Done tells whether the action was carried out as planned.
func (a Action) Done() bool { return a.Result == Done }

// Manual is the kind of action that people do.
const Manual = "manual"
