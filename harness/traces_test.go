package harness_test

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"maildrill/faults"
	"maildrill/harness/embedded"
	"maildrill/harness/record"
	"maildrill/harness/topology"
)

// littered is a runtime of which mx1 shows what is held for it, and keeps a rule
// after it was let back into its network.
type littered struct {
	topology.Runtime
	rules string // that stay; empty: none
	moves bool   // a namespace that is another every time
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
