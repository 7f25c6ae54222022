package keeper

import (
	"fmt"
	"slices"
	"sync"

	"maildrill/faults"
	"maildrill/harness/topology"
)

// held is the list of inverses that were not taken back yet.
type held struct {
	mu    sync.Mutex
	order []string
	steps map[string][]topology.Undo
}

// hold keeps the steps under an id; holding an id again replaces its steps.
func (h *held) hold(id string, steps []topology.Undo) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.steps == nil {
		h.steps = map[string][]topology.Undo{}
	}
	if _, known := h.steps[id]; !known {
		h.order = append(h.order, id)
	}
	h.steps[id] = steps
}

// release forgets an id; an unknown id is left alone.
func (h *held) release(id string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.steps, id)
	h.order = slices.DeleteFunc(h.order, func(o string) bool { return o == id })
}

// newestFirst gives all steps: the ids in reverse, each id's steps in order.
func (h *held) newestFirst() []topology.Undo {
	h.mu.Lock()
	defer h.mu.Unlock()
	var all []topology.Undo
	for _, id := range slices.Backward(h.order) {
		all = append(all, h.steps[id]...)
	}
	return all
}

// inverse turns an undo step into the order that carries it out.
func inverse(s topology.Undo) (order, error) {
	switch s.Verb {
	case verbStart, verbResume, verbRejoin:
		return order{Node: s.Node}, nil
	case verbSignal:
		if s.Args["name"] == "" || s.Args["signal"] == "" {
			return order{}, fmt.Errorf("undo signal on %s: needs args name and signal", s.Node)
		}
		return order{Node: s.Node, Name: s.Args["name"], Signal: s.Args["signal"]}, nil
	case verbTake:
		if s.Args["mechanism"] == "" || s.Args["id"] == "" {
			return order{}, fmt.Errorf("undo take on %s: needs args mechanism and id", s.Node)
		}
		return order{Node: s.Node, Rule: faults.Rule{ID: s.Args["id"], Mechanism: faults.Mechanism(s.Args["mechanism"])}}, nil
	}
	return order{}, fmt.Errorf("unknown undo verb %q; valid: start, resume, rejoin, signal, take", s.Verb)
}
