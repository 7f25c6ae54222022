package scenarios

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// window is when a step with a fixed start holds its fault.
type window struct {
	step       Step
	path       string
	begin, end Duration
}

// checkOverlaps refuses two faults on one node at one time if they cannot
// compose. Only steps with `at` are compared: when the others begin is not
// known before the run.
func (d *Document) checkOverlaps(steps []Step) {
	var windows []window
	for i, s := range steps {
		if s.Fault == "" || s.At == nil || *s.At < 0 {
			continue
		}
		w := window{step: s, path: item("timeline", i), begin: *s.At, end: *s.At}
		if s.For != nil && *s.For > 0 {
			w.end += *s.For
		}
		for _, before := range windows {
			d.checkOverlap(before, w)
		}
		windows = append(windows, w)
	}
}

func (d *Document) checkOverlap(a, b window) {
	if !overlap(a, b) || compose(a.step, b.step) {
		return
	}
	for _, node := range b.step.On {
		if slices.Contains(a.step.On, node) {
			d.wrong(b.path+".at", fmt.Sprintf("%s on %s (step %q) overlaps %s of step %q, %s to %s: the two cannot be told apart; start it after that",
				b.step.Fault, node, b.step.ID, a.step.Fault, a.step.ID, a.begin, a.end), "")
		}
	}
}

// overlap treats windows as half open, so that one fault may follow another;
// a fault without length counts at its instant.
func overlap(a, b window) bool {
	if a.begin == b.begin {
		return true
	}
	return a.begin < b.end && b.begin < a.end
}

// compose: a fault on a whole node leaves nothing for another to act on, and
// the same fault twice is one. Others, for instance on two daemons of a node,
// may be on together.
func compose(a, b Step) bool {
	whole := func(s Step) bool { return strings.HasPrefix(s.Fault, "node.") }
	return !whole(a) && !whole(b) && (a.Fault != b.Fault || !a.With.equal(b.With))
}

// equal compares parameters as they are written.
func (p Params) equal(q Params) bool {
	return bytes.Equal(p.plain(), q.plain())
}

func (p Params) plain() []byte {
	if p.IsZero() {
		return nil
	}
	out, err := yaml.Marshal(bare(p.node))
	if err != nil {
		return []byte(err.Error())
	}
	return out
}
