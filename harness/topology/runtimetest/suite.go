package runtimetest

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/harness/topology"
)

// Limits, wide enough for containers on a busy machine.
const (
	startLimit = 3 * time.Minute
	caseLimit  = time.Minute
	pollEvery  = 20 * time.Millisecond
	silence    = 500 * time.Millisecond // long enough to take no answer for none
)

// Option changes what [Run] demands.
type Option func(*suite)

// Lacks excepts abilities that the runtime does not claim.
func Lacks(abilities ...faults.Ability) Option {
	return func(s *suite) { s.lacks = append(s.lacks, abilities...) }
}

// Within bounds each case; the default is a minute.
func Within(limit time.Duration) Option {
	return func(s *suite) { s.limit = limit }
}

// suite is one run of all cases.
type suite struct {
	runtime topology.Runtime
	lacks   []faults.Ability
	limit   time.Duration
}

// Run proves a runtime against the contract of package topology.
func Run(t *testing.T, rt topology.Runtime, options ...Option) {
	t.Helper()
	s := suite{runtime: rt, limit: caseLimit}
	for _, o := range options {
		o(&s)
	}
	if rt.Name() == "" {
		t.Error("the runtime has no name")
	}
	t.Run("cancelled start", s.cancelledStart)
	t.Run("side by side", s.sideBySide)
	t.Run("system", s.system)
}

// cases are run one after the other on one system, which each leaves as it was.
var cases = []struct {
	name  string
	needs []faults.Ability
	run   func(kit)
}{
	{"instances", nil, instances},
	{"greetings", nil, greetings},
	{"unknown node", nil, unknownNode},
	{"names", nil, names},
	{"delivery", nil, delivery},
	{"refusals", nil, refusals},
	{"bounce", nil, bounce},
	{"description", nil, description},
	{"inverses", nil, inverses},
	{"stop and queue", []faults.Ability{faults.CanStop, faults.CanStart}, stopAndQueue},
	{"kill keeps queue and store", []faults.Ability{faults.CanKill, faults.CanStart, faults.CanState}, killKeeps},
	{"raw search", []faults.Ability{faults.CanKill, faults.CanStart}, rawSearch},
	{"freeze", []faults.Ability{faults.CanPause}, freeze},
	{"isolate", []faults.Ability{faults.CanIsolate}, isolate},
	{"isolate ends by itself", []faults.Ability{faults.CanIsolate}, isolationEnds},
	{"crash is silent", []faults.Ability{faults.CanIsolate, faults.CanKill, faults.CanStart}, crashIsSilent},
	{"signal", []faults.Ability{faults.CanSignal}, signal},
}

// system runs the cases.
func (s suite) system(t *testing.T) {
	running := s.start(t, runID())
	t.Run("abilities", func(t *testing.T) { s.abilities(kit{t, running, t.Context()}) })
	for _, c := range cases {
		if missing := s.missing(c.needs); len(missing) > 0 {
			t.Logf("NOT TRIED: %s: %s does not claim to be able to %v", c.name, s.runtime.Name(), missing)
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), s.limit)
			defer cancel()
			c.run(kit{t, running, ctx})
		})
	}
}

func (s suite) missing(needs []faults.Ability) []faults.Ability {
	return slices.DeleteFunc(slices.Clone(needs), func(a faults.Ability) bool { return !slices.Contains(s.lacks, a) })
}

// start brings a system up until the end of the test.
func (s suite) start(t *testing.T, id string) topology.System {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), startLimit)
	defer cancel()
	running, err := s.runtime.Start(ctx, Topology(), options(t, id))
	if err != nil {
		t.Fatalf("start: %v", err)
	}
	t.Cleanup(func() {
		if err := running.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return running
}

func options(t *testing.T, id string) topology.Options {
	return topology.Options{RunID: id, Lease: time.Minute, LogDir: t.TempDir(), Progress: func(s string) { t.Log(s) }}
}

// kit is a running system and the means to look at it.
type kit struct {
	*testing.T
	system topology.System
	ctx    context.Context // of the case
}

// must ends the case on an error.
func (k kit) must(err error, doing string) {
	k.Helper()
	if err != nil {
		k.Fatalf("%s: %v", doing, err)
	}
}

// eventually tries until there is no error, or the case's time is over.
func (k kit) eventually(doing string, attempt func() error) {
	k.Helper()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		err := attempt()
		if err == nil {
			return
		}
		select {
		case <-tick.C:
		case <-k.ctx.Done():
			k.Fatalf("%s: %v", doing, err)
		}
	}
}

// node gives a running node with an ability.
func node[Ability any](k kit, name string) Ability {
	k.Helper()
	i, ok := k.system.Instance(name)
	if !ok {
		k.Fatalf("node %s does not run", name)
	}
	able, ok := i.(Ability)
	if !ok {
		k.Fatalf("node %s is not a %T", name, new(Ability))
	}
	return able
}

func unknownNode(k kit) {
	conn, err := k.system.Dial(k.ctx, "nobody", topology.SMTP)
	if err == nil {
		conn.Close()
	}
	if !errors.Is(err, topology.ErrUnreachable) {
		k.Errorf("dial an unknown node: %v, want %v", err, topology.ErrUnreachable)
	}
}
