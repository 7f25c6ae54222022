package measure

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

// slower makes accepted copies of a stretch wait.
func slower(from, to float64, by time.Duration) func(*ledger.Entry) bool {
	return func(e *ledger.Entry) bool {
		if at := due(e.Copy.Seq); e.Kind == ledger.Outcome && at >= from && at < to {
			e.End += by
		}
		return true
	}
}

// refused makes every nth copy of a stretch come back.
func refused(from, to float64, nth uint32) func(*ledger.Entry) bool {
	return func(e *ledger.Entry) bool {
		at := due(e.Copy.Seq)
		if at < from || at >= to || e.Copy.Seq%nth != 0 {
			return true
		}
		if e.Kind == ledger.Outcome {
			e.Verdict, e.Code = ledger.RejectedTemporary, 451
		}
		return e.Kind != ledger.Seen
	}
}

func TestCapacityRecovery(t *testing.T) {
	for _, c := range []struct {
		name    string
		change  func(*ledger.Entry) bool
		want    [2]float64
		verdict record.Verdict
		reason  string
	}{
		{"never less", func(*ledger.Entry) bool { return true }, [2]float64{0, 1}, record.Passed, "carried as before again after 0 to 1 s"},
		{"refused until 20 s", refused(15, 20, 1), [2]float64{3.9, 6}, record.Passed, ""},
		{"slow until 28 s", slower(15, 28, time.Second), [2]float64{11.9, 14}, record.Failed, ""},
		{"not slow enough to notice", slower(15, 28, 60*time.Millisecond), [2]float64{0, 1}, record.Passed, ""},
		{"one in thirty refused is within the share", refused(15, 40, 30), [2]float64{0, 1}, record.Passed, ""},
		{"one in ten refused for ever", refused(15, 99, 10), [2]float64{15.9, -1}, record.Failed, "was not carried"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := sound().and(c.change).aim(Timing{}, Objective{"capacity", 8, "s"})
			d.down = nil
			r := d.verdict(t)
			o := goal(t, r, "capacity")
			same(t, "capacity", o.Measured, c.want)
			same(t, "the fault's", r.Faults[0].Capacity, c.want)
			if o.Verdict != c.verdict || !strings.Contains(o.Reason, c.reason) {
				t.Errorf("%s (%s), want %s", o.Verdict, o.Reason, c.verdict)
			}
		})
	}
}

// Without enough samples there is no p99, and without a load after the fault no
// recovery.
func TestCapacityNeedsSamples(t *testing.T) {
	d := sound().aim(Timing{}, Objective{"capacity", 8, "s"})
	d.and(func(e *ledger.Entry) bool { return due(e.Copy.Seq) > 11 })
	if o := goal(t, d.verdict(t), "capacity"); o.Verdict != record.Inconclusive || !strings.Contains(o.Reason, "needed for a p99") {
		t.Errorf("%s: %s", o.Verdict, o.Reason)
	}
	d = sound().aim(Timing{}, Objective{"capacity", 8, "s"})
	d.copies = 400
	if o := goal(t, d.verdict(t), "capacity"); o.Verdict != record.Inconclusive || !strings.Contains(o.Reason, "too soon after crash") {
		t.Errorf("%s: %s", o.Verdict, o.Reason)
	}
	d.copies = 315
	if l := d.verdict(t).Times.Latency[1]; l.Count != 16 || l.P50 == nil || l.P90 != nil || l.P99 != nil {
		t.Errorf("percentiles of %d samples: %+v", l.Count, l)
	}
}

// For random outages of the load, the true recovery of capacity lies in the
// interval, give or take the 5 % of a stretch that capacity may lack.
func TestCapacityBracketsTheTruth(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	for range 15 {
		fault, recovery := 15.0, rng.Float64()*12
		d := sound().and(refused(fault, fault+recovery, 1))
		d.down = nil
		c := d.verdict(t).Faults[0].Capacity
		if c == nil || c.High == nil || c.Low > recovery || *c.High < recovery-0.5 || *c.High-c.Low > 2.2 {
			t.Fatalf("refused for %v s, measured %+v", recovery, c)
		}
	}
}
