package harness_test

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/harness/embedded"
	"maildrill/harness/record"
	"maildrill/harness/topology"
)

// littered is a runtime of which mx1 shows what is held for it, and keeps a rule
// after it was let back into its network.
type littered struct {
	topology.Runtime
	rules string       // that stay; empty: none
	moves bool         // a namespace that is another every time
	saved *atomic.Bool // a state is kept ahead of a fault; nil: never
}

func (l littered) Start(ctx context.Context, t topology.Topology, o topology.Options) (topology.System, error) {
	s, err := l.Runtime.Start(ctx, t, o)
	if err != nil {
		return nil, err
	}
	return litteredSystem{s.(*embedded.System), &litter{littered: l}}, nil
}

type litteredSystem struct {
	*embedded.System
	litter *litter
}

func (s litteredSystem) Instance(name string) (topology.Instance, bool) {
	i, ok := s.System.Instance(name)
	if name != "mx1" {
		return i, ok
	}
	return litteredNode{i.(drilled), s.litter}, ok
}

// drilled is what a drill asks of mx1.
type drilled interface {
	topology.Instance
	topology.Queuer
	topology.Logger
	topology.Searcher
	faults.Stater
	faults.Killer
	faults.Starter
	faults.Isolator
}

type litteredNode struct {
	drilled
	*litter
}

type litter struct {
	littered
	left  atomic.Bool
	looks atomic.Int32
}

func (n litteredNode) Rejoin(ctx context.Context) error {
	n.left.Store(true)
	return n.drilled.Rejoin(ctx)
}

func (l *litter) Snapshot(context.Context) (faults.Snapshot, error) {
	text, of := "table 1 other", "net:[1]"
	if l.left.Load() && l.rules != "" {
		text += "\n" + l.rules
	}
	if l.saved != nil && l.saved.Load() {
		text += "\nrule 2 ours saved"
	}
	if l.moves {
		of = strings.Repeat("x", int(l.looks.Add(1)))
	}
	return faults.Snapshot{"nft": {Of: of, Text: text}}, nil
}

// TestWhatAFaultLeavesMakesTheRunDirty: a rule that is still there when every
// fault was proven gone is residue of the step, and the run ends with exit code 5.
func TestWhatAFaultLeavesMakesTheRunDirty(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		leaves  littered
		residue []string
	}{
		"a rule stays":              {littered{rules: "rule 1 ours drop"}, []string{"mx1: nft: new: rule 1 ours drop"}},
		"nothing stays":             {littered{}, nil},
		"a namespace was made anew": {littered{rules: "rule 1 ours drop", moves: true}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rec, _ := play(t, compile(t, quick), func(r topology.Runtime) topology.Runtime { c.leaves.Runtime = r; return c.leaves }, nil)
			f := stepOf(t, rec, "crash")
			if !f.Reverted || !slices.Equal(f.Residue, c.residue) || (f.State == "dirty") != (c.residue != nil) {
				t.Errorf("%+v, want residue %q", f, c.residue)
			}
			if code := record.ExitCode(*rec); (code == record.ExitDirty) != (c.residue != nil) {
				t.Errorf("exit %d (%s: %s)", code, rec.Verdict, rec.Reason)
			}
			gate := rec.Gates[slices.IndexFunc(rec.Gates, func(g record.Gate) bool { return g.Name == "residue-clean" })]
			if says := strings.Contains(gate.Detail, "1 nodes have the rules"); says != (c.residue == nil) {
				t.Errorf("%+v", gate)
			}
		})
	}
}

// saver is a fault that keeps something from its preparation to its revert.
type saver struct {
	faults.Fault
	saved *atomic.Bool
	ahead time.Duration
}

func (s saver) Ahead() time.Duration { return s.ahead }

func (s saver) Prepare(context.Context, faults.Target) error { s.saved.Store(true); return nil }

func (s saver) Revert(ctx context.Context, t faults.Target) error {
	s.saved.Store(false)
	return s.Fault.Revert(ctx, t)
}

// TestWhatIsKeptAheadOfAFaultIsNoResidue: neither of the fault that it is for, when
// that has used it up, nor of another that is over in between.
func TestWhatIsKeptAheadOfAFaultIsNoResidue(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		source, step string
		ahead        time.Duration
	}{
		"from the start":        {quick, "crash", 0},
		"while another is over": {beside("{id: freeze, at: 15s, fault: node.freeze, on: mx2, for: 1s}"), "freeze", 14500 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plan := compile(t, c.source)
			saved := new(atomic.Bool)
			for i := range plan.Steps {
				if sound := plan.Steps[i].Make; plan.Steps[i].ID == c.step {
					plan.Steps[i].Make = func() (faults.Fault, error) { f, err := sound(); return saver{f, saved, c.ahead}, err }
				}
			}
			rec, _ := play(t, plan, func(r topology.Runtime) topology.Runtime { return littered{Runtime: r, saved: saved} }, nil)
			for _, f := range rec.Faults {
				if !f.Reverted || len(f.Residue) > 0 {
					t.Errorf("%+v", f)
				}
			}
			if rec.Dirty || saved.Load() {
				t.Errorf("dirty %v (%s), kept still: %v", rec.Dirty, rec.Reason, saved.Load())
			}
		})
	}
}
