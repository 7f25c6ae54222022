package campaign

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"maildrill/faults"
	"maildrill/harness/planning"
	"maildrill/harness/record"
	"maildrill/scenarios"
)

// base is the system with a planted defect, searched with few kinds of faults.
func base(t testing.TB, change func(*Options)) *Base {
	t.Helper()
	doc, problems, err := scenarios.Find("two-fault-defect-hidden")
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	topo, _ := doc.ResolveTopology()
	can := &planning.Capabilities{Servers: []string{"postfix", "dovecot", "dns", "outside"}, Simulated: true,
		Abilities: []faults.Ability{faults.CanState, faults.CanKill, faults.CanStart, faults.CanStop, faults.CanPause, faults.CanIsolate}}
	o := Options{Mode: Safety, Longest: 4 * time.Second, Recover: 15 * time.Second, Pairs: true, Faults: []string{"node.crash", "node.freeze"}}
	if change != nil {
		change(&o)
	}
	b, err := NewBase(doc, topo, can, o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// planted is a system with a defect, as a runner. A drill takes ten seconds.
type planted struct {
	needs []string // "node.crash mx2": all of these at once; empty: it has no defect
	share float64  // of the drills that show it
	class string

	mu   sync.Mutex
	dice *rand.Rand
	ran  []string
}

func (p *planted) Run(ctx context.Context, t Trial) (Outcome, error) {
	select {
	case <-time.After(10 * time.Second):
	case <-ctx.Done():
		return Outcome{Verdict: record.Aborted}, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ran = append(p.ran, t.Schedule.String())
	out := Outcome{Verdict: record.Passed, Run: fmt.Sprint(len(p.ran)), Took: 10 * time.Second}
	for _, e := range t.Schedule.Entries {
		out.Proven = append(out.Proven, e.ID)
	}
	if len(p.needs) > 0 && together(t.Schedule, p.needs) && p.dice.Float64() < p.share {
		out.Verdict, out.Missed = record.Failed, []string{p.class}
	}
	return out, nil
}

// together tells whether all of these faults are in effect at one moment.
func together(s Schedule, needs []string) bool {
	from, till := time.Duration(0), time.Hour
	for _, n := range needs {
		i := slices.IndexFunc(s.Entries, func(e Entry) bool { return e.Fault+" "+e.On[0] == n && e.After == "" })
		if i < 0 {
			return false
		}
		from, till = max(from, s.Entries[i].At), min(till, s.Entries[i].At+s.Entries[i].For)
	}
	return from < till
}

// searched runs a whole campaign on a clock of its own.
func searched(t *testing.T, b *Base, p *planted, change func(*Config)) (r Report) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		p.dice = rand.New(rand.NewPCG(1, 2))
		c := Config{Base: b, Runner: p, Seed: 3, Budget: 25 * time.Minute}
		if change != nil {
			change(&c)
		}
		var err error
		if r, err = Search(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	})
	return r
}

func TestPairIsFoundAndShrunkToItself(t *testing.T) {
	for name, share := range map[string]float64{"always": 1, "flaky": 0.6} {
		t.Run(name, func(t *testing.T) {
			p := &planted{needs: []string{"node.crash mx2", "node.freeze store1"}, share: share, class: "loss"}
			r := searched(t, base(t, nil), p, func(c *Config) { c.Confirm, c.MostTrials = 10, 120 })
			if len(r.Findings) != 1 {
				t.Fatalf("%d findings: %+v", len(r.Findings), r.Findings)
			}
			f := r.Findings[0]
			var found []string
			for _, e := range f.Minimal.Entries {
				found = append(found, e.Fault+" "+e.On[0])
			}
			slices.Sort(found)
			if !slices.Equal(found, p.needs) || f.Class != "loss" || f.State != Minimal {
				t.Errorf("found %v, class %s, %s", found, f.Class, f.State)
			}
			if f.Rate.Runs != 10 || share == 1 && f.Rate.Failed != 10 || share < 1 && (f.Rate.Failed < 3 || f.Rate.Failed > 9) {
				t.Errorf("rate %s of a defect that shows in %.0f %%", f.Rate, 100*share)
			}
			if share == 1 && f.Minimal.Span() > 3*time.Second {
				t.Errorf("not made shorter: %s", f.Minimal)
			}
			if r.ExitCode() != record.ExitFailed {
				t.Errorf("exit %d", r.ExitCode())
			}
			runsAgain(t, f)
		})
	}
}

// runsAgain: the file of a finding is a scenario that anybody can run.
func runsAgain(t *testing.T, f *Finding) {
	t.Helper()
	doc, problems := scenarios.Parse("found.yaml", []byte(f.Source))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	topo, _ := doc.ResolveTopology()
	plan, problems := planning.Compile(doc, topo, nil)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if len(plan.Steps) != len(f.Minimal.Entries) || plan.Scenario.Expect.Objectives[0] != f.Class {
		t.Errorf("%s", f.Source)
	}
	if !strings.Contains(f.Source, f.Rate.String()) {
		t.Errorf("the rate %s is not in the file:\n%s", f.Rate, f.Source)
	}
}

func TestSingleFaultIsFoundAndExplainsItsPairs(t *testing.T) {
	p := &planted{needs: []string{"node.freeze store1"}, share: 1, class: "damaged"}
	r := searched(t, base(t, nil), p, nil)
	if len(r.Findings) != 1 || len(r.Findings[0].Minimal.Entries) != 1 {
		t.Fatalf("%+v", r.Findings)
	}
	for _, c := range r.Counts {
		if c.Family == Pairs && (c.Explained == 0 || c.Failed > 0) {
			t.Errorf("pairs with a fault that fails alone were run: %+v", c)
		}
	}
}

func TestHealthySystemSurvivesAll(t *testing.T) {
	p := &planted{}
	r := searched(t, base(t, nil), p, func(c *Config) { c.Budget = 24 * time.Hour; c.Base.options.Pairs = false })
	if len(r.Findings) != 0 || r.ExitCode() != record.ExitPassed || r.Ended != EndComplete {
		t.Errorf("%d findings, exit %d, ended because %s", len(r.Findings), r.ExitCode(), r.Ended)
	}
	if c := r.Counts[0]; c.Tried != 2*r.Places { // steady, and with a message in flight
		t.Errorf("%d of %d places were tried: %+v", c.Tried, r.Places, c)
	}
	for _, c := range r.Coverage {
		if c.Proven == 0 || c.Proven != c.Planned {
			t.Errorf("cell %+v", c)
		}
	}
}

func TestFailureThatIsNotSeenAgainIsSaidToBe(t *testing.T) {
	once := &once{planted: planted{}}
	var r Report
	synctest.Test(t, func(t *testing.T) {
		r, _ = Search(t.Context(), Config{Base: base(t, func(o *Options) { o.Pairs = false }), Runner: once, Seed: 1, Budget: time.Hour})
	})
	if len(r.Findings) != 1 || r.Findings[0].State != NotReproduced || r.Findings[0].Rate.Failed != 0 || r.Findings[0].Rate.Runs == 0 {
		t.Errorf("%+v", r.Findings)
	}
}

// once fails the first drill and never again.
type once struct {
	planted
	failed bool
}

func (o *once) Run(ctx context.Context, t Trial) (Outcome, error) {
	out, err := o.planted.Run(ctx, t)
	if !o.failed {
		o.failed = true
		out.Verdict, out.Missed = record.Failed, []string{"loss"}
	}
	return out, err
}

func TestSameSeedSameSchedules(t *testing.T) {
	b := base(t, nil)
	places, _ := b.Places()
	list := func(seed uint64, n int) (all []string) {
		g := NewGenerator(b, places, seed)
		for range n {
			s, ok := g.Next()
			if !ok {
				break
			}
			all = append(all, fmt.Sprint(s.N, " ", s))
		}
		return all
	}
	first := list(1, 80)
	if !slices.Equal(first, list(1, 80)) {
		t.Error("the same seed gave other schedules")
	}
	if slices.Equal(first, list(2, 80)) {
		t.Error("another seed gave the same schedules")
	}
	if len(first) < 80 || strings.Contains(first[0], ";") || !strings.Contains(first[79], ";") {
		t.Errorf("%d schedules; first %s, last %s", len(first), first[0], first[len(first)-1])
	}
}

// TestRefusedPairsAreNeverTried: two faults that change the same thing cannot be
// told apart.
func TestRefusedPairsAreNeverTried(t *testing.T) {
	p := &planted{}
	searched(t, base(t, nil), p, func(c *Config) { c.Budget = 40 * time.Minute })
	for _, ran := range p.ran {
		for _, node := range []string{"mx1", "mx2", "store1", "dns1"} {
			if strings.Count(ran, " on "+node+" ") == 2 && !strings.Contains(ran, "after a") && strings.Count(ran, ";") == 1 {
				t.Errorf("two faults on one node at once: %s", ran)
			}
		}
	}
}

func TestBudgetIsKept(t *testing.T) {
	for _, jobs := range []int{1, 4} {
		p := &planted{needs: []string{"node.crash mx2", "node.freeze store1"}, share: 0.3, class: "loss"}
		r := searched(t, base(t, nil), p, func(c *Config) { c.Budget, c.Jobs = 5*time.Minute, jobs })
		if r.Took > 5*time.Minute || r.Ended != EndBudget {
			t.Errorf("%d jobs: took %v of 5m, ended because %s", jobs, r.Took, r.Ended)
		}
		if r.Trials < 20*jobs {
			t.Errorf("%d jobs made %d drills", jobs, r.Trials)
		}
	}
}

func TestInterruptedCampaignGoesOnWhereItStopped(t *testing.T) {
	b := base(t, func(o *Options) { o.Pairs = false })
	var journal Journal
	var first, second Report
	p := &planted{}
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithTimeout(t.Context(), 35*time.Second)
		defer stop()
		c := Config{Base: b, Runner: p, Seed: 1, Budget: time.Hour, Tried: func(t Tried) error { journal.Tried = append(journal.Tried, t); return nil }}
		first, _ = Search(ctx, c)
		c.Before = Journal{Tried: slices.Clone(journal.Tried)}
		second, _ = Search(t.Context(), c)
	})
	if first.ExitCode() != record.ExitAborted || first.Counts[0].Tried != 3 {
		t.Errorf("exit %d after %+v", first.ExitCode(), first.Counts)
	}
	if second.Ended != EndComplete || second.Counts[0].Tried != 2*second.Places {
		t.Errorf("%s: %+v", second.Ended, second.Counts)
	}
	slices.Sort(p.ran)
	if len(slices.Compact(slices.Clone(p.ran))) != len(p.ran) {
		t.Errorf("a schedule was run twice: %v", p.ran)
	}
}

func TestDirtyEndsTheCampaign(t *testing.T) {
	var r Report
	synctest.Test(t, func(t *testing.T) {
		r, _ = Search(t.Context(), Config{Base: base(t, nil), Runner: dirty{}, Seed: 1, Budget: time.Hour})
	})
	if r.Trials != 1 || r.ExitCode() != record.ExitDirty {
		t.Errorf("%d drills, exit %d", r.Trials, r.ExitCode())
	}
}

type dirty struct{}

func (dirty) Run(context.Context, Trial) (Outcome, error) {
	return Outcome{Verdict: record.Passed, Dirty: true}, nil
}

func TestLivenessAsksForServicesAfterTheLastRevert(t *testing.T) {
	b := base(t, func(o *Options) { o.Mode = Liveness })
	places, _ := b.Places()
	s, _ := NewGenerator(b, places, 1).Next()
	plan, err := b.Compile(s)
	if err != nil {
		t.Fatal(err)
	}
	o := plan.Scenario.Objectives
	if want := scenarios.Duration(s.Span() + 15*time.Second); o.RTO["mx"] != want || o.RTO["delivery"] != want || o.RTO["imap"] != want || o.Loss != nil {
		t.Errorf("objectives %+v of %s, want %v", o, s, want)
	}
}
