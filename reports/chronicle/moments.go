package chronicle

import "fmt"

// Moment is an event worth a line in a table.
type Moment struct {
	N    int     `json:"n"` // number of the event in events.jsonl
	At   float64 `json:"at"`
	Kind string  `json:"kind"`
	Step string  `json:"step,omitempty"`
	Node string  `json:"node,omitempty"`
	Text string  `json:"text"`
}

// Anchor names the event in a document: "e-0412".
func (m Moment) Anchor() string { return fmt.Sprintf("e-%04d", m.N) }
