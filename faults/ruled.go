package faults

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// ruled is a fault that is made of rules: it is installed while all of them
// stand as they were put. What differs from kind to kind is which rules, and
// how their effect is seen.
type ruled struct {
	memory
	// stem tells this fault's rules from those of others, together with the
	// target: the same for the same kind with the same parameters, so that whoever
	// makes it again finds them.
	stem      string
	mechanism Mechanism
	// place says which rules are put on whom.
	place func(Target) ([]placed, error)
	// sees looks for the effect, in any phase. Only Effective, Measured and
	// Detail are read.
	sees func(context.Context, Target, phase) (Evidence, error)
	// measures compares what was asked for with what the rules have done; nil:
	// there is no quantity.
	measures func([]Standing) []Measured
	// names are the nodes that the parameters name; check says what is wrong with
	// a target, and may be nil.
	names []string
	check func(Target) error
}

// ruledFault is a fault of rules as the timeline and the compiler see it.
type ruledFault struct {
	aimed[Ruler]
	*ruled
}

var (
	_ Named      = ruledFault{}
	_ Particular = ruledFault{}
)

// Names implements [Named].
func (f ruledFault) Names() []string { return f.ruled.names }

// Check implements [Particular].
func (f ruledFault) Check(t Target) error {
	if f.ruled.check == nil {
		return nil
	}
	return f.ruled.check(t)
}

// Undo implements [Fault].
func (f ruledFault) Undo(t Target) []Undo { return f.ruled.Undo(t) }

// placed is one rule for one node.
type placed struct {
	on   Node
	spec any
}

// newRuled makes a fault of rules. params are the decoded parameters.
func newRuled(kind string, params any, r *ruled) (Fault, error) {
	text, err := json.Marshal(params)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", kind, err)
	}
	sum := sha256.Sum256(text)
	r.stem = kind + "-" + hex.EncodeToString(sum[:4])
	return ruledFault{aimed[Ruler]{work: r, kind: kind, also: []Ability{Ability(r.mechanism)}}, r}, nil
}

// ruleID is the id of the rules on a target. Two links of one client may be
// disturbed in the same way at once, so it differs from target to target.
func (f *ruled) ruleID(t Target) string {
	name := t.Node.Name()
	if t.Link != nil {
		name = t.Link.Name
	}
	sum := sha256.Sum256([]byte(name))
	return f.stem + "-" + hex.EncodeToString(sum[:4])
}

// ruleNeeds are the abilities of a kind that is made of rules and seen by
// visits.
func ruleNeeds(m Mechanism, more ...Ability) []Ability { return append([]Ability{Ability(m)}, more...) }

// Undo takes every rule away. A target that no rule fits has none.
func (f *ruled) Undo(t Target) []Undo {
	all, err := f.place(t)
	if err != nil {
		return nil
	}
	var steps []Undo
	for _, p := range all {
		steps = append(steps, Undo{Node: p.on.Name(), Verb: "take", Args: map[string]string{"mechanism": string(f.mechanism), "id": f.ruleID(t)}})
	}
	return steps
}

func (f *ruled) inject(ctx context.Context, _ Ruler, t Target) error {
	all, err := f.place(t)
	if err != nil {
		return err
	}
	f.hold("")
	for _, p := range all {
		n, err := f.ruler(p.on)
		if err != nil {
			return err
		}
		rule, err := NewRule(f.ruleID(t), f.mechanism, p.spec, dropFor(t))
		if err == nil {
			err = n.Put(ctx, rule)
		}
		if err != nil {
			return fmt.Errorf("put a rule on %s: %w", p.on.Name(), err)
		}
	}
	return nil
}

// ruler finds the mechanism on a node.
func (f *ruled) ruler(n Node) (Ruler, error) {
	r, ok := n.(Ruler)
	if !ok || !slices.Contains(r.Mechanisms(), f.mechanism) {
		return nil, fmt.Errorf("%s lacks the mechanism %s", n.Name(), f.mechanism)
	}
	return r, nil
}

func (f *ruled) verify(ctx context.Context, _ Ruler, t Target) (Evidence, error) {
	known := f.recall().phase
	e, err := f.sees(ctx, t, known)
	if err == nil && known == idle && e.Effective { // as in outside: chance must not spoil the negative control
		e, err = f.sees(ctx, t, known)
	}
	if err != nil {
		return Evidence{}, err
	}
	all, err := f.place(t)
	if err != nil {
		return Evidence{}, err
	}
	e.Counters = map[string]uint64{}
	var ours []Standing
	for _, p := range all {
		s, ok, err := f.reads(ctx, f.ruleID(t), p, known == held)
		if err != nil {
			return Evidence{}, fmt.Errorf("read the rules of %s: %w", p.on.Name(), err)
		}
		if ok {
			ours = append(ours, s)
			e.By = s.By
			e.Counts = e.Counts || f.mechanism.counts(s)
			maps.Copy(e.Counters, summed(e.Counters, s.Counters))
		}
	}
	stand := len(ours)
	e.Installed = stand > 0 && (known != held || stand == len(all))
	e.Partial = e.Partial || known == held && stand > 0 && stand < len(all)
	e.Detail = fmt.Sprintf("%d of %d rules stand; %s", stand, len(all), e.Detail)
	if f.measures != nil && known == held {
		e.Measured = append(e.Measured, f.measures(ours)...)
	}
	return e, nil
}

// reads looks for one rule of ours. While held it must be as it was put; at
// any other time one with our id is one too many.
func (f *ruled) reads(ctx context.Context, id string, p placed, exact bool) (Standing, bool, error) {
	n, err := f.ruler(p.on)
	if err != nil {
		return Standing{}, false, err
	}
	standing, err := n.Rules(ctx, f.mechanism)
	if err != nil {
		return Standing{}, false, err
	}
	want, err := json.Marshal(p.spec)
	if err != nil {
		return Standing{}, false, err
	}
	for _, s := range standing {
		if s.ID == id && (!exact || bytes.Equal(want, s.Spec)) {
			return s, true, nil
		}
	}
	return Standing{}, false, nil
}

// summed adds counters by name.
func summed(a, b map[string]uint64) map[string]uint64 {
	all := maps.Clone(b)
	for name, n := range b {
		all[name] = a[name] + n
	}
	return all
}

func (f *ruled) revert(ctx context.Context, _ Ruler, t Target) error {
	defer f.release(false)
	all, err := f.place(t)
	for _, p := range all {
		n, rulerErr := f.ruler(p.on)
		if rulerErr == nil {
			rulerErr = n.Take(ctx, f.mechanism, f.ruleID(t))
		}
		if rulerErr != nil {
			err = errors.Join(err, fmt.Errorf("take the rule off %s: %w", p.on.Name(), rulerErr))
		}
	}
	return err
}

// visit makes one attempt from a node.
func visit(ctx context.Context, from Node, v Visit) (Sight, error) {
	n, ok := from.(Visitor)
	if !ok {
		return Sight{}, fmt.Errorf("nothing can be tried from %s", from.Name())
	}
	if v.Network == "" {
		v.Network = "tcp"
	}
	if v.Timeout == 0 {
		v.Timeout = visitTimeout
	}
	return n.Visit(ctx, v)
}

// Rules that outlive everything of ours by accident end by themselves: they
// outlast the time a fault is meant to be held by the margin.
const (
	dropMargin  = 2 * time.Minute
	unknownHold = time.Hour
)

func dropFor(t Target) time.Duration {
	if t.Hold > 0 {
		return t.Hold + dropMargin
	}
	return unknownHold
}
