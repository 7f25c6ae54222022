package harness_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/harness"
	"maildrill/harness/embedded"
	"maildrill/harness/planning"
	"maildrill/harness/record"
	"maildrill/harness/topology"
	"maildrill/scenarios"
)

// quick is a drill in seconds: the primary dies, the backup takes over.
const quick = `
apiVersion: maildrill/v1
kind: Scenario
metadata: {name: quick}
topology: primary-backup-mx
workload: {rate: 20/s, arrivals: even, mailboxes: 4, sizes: [1KiB]}
phases: {baseline: 2s, observe: 60s, drain: 60s}
probes: {interval: 100ms, timeout: 1s}
timeline:
  - {id: crash, at: 0s, fault: node.crash, on: mx1, for: 2s}
objectives:
  loss: {max: 0}
  rto: {mx: 30s}
  rpo: {max: 2s}
`

func compile(t *testing.T, source string) *planning.Plan {
	t.Helper()
	doc, problems := scenarios.Parse("quick.yaml", []byte(source))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	topo, problems := doc.ResolveTopology()
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	plan, problems := planning.Compile(doc, topo, nil)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	// Shorter than a user may ask for: these tests are of the engine.
	plan.Scenario.Probes.Stable = scenarios.Duration(time.Second)
	plan.Scenario.Phases.Observe = scenarios.Duration(4 * time.Second)
	return plan
}

// play runs a plan in the embedded runtime, wrapped if a wrapper is given.
func play(t *testing.T, plan *planning.Plan, wrap func(topology.Runtime) topology.Runtime, change func(*harness.Config, context.CancelCauseFunc)) (*record.Record, harness.Folder) {
	t.Helper()
	folder, err := harness.CreateFolder(t.TempDir(), harness.NewRunID(time.Now(), "quick"))
	if err != nil {
		t.Fatal(err)
	}
	var rt topology.Runtime = embedded.New(embedded.Config{Dir: t.TempDir()})
	if wrap != nil {
		rt = wrap(rt)
	}
	played, stop := context.WithCancelCause(t.Context())
	defer stop(nil)
	c := harness.Config{Runtime: rt, Folder: folder, Seed: 7, Trial: 1, Trials: 1}
	if change != nil {
		change(&c, stop)
	}
	rec, err := harness.Run(t.Context(), played, plan, c)
	if err != nil {
		t.Log(err)
	}
	if rec == nil {
		t.Fatal("no record")
	}
	return rec, folder
}

func TestQuickDrillPassesAndIsJudgedAgain(t *testing.T) {
	t.Parallel()
	// Long enough for two looks for missing mail, which find none.
	plan := compile(t, quick+"guards: [lost > 0]\n")
	plan.Scenario.Phases.Observe = scenarios.Duration(12 * time.Second)
	rec, folder := play(t, plan, nil, nil)
	if rec.Verdict != record.Passed || rec.Dirty || rec.Accounting.Lost != 0 {
		t.Errorf("verdict %s (%s), %+v", rec.Verdict, rec.Reason, rec.Accounting)
	}
	if f := rec.Faults[0]; !f.Proofs.Installed || !f.Proofs.Effective || f.Proofs.Exercised == 0 || !f.Reverted {
		t.Errorf("fault %+v", f)
	}
	if len(rec.Services["mx@mx1"].Outages) == 0 {
		t.Error("the outage of mx1 is not in the record")
	}
	written, err := os.ReadFile(folder.Record())
	if err != nil {
		t.Fatal(err)
	}
	again, err := harness.Judge(folder)
	if err != nil {
		t.Fatal(err)
	}
	b, err := record.Marshal(*again)
	if err != nil || string(b) != string(written) {
		t.Errorf("judged again, the record differs (%v)", err)
	}
}

// idle is a fault whose Inject does nothing.
type idle struct{ faults.Fault }

func (idle) Inject(context.Context, faults.Target) error { return nil }

// lockedOut starts the system with other passwords than the readers have.
type lockedOut struct{ topology.Runtime }

func (l lockedOut) Start(ctx context.Context, t topology.Topology, o topology.Options) (topology.System, error) {
	t.Accounts = slices.Clone(t.Accounts)
	t.Accounts[0].Password = "another"
	return l.Runtime.Start(ctx, t, o)
}

// TestNoDataNeverPasses plants the ways in which a drill can learn nothing.
func TestNoDataNeverPasses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		source string
		gate   string
		plan   func(*planning.Plan)
		wrap   func(topology.Runtime) topology.Runtime
	}{
		"a fault that does nothing": {source: quick, gate: "fault-effective", plan: func(p *planning.Plan) {
			make := p.Steps[0].Make
			p.Steps[0].Make = func() (faults.Fault, error) { f, err := make(); return idle{f}, err }
		}},
		"no load":                     {source: strings.Replace(quick, "20/s", "0/s", 1), gate: "load-offered"},
		"a reader that cannot log in": {source: quick, gate: "mailboxes-read", wrap: func(r topology.Runtime) topology.Runtime { return lockedOut{r} }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plan := compile(t, c.source)
			if c.plan != nil {
				c.plan(plan)
			}
			rec, _ := play(t, plan, c.wrap, nil)
			if code := record.ExitCode(*rec); code != record.ExitInconclusive {
				t.Errorf("exit %d (%s: %s), want %d", code, rec.Verdict, rec.Reason, record.ExitInconclusive)
			}
			i := slices.IndexFunc(rec.Gates, func(g record.Gate) bool { return g.Name == c.gate })
			if i < 0 || rec.Gates[i].Passed {
				t.Errorf("gate %s did not fail: %+v", c.gate, rec.Gates)
			}
		})
	}
}

func TestAbortRevertsJudgesAndEnds(t *testing.T) {
	t.Parallel()
	rec, _ := play(t, compile(t, quick), nil, func(c *harness.Config, stop context.CancelCauseFunc) {
		c.Status = func(s harness.Status) {
			if len(s.Faults) > 0 && s.Faults[0].State == "held" {
				stop(errors.New("a person asked"))
			}
		}
	})
	if rec.Verdict != record.Aborted || rec.Dirty || !rec.Faults[0].Reverted {
		t.Errorf("verdict %s, dirty %v, fault %+v", rec.Verdict, rec.Dirty, rec.Faults)
	}
	if !strings.Contains(rec.Reason, "a person asked") {
		t.Errorf("reason %q", rec.Reason)
	}
}

func TestGuardAborts(t *testing.T) {
	t.Parallel()
	rec, _ := play(t, compile(t, quick+"guards: [accepted > 50]\n"), nil, nil)
	if rec.Verdict != record.Aborted || !strings.Contains(rec.Reason, "accepted > 50") {
		t.Errorf("verdict %s: %s", rec.Verdict, rec.Reason)
	}
}

// lossy loses every copy after its 250, from the start.
const lossy = `
apiVersion: maildrill/v1
kind: Scenario
metadata: {name: lossy}
topology: known-truth
workload: {rate: 20/s, arrivals: even, mailboxes: 4, sizes: [1KiB]}
phases: {baseline: 2s, observe: 60s, drain: 60s}
timeline: []
objectives: {loss: {max: 0}}
guards: [lost > 20]
`

func TestGuardAgainstLossAbortsWhileTheDrillPlays(t *testing.T) {
	t.Parallel()
	plan := compile(t, lossy)
	plan.Scenario.Phases.Observe = scenarios.Duration(time.Minute)
	for i, n := range plan.Topology.Nodes {
		if n.Defects != nil {
			plan.Topology.Nodes[i].Defects = &topology.Defects{Lose: numbers(0, 2000)}
		}
	}
	rec, _ := play(t, plan, nil, nil)
	if rec.Verdict != record.Aborted || !strings.Contains(rec.Reason, "lost > 20") {
		t.Errorf("verdict %s: %s, %+v", rec.Verdict, rec.Reason, rec.Accounting)
	}
}

// Every delivery is late, so the queues are full when the load ends; whoever
// stops the drill then must not wait for them: copies that are still queued at
// the end show that it did not.
func TestAStopDuringTheDrainCutsItShort(t *testing.T) {
	t.Parallel()
	plan := compile(t, strings.Replace(lossy, "guards: [lost > 20]", "", 1))
	plan.Scenario.Phases.Observe = scenarios.Duration(2 * time.Second)
	plan.Scenario.Phases.Drain = scenarios.Duration(10 * time.Minute)
	for i, n := range plan.Topology.Nodes {
		if n.Defects != nil {
			plan.Topology.Nodes[i].Defects = &topology.Defects{Delay: time.Minute}
		}
	}
	rec, _ := play(t, plan, nil, func(c *harness.Config, stop context.CancelCauseFunc) {
		c.Status = func(s harness.Status) {
			if s.Phase == "drain" {
				stop(errors.New("a person asked"))
			}
		}
	})
	if rec.Verdict != record.Aborted || rec.Accounting.Deferred == 0 {
		t.Errorf("verdict %s (%s), %+v; want aborted, with copies still queued", rec.Verdict, rec.Reason, rec.Accounting)
	}
}

func TestAStepWaitsForStepsThenForACondition(t *testing.T) {
	t.Parallel()
	plan := compile(t, strings.Replace(quick, "objectives:", `
  - {id: flush, after: [crash], when: down == 0, action: flush, on: mx2}
objectives:`, 1))
	rec, _ := play(t, plan, nil, nil)
	if len(rec.Actions) != 1 || !rec.Actions[0].Done() {
		t.Fatalf("actions %+v", rec.Actions)
	}
	back := rec.Services["mx@mx1"].Outages[0].FirstSuccess
	if began := *rec.Actions[0].Began; back == nil || began < *back {
		t.Errorf("flushed at %v, before mx1 answered at %v", began, back)
	}
}

// numbers gives those from first to before end.
func numbers(first, end uint32) (list []uint32) {
	for n := first; n < end; n++ {
		list = append(list, n)
	}
	return list
}

// unable is a fault that this host turns out to be unable to make.
type unable struct{ faults.Fault }

func (unable) Inject(context.Context, faults.Target) error {
	return fmt.Errorf("no such hook in this kernel: %w", errors.ErrUnsupported)
}

// unready is one whose kernel lacks what is to be done ahead.
type unready struct{ faults.Fault }

func (unready) Ahead() time.Duration { return 0 }

func (unready) Prepare(context.Context, faults.Target) error {
	return fmt.Errorf("no such hook in this kernel: %w", errors.ErrUnsupported)
}

func TestAFaultThatTheHostCannotMakeIsTheEnvironments(t *testing.T) {
	for name, lacks := range map[string]func(faults.Fault) faults.Fault{
		"to make it":    func(f faults.Fault) faults.Fault { return unable{f} },
		"to prepare it": func(f faults.Fault) faults.Fault { return unready{f} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plan := compile(t, quick)
			crash := plan.Steps[0].Make
			plan.Steps[0].Make = func() (faults.Fault, error) {
				f, err := crash()
				return lacks(f), err
			}
			rec, _ := play(t, plan, nil, nil)
			if code := record.ExitCode(*rec); code != record.ExitEnvironment || !strings.Contains(rec.Reason, "no such hook") || rec.Dirty {
				t.Errorf("%s (%s), dirty %v, exit %d; want an error of the environment", rec.Verdict, rec.Reason, rec.Dirty, code)
			}
		})
	}
}

// broken cannot start anything.
type broken struct{ topology.Runtime }

func (broken) Start(context.Context, topology.Topology, topology.Options) (topology.System, error) {
	return nil, topology.ErrUnavailable
}

// halted is a runtime whose start lasts until it is stopped.
type halted struct {
	topology.Runtime
	begun func()
}

func (h halted) Start(ctx context.Context, _ topology.Topology, _ topology.Options) (topology.System, error) {
	h.begun()
	<-ctx.Done()
	return nil, fmt.Errorf("node mx1: not ready: %w", ctx.Err())
}

func TestAStopDuringTheStartIsNoError(t *testing.T) {
	t.Parallel()
	var stop context.CancelCauseFunc
	rec, _ := play(t, compile(t, quick), func(rt topology.Runtime) topology.Runtime {
		return halted{rt, func() { stop(errors.New("interrupted")) }}
	}, func(_ *harness.Config, s context.CancelCauseFunc) { stop = s })
	if rec.Verdict != record.Aborted || rec.Dirty || !strings.Contains(rec.Reason, "interrupted") {
		t.Errorf("verdict %s (%s), dirty %v; want aborted: interrupted", rec.Verdict, rec.Reason, rec.Dirty)
	}
}

func TestARunThatNeverBeganIsAnError(t *testing.T) {
	t.Parallel()
	rec, folder := play(t, compile(t, quick), func(r topology.Runtime) topology.Runtime { return broken{r} }, nil)
	if code := record.ExitCode(*rec); rec.Verdict != record.Error || code != record.ExitEnvironment {
		t.Errorf("verdict %s, exit %d; want an error of the environment", rec.Verdict, code)
	}
	if again, err := harness.Judge(folder); err != nil || record.ExitCode(*again) != record.ExitEnvironment {
		t.Errorf("judged again: %+v (%v)", again, err)
	}
}
