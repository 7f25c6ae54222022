package faults

// Resource is something of which the kernel grants a node's processes less.
type Resource string

// The resources, with the unit of their limits.
const (
	Memory Resource = "memory" // bytes
	CPU    Resource = "cpu"    // thousandths of one processor
	PIDs   Resource = "pids"   // processes and threads
	FDs    Resource = "fds"    // files that each process may still open: Process, Spare, Restart
	// OOM is memory that is taken until the kernel kills a process: Process. Its
	// rule limits nothing; it stands for what was killed (oom_kills).
	OOM Resource = "oom"
)

// oomKills is the counter of processes that the kernel has killed.
const oomKills = "oom_kills"

// LimitSpec lowers one limit of a node. Of several for one resource the lowest
// is in force.
type LimitSpec struct {
	Resource Resource `json:"resource"`
	// Limit is in the unit of the resource. Zero: Share is what counts.
	Limit int64 `json:"limit,omitempty"`
	// Share is of what is in use when the rule is put: 1 grants no more.
	Share float64 `json:"share,omitempty"`
	// Spare, in the unit of the resource, is what is granted beyond what the
	// processes hold when the rule is put. Of memory that is without the page
	// cache, which the kernel takes back.
	Spare int64 `json:"spare,omitempty"`
	// Process is the command name of those that it is about; empty: the node's
	// main process.
	Process string `json:"process,omitempty"`
	// Restart: those that were limited are ended when the rule is taken, for their
	// master to start others.
	Restart bool `json:"restart,omitempty"`
}

// What a [Standing] shows of limits in its Looks, where it is known.
const (
	LimitSet = "limit" // what the rule came to, in the unit of the resource
	InUse    = "used"  // what the node uses now
)

// KernelLimit is the id under which the rules of [Limits] are followed by the
// limits that the kernel has now, one for each resource, whoever set them, with
// its own counters since the node's start. Those of a node that is down are not
// known.
const KernelLimit = "kernel"
