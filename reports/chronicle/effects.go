package chronicle

import (
	"cmp"
	"slices"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

// looksApart is how far apart looks at a fault may be, in seconds. While it is
// held it is looked at about every second.
const looksApart = 5

// effects are the faults at each of their targets, in the order of the record.
// Those that only the events know come last.
func effects(s *story, r record.Record, end float64) []Effect {
	var all []Effect
	done := map[aim]bool{}
	add := func(at aim, f *record.Fault) {
		if !done[at] {
			done[at] = true
			all = append(all, s.effect(at, f, end))
		}
	}
	aims := s.aims()
	for i := range r.Faults {
		f := &r.Faults[i]
		for _, node := range f.Targets {
			add(aim{f.Step, node}, f)
		}
		for _, at := range aims {
			if at.step == f.Step && (at.node != "" || len(f.Targets) != 1) {
				add(at, f)
			}
		}
		if len(f.Targets) == 1 { // an event without a node is about the only target
			done[aim{f.Step, ""}] = true
		}
	}
	for _, at := range aims {
		add(at, nil)
	}
	return all
}

// aims are those that there are any events of.
func (s *story) aims() []aim {
	all := map[aim]bool{}
	for at := range s.looks {
		all[at] = true
	}
	for at := range s.calls {
		all[at] = true
	}
	var sorted []aim
	for at := range all {
		sorted = append(sorted, at)
	}
	slices.SortFunc(sorted, func(a, b aim) int { return cmp.Or(cmp.Compare(a.step, b.step), cmp.Compare(a.node, b.node)) })
	return sorted
}

func (s *story) effect(at aim, f *record.Fault, end float64) Effect {
	e := Effect{Step: cut(at.step, TextMost), Node: cut(at.node, TextMost), Fault: f}
	looks, calls := slices.Clone(s.looks[at]), slices.Clone(s.calls[at])
	if f != nil {
		e.Kind = f.Kind
		if alone := (aim{at.step, ""}); len(f.Targets) == 1 && at != alone {
			looks, calls = append(looks, s.looks[alone]...), append(calls, s.calls[alone]...)
		}
	}
	e.Commanded = commanded(calls, end)
	slices.SortStableFunc(looks, func(a, b ledger.Proof) int { return cmp.Compare(a.Began, b.Began) })
	var views []view
	for _, p := range looks {
		if p.Error != "" {
			continue // it showed nothing; if more fail, there is a gap
		}
		views = append(views, view{seconds(p.Began), seconds(max(p.Began, p.Ended)), seen(p)})
	}
	e.Seen = cells(views, looksApart, end)
	return e
}

// seen is what a look showed.
func seen(p ledger.Proof) State {
	switch {
	case p.Partial:
		return Partial
	case p.Effective:
		return On
	}
	return Off
}

// commanded pairs the calls to inject with those to revert.
func commanded(calls []call, end float64) []Stretch {
	slices.SortStableFunc(calls, func(a, b call) int { return cmp.Compare(a.at, b.at) })
	var all []Stretch
	open := false
	for _, c := range calls {
		switch {
		case c.inject && !open:
			all, open = append(all, Stretch{seconds(c.at), end}), true
		case !c.inject && open:
			all[len(all)-1].To, open = seconds(c.at), false
		}
	}
	return all
}
