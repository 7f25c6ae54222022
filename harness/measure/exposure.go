package measure

import (
	"slices"
	"strings"
	"time"

	"maildrill/harness/ledger"
)

// exposure counts how much of the workload met one step, target by target.
// Probes never count.
type exposure struct {
	step     *step
	window   span
	open     bool // the step was reached, so there is a window
	met      []uint64
	entry    []bool // the target is a host that the workload ever tried
	accepted uint64 // copies accepted inside the window, anywhere
	attempts uint64 // attempts inside the window, anywhere
}

func newExposure(s *step, end time.Duration) *exposure {
	x := &exposure{step: s, met: make([]uint64, len(s.targets)), entry: make([]bool, len(s.targets))}
	x.window, x.open = s.held(end)
	return x
}

// expose counts one attempt for every step it overlapped.
func (v *survey) expose(e ledger.Entry) {
	for _, x := range v.exposures {
		x.take(e)
	}
}

func (x *exposure) take(e ledger.Entry) {
	inside := x.open && x.window.overlaps(e.Start, e.End)
	for i, t := range x.step.targets {
		if !t.is(e.Node) && !slices.Contains(t.fronts, e.Node) {
			continue
		}
		x.entry[i] = true
		if inside {
			x.met[i]++
		}
	}
	if inside {
		x.attempts++
	}
	if inside && e.Kind == ledger.Outcome && e.Verdict == ledger.Accepted {
		x.accepted++
	}
}

// exercised is how much met the step. A fault that counts what meets it says so
// itself, even that nothing did; only for one that counts nothing do the
// workload's attempts at the target stand in. A target that the workload never
// addresses itself, a store for instance, is then met by what is accepted
// meanwhile and has to end there.
func (x *exposure) exercised() uint64 {
	var total uint64
	for i, t := range x.step.targets {
		switch {
		case t.counts():
			total += t.counted()
		case x.entry[i] || !x.open:
			total += x.met[i]
		default:
			total += x.accepted
		}
	}
	return total
}

// is tells whether a host that was tried is the target.
func (t *target) is(host string) bool {
	return names(host, t.name) || t.host != "" && host == t.host
}

// names tells whether host is the node, by its name or its DNS name.
func names(host, node string) bool {
	return host == node || strings.HasPrefix(host, node+".")
}
