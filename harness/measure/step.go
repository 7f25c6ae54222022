package measure

import (
	"encoding/json"
	"slices"

	"maildrill/harness/ledger"
)

// step is one fault of the timeline as it was played, target by target.
type step struct {
	PlannedFault
	rules   *rules
	targets []*target
	residue []string
	stalls  []ledger.Stall // of the instrument, in the whole run
}

// target is what one step did to one node, and what was seen of it.
type target struct {
	name      string
	host      string        // its DNS name, if that does not begin with the name
	fronts    []string      // who stands before it alone
	injecting []ledger.Call // calls that began
	injected  []ledger.Call // calls that returned
	reverting []ledger.Call
	reverted  []ledger.Call
	looks     []look // in the order in which they ended
	refused   string // why nothing was injected; empty: it was, or its turn did not come
}

// look is one look at a fault, with the occasion.
type look struct {
	ledger.Proof
	kind string
}

// on tells whether the look saw the fault in effect.
func (l look) on() bool { return l.Error == "" && l.Effective }

// off tells whether the look saw no effect; a look that failed saw nothing.
func (l look) off() bool { return l.Error == "" && !l.Effective }

// met sums up what the fault's own counters read of the traffic that met it;
// those of what the fault itself has done are not among them.
func (l look) met() (sum uint64) {
	if l.during() && !l.Counts {
		return 0
	}
	for _, n := range l.Counters {
		sum += n
	}
	return sum
}

func (by *rules) step(p PlannedFault) *step {
	s := &step{PlannedFault: p, rules: by}
	for _, name := range p.Targets {
		s.targets = append(s.targets, &target{name: name, host: p.Hosts[name], fronts: p.Fronts[name]})
	}
	return s
}

// step finds a step by its id. One that was never planned is added, so that
// what was done to the system shows.
func (s *story) step(id string) *step {
	i := slices.IndexFunc(s.steps, func(st *step) bool { return st.Step == id })
	if i >= 0 {
		return s.steps[i]
	}
	st := s.rules.step(PlannedFault{Step: id})
	s.steps = append(s.steps, st)
	return st
}

// target finds the target that an event is about. An event without a node is
// about the step's only target.
func (s *step) target(node string) *target {
	if node == "" && len(s.targets) == 1 {
		return s.targets[0]
	}
	i := slices.IndexFunc(s.targets, func(t *target) bool { return t.name == node })
	if i >= 0 {
		return s.targets[i]
	}
	t := &target{name: node}
	s.targets = append(s.targets, t)
	return t
}

func (s *story) looked(e ledger.Event) error {
	l := look{kind: e.Kind}
	if err := json.Unmarshal(e.Data, &l.Proof); err != nil {
		return err
	}
	t := s.step(e.Step).target(e.Node)
	t.looks = append(t.looks, l)
	return nil
}

func (s *story) called(e ledger.Event) error {
	var c ledger.Call
	if err := json.Unmarshal(e.Data, &c); err != nil {
		return err
	}
	st := s.step(e.Step)
	if st.Kind == "" {
		st.Kind = c.Kind
	}
	t := st.target(e.Node)
	switch e.Kind {
	case ledger.FaultInjecting:
		t.injecting = append(t.injecting, c)
	case ledger.FaultInjected:
		t.injected = append(t.injected, c)
	case ledger.FaultReverting:
		t.reverting = append(t.reverting, c)
	case ledger.FaultReverted:
		t.reverted = append(t.reverted, c)
	}
	return nil
}

// turned notes that a fault was not injected, and why.
func (s *story) turned(e ledger.Event) error {
	var r ledger.Refusal
	if err := json.Unmarshal(e.Data, &r); err != nil {
		return err
	}
	st := s.step(e.Step)
	if st.Kind == "" {
		st.Kind = r.Kind
	}
	st.target(e.Node).refused = r.Why
	return nil
}

// refusal is why some target was left alone; empty: none was.
func (s *step) refusal() string {
	for _, t := range s.targets {
		if t.refused != "" {
			return t.name + ": " + t.refused
		}
	}
	return ""
}

// reached tells whether the timeline came to the step at all.
func (s *step) reached() bool {
	return slices.ContainsFunc(s.targets, func(t *target) bool { return len(t.injecting) > 0 })
}
