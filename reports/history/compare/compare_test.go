package compare

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"maildrill/harness/record"
	"maildrill/reports/history"
	"maildrill/reports/history/historytest"
	"maildrill/reports/hostile"
)

func at(low, high float64) *record.Interval { return &record.Interval{Low: low, High: &high} }

func TestDeltas(t *testing.T) {
	value := func(i *record.Interval) *Value {
		return &Value{Measured: i, Unit: "s", Target: map[string]float64{"max": 10}, Verdict: record.Passed}
	}
	least := func(i *record.Interval) *Value {
		return &Value{Measured: i, Unit: "s", Target: map[string]float64{"min": 10}}
	}
	other := value(at(1, 2))
	other.Unit = "copies"
	for _, c := range []struct {
		name        string
		before, now *Value
		want        State
		grown       string
	}{
		{"apart, longer", value(at(1, 2)), value(at(3, 4)), Worse, "+1 to +3 s"},
		{"apart, shorter", value(at(3, 4)), value(at(1, 2)), Better, "-3 to -1 s"},
		{"touching", value(at(1, 2)), value(at(2, 3)), Alike, "0 to +2 s"},
		{"overlapping", value(at(1, 3)), value(at(2, 4)), Alike, "-1 to +3 s"},
		{"exact, and equal", value(at(2, 2)), value(at(2, 2)), Same, "0 s"},
		{"exact, and not", value(at(2, 2)), value(at(5, 5)), Worse, "+3 s"},
		{"not recovered now", value(at(1, 2)), value(&record.Interval{Low: 90}), Worse, "+88 s or more"},
		{"not recovered now, looked at for a moment", value(at(1, 2)), value(&record.Interval{Low: 1}), Alike, "-1 s or more"},
		{"not recovered before", value(&record.Interval{Low: 90}), value(at(1, 2)), Better, "-88 s or less"},
		{"never recovered", value(&record.Interval{Low: 90}), value(&record.Interval{Low: 95}), Alike, "not bounded"},
		{"no data now", value(at(1, 2)), value(nil), NoData, ""},
		{"no data at all", value(nil), value(nil), NoData, ""},
		{"not asked before", nil, value(at(1, 2)), OnlyToday, ""},
		{"no longer asked", value(at(1, 2)), nil, OnlyThen, ""},
		{"another unit", value(at(1, 2)), other, Unlike, ""},
		{"more of what must not be too little", least(at(1, 2)), least(at(3, 4)), Better, "+1 to +3 s"},
		{"less of what must not be too little", least(at(3, 4)), least(at(1, 2)), Worse, "-3 to -1 s"},
	} {
		d := delta("rto.mx", c.before, c.now)
		if got := d.grown(); d.State != c.want || got != c.grown {
			t.Errorf("%s: %s, %q; want %s, %q", c.name, d.State, got, c.want, c.grown)
		}
	}
}

// Whichever run comes first, what is worse one way is better the other.
func TestDeltasAreSymmetrical(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	mirror := map[State]State{Worse: Better, Better: Worse, Same: Same, Alike: Alike}
	for range 3000 {
		low, other := 10*rng.Float64(), 10*rng.Float64()
		a, b := &Value{Measured: at(low, low+rng.Float64())}, &Value{Measured: at(other, other+rng.Float64())}
		if rng.IntN(4) == 0 {
			a.Measured.High = nil
		}
		there, back := delta("x", a, b).State, delta("x", b, a).State
		if mirror[there] != back {
			t.Fatalf("%v and %v: %s, and back %s", a.Measured, b.Measured, there, back)
		}
	}
}

// two runs of a scenario, a week apart; the second is slower and has another
// image.
func two() (before, now record.Record) {
	library := historytest.Library[0]
	rng := rand.New(rand.NewPCG(5, 6))
	run := historytest.Run{Scenario: library, Started: time.Date(2026, 3, 1, 3, 0, 0, 0, time.UTC), Outcome: history.Passed}
	before = run.Record(rng)
	run.Started, run.Slower, run.Outcome = run.Started.AddDate(0, 0, 7), map[string]float64{"rto.delivery": 1.3}, history.Failed
	now = run.Record(rng)
	shift := 7.5
	for i := range now.Faults {
		f := &now.Faults[i]
		for _, span := range []*record.Interval{f.Injected, f.Effective, f.Healed} {
			span.Low += shift
			*span.High += shift
		}
	}
	for name, s := range now.Services {
		for i := range s.Outages {
			s.Outages[i].Began.Low += shift
			s.Outages[i].FirstSuccess = nil
			if name == "delivery" {
				s.Outages[i].FirstSuccess = new(shift + 45.0)
			}
		}
	}
	now.Phases[2].Ended += shift
	now.Environment = map[string]string{"engine": "20.10.24", "image.mx1": "maildrill/postfix@sha256:22", "image.mx2": "new"}
	now.Tuned, now.Scenario.SHA256 = nil, "cc33"
	delete(before.Services, "mx")
	return before, now
}

const fileBefore = "metadata:\n  name: x\ntimeline:\n  - {id: crash, for: 30s}\n"

func TestGolden(t *testing.T) {
	before, now := two()
	c := Of(before, now, []byte(fileBefore), []byte(strings.Replace(fileBefore, "30s", "40s", 1)))
	historytest.Golden(t, "two", c.Document(), c.Pictures(78))
	same := Of(before, before, []byte(fileBefore), []byte(fileBefore))
	historytest.Golden(t, "same", same.Document(), same.Pictures(78))
	empty := Of(record.Record{}, record.Record{}, nil, nil)
	historytest.Golden(t, "empty", empty.Document(), empty.Pictures(78))
	if again := Of(before, now, []byte(fileBefore), []byte(strings.Replace(fileBefore, "30s", "40s", 1))); !reflect.DeepEqual(c, again) {
		t.Error("the same records gave another comparison")
	}
}

func TestBothRunsAreAlignedAtTheirFirstFault(t *testing.T) {
	before, now := two()
	line := timeline(before, now)
	if !line.Aligned || line.From != -27.5 || line.To != 100 {
		t.Errorf("%v to %v, aligned %v", line.From, line.To, line.Aligned)
	}
	crash := line.Lanes[0]
	if !crash.Fault || crash.Before.Stretches[0].From != 0 || crash.Now.Stretches[0].From != 0 {
		t.Errorf("the fault begins at %+v", crash)
	}
	for _, l := range line.Lanes {
		if l.Name == "mx" && (l.Before.Seen || !l.Now.Seen) {
			t.Errorf("mx was looked at: before %v, now %v", l.Before.Seen, l.Now.Seen)
		}
	}
	now.Faults[0].Injected = nil
	if line = timeline(before, now); line.Aligned || line.From != 0 {
		t.Errorf("without a fault: from %v, aligned %v", line.From, line.Aligned)
	}
}

func TestWhatMustBeKnownIsSaid(t *testing.T) {
	before, now := two()
	now.Scenario.Name, now.Clock, now.Run.Runtime, now.Simulated, now.Dirty, now.Verdict = "other", "production", "embedded", true, true, record.Aborted
	said := strings.Join(Of(before, now, []byte("x"), nil).Notices, "\n")
	for _, want := range []string{"different scenarios: backup-mx-takes-over and other", "different clocks: drill and production", "different runtimes", "SIMULATED", "DIRTY", "ended as aborted", "only one of the runs has its scenario.yaml"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not said:\n%s", want, said)
		}
	}
	if said := Of(before, before, nil, nil).Notices; len(said) != 1 || said[0] != "both are the same run" {
		t.Errorf("%q", said)
	}
}

func TestLines(t *testing.T) {
	huge := []byte(strings.Repeat("x\n", longest))
	for _, c := range []struct {
		name         string
		a, b         []byte
		differ, said string
	}{
		{"none", nil, nil, "", ""},
		{"one", nil, []byte("x"), "", "only one"},
		{"equal", []byte("x\n"), []byte("x\n"), "", ""},
		{"empty and not", []byte(""), []byte("x\n"), "+x", ""},
		{"huge", huge, []byte("x"), "", "larger than"},
		{"a line", []byte(fileBefore), []byte(strings.Replace(fileBefore, "30s", "40s", 1)), "-  - {id: crash, for: 30s}\n+  - {id: crash, for: 40s}", ""},
	} {
		differ, said := lines(c.a, c.b)
		if (c.differ == "") != (differ == "") || !strings.Contains(differ, c.differ) || (c.said == "") != (said == "") || !strings.Contains(said, c.said) {
			t.Errorf("%s: %q, %q", c.name, differ, said)
		}
	}
}

func TestHostileText(t *testing.T) {
	for _, evil := range historytest.Evil {
		before, now := two()
		for _, r := range []*record.Record{&before, &now} {
			r.Run.ID, r.Scenario.Name, r.Clock, r.Run.Runtime, r.Run.Tool.Version = evil+"x", evil, evil, evil, evil
			r.Objectives = append(r.Objectives, record.Objective{Name: evil, Unit: evil, Measured: at(1, 2), Target: map[string]float64{evil: 1}, Verdict: record.Verdict(evil)})
			r.Faults[0].Step = evil
			r.Services[evil+"y"] = record.Service{Probes: 1, Outages: []record.Outage{{Step: evil, RTA: record.Interval{Low: -1e300}}}}
		}
		now.Environment, now.Tuned = map[string]string{evil: evil}, map[string]string{evil: evil}
		c := Of(before, now, []byte(evil), []byte(evil+"\n\x1b[2J"))
		historytest.Harmless(t, c.Document())
		historytest.Text(t, c.Document(), c.Pictures(78))
	}
}

// Records that have such a text in every place.
func TestHostileRecords(t *testing.T) {
	before, _ := two()
	for _, evil := range historytest.Evil[:20] {
		for _, now := range []record.Record{hostile.Record(evil), hostile.Mixed(), {}} {
			c := Of(before, now, nil, nil)
			historytest.Harmless(t, c.Document())
			historytest.Text(t, c.Document(), c.Pictures(78))
		}
	}
}

// Times that no run has must not be drawn beyond the picture, nor take long.
func TestStrangeTimes(t *testing.T) {
	for _, odd := range []float64{0, -5, 1e300, -1e300} {
		before, now := two()
		now.Phases[2].Ended = odd
		now.Faults[0].Injected.Low = odd
		c := Of(before, now, nil, nil)
		historytest.Harmless(t, c.Document())
		historytest.Text(t, c.Document(), c.Pictures(78))
	}
}
