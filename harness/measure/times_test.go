package measure

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

func TestOutagesOfTheRecord(t *testing.T) {
	type want struct {
		rta      [][2]float64 // high -1: open
		verdict  record.Verdict
		reason   string
		step     string
		measured [2]float64
	}
	for _, c := range []struct {
		name string
		down [][2]float64
		want want
	}{
		{"none", nil, want{verdict: record.Passed, measured: [2]float64{0, 1.25}, reason: "no probe failed"}},
		{"one", [][2]float64{{15.1, 20}}, want{rta: [][2]float64{{4.65, 5.02}}, verdict: record.Passed, measured: [2]float64{4.65, 5.02}, step: "crash"}},
		{"too long", [][2]float64{{15.1, 30}}, want{rta: [][2]float64{{14.65, 15.02}}, verdict: record.Failed, measured: [2]float64{14.65, 15.02}, step: "crash"}},
		{"the objective inside the bracket", [][2]float64{{15.1, 27}}, want{rta: [][2]float64{{11.65, 12.02}}, verdict: record.Inconclusive, measured: [2]float64{11.65, 12.02}, step: "crash"}},
		{"flapping is one outage", [][2]float64{{15.1, 17}, {20, 22}, {24, 26}}, want{rta: [][2]float64{{10.65, 11.02}}, verdict: record.Passed, measured: [2]float64{10.65, 11.02}, step: "crash"}},
		{"again after a stable stretch", [][2]float64{{15.1, 17}, {28, 30}}, want{rta: [][2]float64{{1.65, 2.02}, {14.65, 15.02}}, verdict: record.Failed, measured: [2]float64{14.65, 15.02}, step: "crash"}},
		{"never back", [][2]float64{{15.1, 99}}, want{rta: [][2]float64{{44.65, -1}}, verdict: record.Failed, measured: [2]float64{44.65, -1}, step: "crash"}},
		{"back, but not long enough to call it stable", [][2]float64{{15.1, 20}, {52, 53}}, want{rta: [][2]float64{{4.65, 5.02}, {37.65, -1}}, verdict: record.Failed, measured: [2]float64{37.65, -1}, step: "crash"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := sound()
			d.down["mx"] = c.down
			r := d.verdict(t)
			o := goal(t, r, "rto.mx")
			if o.Verdict != c.want.verdict || !strings.Contains(o.Reason, c.want.reason) {
				t.Errorf("%s (%s), want %s", o.Verdict, o.Reason, c.want.verdict)
			}
			same(t, "measured", o.Measured, c.want.measured)
			rows := r.Services["mx"].Outages
			if len(rows) != len(c.want.rta) {
				t.Fatalf("%d outages, want %d: %+v", len(rows), len(c.want.rta), rows)
			}
			for i, row := range rows {
				same(t, "rta", &row.RTA, c.want.rta[i])
				if row.Step != c.want.step {
					t.Errorf("outage of step %q, want %q", row.Step, c.want.step)
				}
			}
		})
	}
}

func same(t *testing.T, what string, got *record.Interval, want [2]float64) {
	t.Helper()
	switch {
	case got == nil:
		t.Errorf("%s: no data, want %v", what, want)
	case math.Abs(got.Low-want[0]) > 1e-6:
		t.Errorf("%s: low %v, want %v", what, got.Low, want[0])
	case want[1] < 0 && got.High != nil:
		t.Errorf("%s: high %v, want an open end", what, *got.High)
	case want[1] >= 0 && (got.High == nil || math.Abs(*got.High-want[1]) > 1e-6):
		t.Errorf("%s: high %v, want %v", what, got.High, want[1])
	}
}

func TestServiceWithoutProbes(t *testing.T) {
	d := sound()
	d.goals = []Objective{{"rto.submission", 5, "s"}}
	if o := goal(t, d.verdict(t), "rto.submission"); o.Measured != nil || o.Verdict != record.Inconclusive {
		t.Errorf("%+v: %s", o.Measured, o.Verdict)
	}
}

// An outage that was there before the fault is counted against it, and the
// baseline gate takes the verdict away.
func TestOutageFromBefore(t *testing.T) {
	d := sound()
	d.down["mx"] = [][2]float64{{10, 40}}
	r := d.verdict(t)
	if o := goal(t, r, "rto.mx"); o.Verdict != record.Inconclusive || o.Measured.Low < 20 {
		t.Errorf("%+v: %s (%s)", o.Measured, o.Verdict, o.Reason)
	}
}

// For random outages, probe schedules and looks, the true recovery time lies
// in the interval, and the interval is no wider than what bounds it.
func TestRecoveryBracketsTheTruth(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	const d, tau = 0.25, 1.0
	for range 3000 {
		fault := 20 + rng.Float64()*5
		recovery := rng.Float64() * 15
		hanging := rng.IntN(2) == 0
		look := rng.Float64() * 0.1
		st := soundRules().step(PlannedFault{Step: "crash", Targets: []string{"mx1"}})
		st.targets[0].injecting = []ledger.Call{{Began: seconds(fault - look)}}
		st.targets[0].injected = []ledger.Call{{Ended: seconds(fault + look)}}
		st.targets[0].looks = []observation{
			{ledger.Proof{Began: seconds(fault - 1), Ended: seconds(fault - 0.9)}, ledger.FaultControl},
			{ledger.Proof{Began: seconds(fault), Ended: seconds(fault + look), Effective: true}, ledger.FaultProof},
		}
		s := &story{rules: soundRules(), spec: Spec{Probe: Probing{Interval: seconds(d), Timeout: seconds(tau), Stable: seconds(10)}}, steps: []*step{st}, probes: map[string][]ledger.ProbeResult{}}
		phase := rng.Float64() * d
		for k := range 300 {
			at := phase + float64(k)*d
			p := ledger.ProbeResult{Scheduled: seconds(at), Start: seconds(at), End: seconds(at + 0.01), OK: true}
			if met := at + 0.005; met >= fault && met < fault+recovery {
				p.OK = false
				if hanging {
					p.End = seconds(at + tau)
				}
			}
			s.probes["mx"] = append(s.probes["mx"], p)
		}
		got := s.observe("mx").recovery
		if got == nil || got.High == nil || recovery < got.Low-1e-9 || recovery > *got.High+1e-9 {
			t.Fatalf("fault at %v for %v (hanging %v): measured %+v", fault, recovery, hanging, got)
		}
		if width := *got.High - got.Low; width > d+tau+3*look+0.1 {
			t.Fatalf("width %v for D %v, tau %v, looks of %v", width, d, tau, look)
		}
	}
}

// observation: the local variable look hides the type below.
type observation = look

func TestSpans(t *testing.T) {
	at := func(began, ended float64, kind string, on bool, err string) look {
		return look{ledger.Proof{Began: seconds(began), Ended: seconds(ended), Effective: on, Error: err}, kind}
	}
	tg := &target{injecting: []ledger.Call{{Began: seconds(10)}}, injected: []ledger.Call{{Ended: seconds(10.3)}}}
	tg.looks = []look{
		at(9, 9.1, ledger.FaultControl, false, ""),
		at(10.3, 10.4, ledger.FaultProof, false, ""),
		at(10.4, 10.5, ledger.EffectSeen, false, "timed out"),
		at(10.5, 10.6, ledger.FaultProof, true, ""),
		at(12, 12.1, ledger.FaultProof, false, ""), // flapping: up again
		at(13, 13.1, ledger.FaultProof, true, ""),
		at(14, 14.1, ledger.FaultClean, false, "timed out"),
		at(15, 15.1, ledger.FaultClean, false, ""),
	}
	st := &step{PlannedFault: PlannedFault{Step: "flap"}, targets: []*target{tg}}
	same(t, "injected", st.injectedSpan().interval(), [2]float64{10, 10.3})
	same(t, "effective", st.effectiveSpan().interval(), [2]float64{10.3, 10.6})
	same(t, "healed", st.healedSpan().interval(), [2]float64{13, 15.1})
	other := &target{injecting: []ledger.Call{{Began: seconds(11)}}, looks: []look{at(11.2, 11.3, ledger.FaultProof, true, "")}}
	st.targets = append(st.targets, other)
	same(t, "injected at two", st.injectedSpan().interval(), [2]float64{10, -1})
	same(t, "effective at two", st.effectiveSpan().interval(), [2]float64{10.3, 11.3})
	if h := st.healedSpan(); h != nil {
		t.Errorf("healed %+v though one target was never seen without the effect", h)
	}
}

func TestReach(t *testing.T) {
	lose := func(seqs func(uint32) bool) func(int, uint32) int {
		return func(_ int, seq uint32) int {
			if seqs(seq) {
				return 0
			}
			return 1
		}
	}
	between := func(from, to uint32) func(uint32) bool {
		return func(s uint32) bool { return s >= from && s <= to }
	}
	for _, c := range []struct {
		name     string
		found    func(int, uint32) int
		max      float64
		want     record.Verdict
		measured [2]float64
		reason   string
	}{
		// The newest accept before 15 s is that of copy 299, at 14.960 s.
		{"nothing lost", nil, 2, record.Passed, [2]float64{0, 0.14}, "resolution 0.140 s"},
		{"nothing lost, none allowed", nil, 0, record.Passed, [2]float64{0, 0.14}, "none of 299"},
		{"the last second", lose(between(280, 299)), 2, record.Passed, [2]float64{0.99, 1.14}, "100 %"},
		{"the last two", lose(between(260, 299)), 2, record.Inconclusive, [2]float64{1.99, 2.14}, "100 %"},
		{"the last four", lose(between(220, 299)), 2, record.Failed, [2]float64{3.99, 4.14}, "100 %"},
		{"holes", lose(among(240, 290)), 2, record.Failed, [2]float64{2.99, 3.14}, "3 %"},
		{"one, none allowed", lose(among(290)), 0, record.Failed, [2]float64{0.49, 0.64}, "10 %"},
		{"everything", lose(between(1, 299)), 20, record.Inconclusive, [2]float64{14.94, -1}, "100 %"},
		{"only during the fault", lose(between(310, 320)), 0, record.Passed, [2]float64{0, 0.14}, "none of 299"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := sound()
			d.found = c.found
			d.goals = []Objective{{"rpo", c.max, "s"}}
			o := goal(t, d.verdict(t), "rpo")
			if o.Verdict != c.want || !strings.Contains(o.Reason, c.reason) {
				t.Errorf("%s (%s), want %s", o.Verdict, o.Reason, c.want)
			}
			same(t, "measured", o.Measured, c.measured)
		})
	}
}

func TestReachNeedsAccepts(t *testing.T) {
	d := sound()
	d.goals = []Objective{{"rpo", 0, "s"}}
	d.entry = func(e *ledger.Entry) bool { // four a second: 20 in five seconds
		return e.Copy.Seq%5 == 0
	}
	d.spec = func(s *Spec) { s.Rate = 4 }
	o := goal(t, d.verdict(t), "rpo")
	if o.Verdict != record.Inconclusive || !strings.Contains(o.Reason, "30 are needed") {
		t.Errorf("%s (%s)", o.Verdict, o.Reason)
	}
}

func TestReachWithUnknownCopies(t *testing.T) {
	d := sound()
	d.found = func(_ int, seq uint32) int { return int(min(1, seq%290)) }
	d.torn = "torn"
	d.goals = []Objective{{"rpo", 2, "s"}}
	o := goal(t, d.verdict(t), "rpo")
	same(t, "measured", o.Measured, [2]float64{0, -1})
	if o.Verdict != record.Inconclusive {
		t.Errorf("%s (%s)", o.Verdict, o.Reason)
	}
}

func TestExposureOfAStore(t *testing.T) {
	d := sound()
	d.targets = []string{"store1"}
	d.event = func(e *ledger.Event) bool {
		if strings.HasPrefix(e.Kind, "fault.") && e.Kind != ledger.FaultHeld {
			edit(t, e, func(p *map[string]any) { delete(*p, "counters"); delete(*p, "counts") })
		}
		return true
	}
	f := d.verdict(t).Faults[0]
	// Copies 300 to 500 are accepted between 15 s and 25.05 s, elsewhere.
	if f.Proofs.Exercised < 195 || f.Proofs.Exercised > 205 || f.State != stateProven {
		t.Errorf("exercised %d, %s", f.Proofs.Exercised, f.State)
	}
}

// What counts for itself says whether it was met: neither mail that is accepted
// elsewhere nor attempts at the target that pass it by take its place, and what
// the fault itself has done is not of the mail's.
func TestACounterOfItsOwnSaysWhetherAFaultWasMet(t *testing.T) {
	for _, c := range []struct {
		name     string
		target   string
		counters map[string]uint64
		counts   bool
		want     uint64
	}{
		{"off the mail's way", "store1", map[string]uint64{"dropped": 0}, true, 0},
		{"a proxy that names no counter before it moves", "store1", nil, true, 0},
		{"a link of a host that the workload tries", "mx1", map[string]uint64{"dropped": 0}, true, 0},
		{"met", "store1", map[string]uint64{"dropped": 7}, true, 7},
		{"its own work, beside the accepted", "store1", map[string]uint64{"files": 1000}, false, 201},
		{"its own work, on a host that nobody tries", "mx9", map[string]uint64{"files": 3}, false, 0},
	} {
		d := sound()
		d.targets = []string{c.target}
		d.event = func(e *ledger.Event) bool {
			if e.Kind == ledger.FaultProof {
				edit(t, e, func(p *ledger.Proof) { p.Counters, p.Counts = c.counters, c.counts })
			}
			return true
		}
		if c.target == "mx9" { // nothing is accepted meanwhile
			d.entry = func(e *ledger.Entry) bool {
				return e.Kind != ledger.Outcome || e.End < 14*time.Second || e.Start > 26*time.Second
			}
		}
		f := d.verdict(t).Faults[0]
		if f.Proofs.Exercised != c.want || (f.State == stateUnexercised) != (c.want == 0) {
			t.Errorf("%s: exercised %d, %s; want %d", c.name, f.Proofs.Exercised, f.State, c.want)
		}
		if c.want == 0 && f.Clock.Exercised != nil {
			t.Errorf("%s: the clock says that it was met: %+v", c.name, f.Clock.Exercised)
		}
	}
}

// A target meets what knocks at its host, whatever that is called, and at a balancer
// that has nobody else behind it.
func TestExerciseUnderOtherNames(t *testing.T) {
	told := PlannedFault{Step: "crash", Targets: []string{"smtp"}}
	at := ledger.Entry{Kind: ledger.Outcome, Node: "mail.example.net", Start: 16 * time.Second, End: 17 * time.Second}
	for name, c := range map[string]struct {
		hosts  map[string]string
		fronts map[string][]string
		want   uint64
	}{
		"nobody knows the name":    {want: 0},
		"its host":                 {hosts: map[string]string{"smtp": "mail.example.net"}, want: 1},
		"who stands alone before":  {fronts: map[string][]string{"smtp": {"front", "mail.example.net"}}, want: 1},
		"who stands before others": {fronts: map[string][]string{"smtp2": {"front", "mail.example.net"}}, want: 0},
	} {
		told.Hosts, told.Fronts = c.hosts, c.fronts
		st := soundRules().step(told)
		x := &exposure{step: st, met: make([]uint64, 1), entry: make([]bool, 1), open: true, window: span{low: 15 * time.Second, high: 25 * time.Second}}
		x.take(at)
		if got := x.exercised(); got != c.want {
			t.Errorf("%s: exercised %d, want %d", name, got, c.want)
		}
	}
}

func TestProbesAreNotExercise(t *testing.T) {
	d := sound()
	d.event = func(e *ledger.Event) bool {
		if e.Kind == ledger.FaultProof {
			edit(t, e, func(p *ledger.Proof) { p.Counters, p.Counts = nil, false })
		}
		return true
	}
	d.entry = func(e *ledger.Entry) bool {
		if at := e.Start; at > 14*time.Second && (e.Kind == ledger.Try || e.Kind == ledger.Outcome) {
			e.Node = "mx2"
			if e.Kind == ledger.Try {
				e.Node, e.Copy.Stream = "mx1", ledger.StreamProbe
			}
		}
		return true
	}
	if f := d.verdict(t).Faults[0]; f.Proofs.Exercised != 0 || f.State != stateUnexercised {
		t.Errorf("exercised %d, %s", f.Proofs.Exercised, f.State)
	}
}
