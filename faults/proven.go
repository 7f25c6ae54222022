package faults

import (
	_ "embed"
	"encoding/json"
	"sync"
)

// Proven is the run of the conformance suite on real servers by which a kind
// of fault was proven.
type Proven struct {
	Kind string `json:"kind"`
	// Test is the name of the test. Where it tries a kind more than once, with
	// other parameters or on other nodes, Cases counts those of all tries.
	Test    string  `json:"test,omitempty"`
	Full    bool    `json:"full"` // the whole suite, else only its plain course
	Cases   int     `json:"cases,omitempty"`
	Passed  int     `json:"passed,omitempty"`
	Seconds float64 `json:"seconds,omitempty"`
	Engine  string  `json:"engine,omitempty"` // the version of the container engine
	Kernel  string  `json:"kernel,omitempty"` // of its host
	Date    string  `json:"date,omitempty"`   // YYYY-MM-DD
	// Meaningless is why there is nothing to prove on a container engine.
	Meaningless string `json:"meaningless,omitempty"`
}

//go:embed proven.json
var provenText []byte

var proven = sync.OnceValue(func() map[string]Proven {
	var list []Proven
	_ = json.Unmarshal(provenText, &list) // it is part of the program, and a test reads it
	all := map[string]Proven{}
	for _, p := range list {
		all[p.Kind] = p
	}
	return all
})

// ProvenBy tells how a kind was proven; false: it was not.
func ProvenBy(kind string) (Proven, bool) {
	p, ok := proven()[kind]
	return p, ok
}
