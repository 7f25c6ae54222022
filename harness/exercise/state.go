package exercise

import (
	"fmt"
	"slices"
	"strings"
)

// State is where an exercise stands.
type State string

// States.
const (
	Draft     State = "draft"
	Approved  State = "approved"
	Briefed   State = "briefed"
	Go        State = "go"
	Running   State = "running"
	Hold      State = "hold"
	Stopped   State = "aborted"
	Recovered State = "recovered"
	Debrief   State = "hotwash"
	Signed    State = "signed"
	Closed    State = "closed"
)

// moves is the state machine: what may follow each state.
var moves = map[State][]State{
	Draft:     {Approved},
	Approved:  {Briefed, Approved},
	Briefed:   {Go, Approved},
	Go:        {Running, Approved, Stopped},
	Running:   {Hold, Stopped, Recovered},
	Hold:      {Running, Stopped, Recovered},
	Stopped:   {Recovered},
	Recovered: {Debrief},
	Debrief:   {Signed},
	Signed:    {Signed, Closed},
	Closed:    {},
}

// commands say how one gets into a state.
var commands = map[State]string{
	Approved: "approve", Briefed: "brief", Go: "go", Running: "start", Hold: "hold", Stopped: "abort",
	Recovered: "end", Debrief: "hotwash", Signed: "sign", Closed: "close",
}

// States lists them in order.
func States() []State {
	return []State{Draft, Approved, Briefed, Go, Running, Hold, Stopped, Recovered, Debrief, Signed, Closed}
}

// Playing tells whether players may be met by something.
func (s State) Playing() bool { return s == Running || s == Hold }

// Over tells whether play has ended.
func (s State) Over() bool {
	return s == Recovered || s == Debrief || s == Signed || s == Closed
}

// StateError refuses a change of state.
type StateError struct{ From, To State }

func (e *StateError) Error() string {
	text := fmt.Sprintf("the exercise is %s, and cannot become %s", e.From, e.To)
	var next []string
	for _, s := range moves[e.From] {
		if name := commands[s]; !slices.Contains(next, name) {
			next = append(next, name)
		}
	}
	if len(next) > 0 {
		text += "; what can follow: " + strings.Join(next, ", ")
	}
	return text
}

func checkMove(from, to State) error {
	if !slices.Contains(moves[from], to) {
		return &StateError{from, to}
	}
	return nil
}
