package measure

import (
	"slices"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

// bites tells a look that saw the whole fault, in the control plane and from
// outside.
func (l look) bites() bool { return l.Error == "" && l.Installed && l.Effective }

// whole: the fault was seen on this target, both ways at once.
func (t *target) whole() bool {
	return slices.ContainsFunc(t.looks, func(l look) bool { return l.during() && l.bites() })
}

// proofs are the looks at the held fault that could see anything.
func (t *target) proofs() []look {
	return slices.DeleteFunc(slices.Clone(t.looks), func(l look) bool { return l.kind != ledger.FaultProof || l.Error != "" })
}

// partial: at the end only some of the fault was there.
func (t *target) partial() bool {
	all := t.proofs()
	return len(all) > 0 && all[len(all)-1].Partial
}

// lapsed is when a fault was last seen that was not there any more when its
// time was over: its target was started anew, or somebody took it away. Nil: it
// was there at the end, or never. What the control plane denies once is gone;
// an effect, which chance may hide from one attempt, is gone when it was missed
// twice.
func (t *target) lapsed() *time.Duration {
	all := t.proofs()
	n := len(all)
	if n < 2 || all[n-1].bites() || all[n-1].Partial || all[n-1].Installed && all[n-2].bites() {
		return nil
	}
	for i := n - 2; i >= 0; i-- {
		if all[i].bites() {
			at := time.Duration(all[i].Ended)
			return &at
		}
	}
	return nil
}

// lastSeen is the earliest moment at which a target was last seen to suffer
// before its time was over, in seconds.
func (s *step) lastSeen() *float64 {
	var first *float64
	for _, t := range s.targets {
		if at := t.lapsed(); at != nil {
			seconds := at.Seconds()
			if first == nil || seconds < *first {
				first = &seconds
			}
		}
	}
	return first
}

// ways names what carried the fault out.
func (s *step) ways() []string {
	var by []string
	for _, t := range s.targets {
		for _, l := range t.looks {
			if l.kind == ledger.FaultProof && l.By != "" {
				by = append(by, l.By)
			}
		}
	}
	return sortedUnique(by)
}

// counts is how far each counter of the fault went up over what the control
// read, on all targets. Those that stood still are left out.
func (s *step) counts() map[string]uint64 {
	all := map[string]uint64{}
	for _, t := range s.targets {
		before, most := map[string]uint64{}, map[string]uint64{}
		for _, l := range t.looks {
			for name, n := range l.Counters {
				if l.kind == ledger.FaultControl {
					before[name] = n
				} else if l.during() {
					most[name] = max(most[name], n)
				}
			}
		}
		for name, n := range most {
			if n > before[name] {
				all[name] += n - before[name]
			}
		}
	}
	return all
}

// measured is the last comparison that was made of each quantity on each
// target. A busy host may spoil one: it counts as off when it was off twice.
func (s *step) measured() []record.Measured {
	var all []record.Measured
	for _, t := range s.targets {
		all = append(all, t.measured()...)
	}
	return all
}

func (t *target) measured() []record.Measured {
	var all []record.Measured
	var spoilt []bool // the comparison before was good, and this one is not
	for _, l := range t.proofs() {
		for _, m := range l.worst() {
			now := record.Measured{Target: t.name, What: m.What, Unit: m.Unit, Asked: m.Asked, Seen: m.Seen, Within: m.Within}
			i := slices.IndexFunc(all, func(r record.Measured) bool { return r.What == m.What })
			switch {
			case i < 0:
				all, spoilt = append(all, now), append(spoilt, false)
			case all[i].Within && !m.Within && !spoilt[i]:
				spoilt[i] = true
			default:
				all[i], spoilt[i] = now, false
			}
		}
	}
	return all
}

// worst leaves one comparison of each quantity. A look at both directions of a
// way, or at several ways, makes more than one: the one that is off counts.
func (l look) worst() []ledger.Measured {
	var all []ledger.Measured
	for _, m := range l.Measured {
		i := slices.IndexFunc(all, func(o ledger.Measured) bool { return o.What == m.What })
		switch {
		case i < 0:
			all = append(all, m)
		case all[i].Within:
			all[i] = m
		}
	}
	return all
}
