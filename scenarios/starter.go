package scenarios

import (
	"bytes"
	_ "embed"
	"text/template"
)

// Starter is what a first scenario is written from.
type Starter struct {
	Name     string // of the scenario
	Topology string // a name of the library, or the path of a file beside the scenario
	Entry    string // mx or submission
	Clock    string // drill or production
	Fault    string // "node.crash"
	Title    string // of the fault: "a host dies without a word"
	On       string
	For      Duration // how long the fault is held; 0: it is over by itself
	With     []string // parameters of the fault, "key: value"
	RTO      Duration
	Services []string // that must be back within the RTO
}

// Observe is long enough to prove that.
func (s Starter) Observe() Duration { return s.RTO + StableFor(s.Clock) }

//go:embed starter.yaml
var starterText string

var starter = template.Must(template.New("starter.yaml").Parse(starterText))

// File writes the scenario, with comments for whoever goes on from there.
func (s Starter) File() ([]byte, error) {
	var out bytes.Buffer
	err := starter.Execute(&out, s)
	return out.Bytes(), err
}
