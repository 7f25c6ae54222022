package measure

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

func TestBacklogAndDrain(t *testing.T) {
	held := func(until float64) func(uint32) time.Duration {
		return func(seq uint32) time.Duration {
			at := due(seq)
			if at < 15 || at >= until {
				return 10 * time.Millisecond
			}
			return time.Duration((until - at) * float64(time.Second)) // all at once when it is over
		}
	}
	flush := func(s *Spec) { s.Actions = []PlannedAction{{Step: "hurry", Kind: "flush", Targets: []string{"mx2"}}} }
	for _, c := range []struct {
		name    string
		drill   *drill
		timing  Timing
		flush   bool
		want    [2]float64
		verdict record.Verdict
		reason  string
	}{
		{"no backlog", later(nil), Timing{}, false, [2]float64{0, 1.27}, record.Passed, "retry timers were tuned"},
		{"held until 33 s", later(held(33)), Timing{}, false, [2]float64{7.5, 10.3}, record.Failed, "back at"},
		{"held until 29 s", later(held(29)), Timing{}, false, [2]float64{3.5, 6.3}, record.Passed, "back at"},
		{"flushed", later(held(29)), Timing{}, true, [2]float64{3.5, 6.3}, record.Inconclusive, "not the system's own drain"},
		{"flushed, and that is what was asked", later(held(29)), Timing{FlushCounts: true}, true, [2]float64{3.5, 6.3}, record.Passed, "the queue was flushed"},
		{"a clock that is behind", later(func(uint32) time.Duration { return -5 * time.Second }), Timing{}, false, [2]float64{0, 1.27}, record.Passed, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := c.drill
			if c.flush {
				d.spec = flush
			}
			d.aim(c.timing, Objective{"drain", 7, "s"})
			var more []ledger.Event
			if c.flush {
				more = append(more, event(t, 26, ledger.ActionDone, "hurry", "mx2", ledger.Call{Kind: "flush", Began: seconds(26), Ended: seconds(26.1)}))
			}
			r := d.told(t, more...)
			o := goal(t, r, "drain")
			if o.Verdict != c.verdict || !strings.Contains(o.Reason, c.reason) {
				t.Errorf("%s (%s), want %s", o.Verdict, o.Reason, c.verdict)
			}
			b := r.Times.Backlog
			if b == nil {
				t.Fatal("no backlog")
			}
			if m := o.Measured; m == nil || m.High == nil || m.Low > c.want[1] || *m.High < c.want[0] || m.Low < c.want[0]-1 || *m.High > c.want[1]+1 {
				t.Errorf("drain %+v, want about %v", m, c.want)
			}
			if b.Flushed != c.flush || !b.Tuned {
				t.Errorf("flags %+v", b)
			}
		})
	}
}

func TestBacklogOfCopiesThatAreNowhere(t *testing.T) {
	queued := later(nil).aim(Timing{}, Objective{"drain", 7, "s"})
	queued.found = func(_ int, seq uint32) int { return map[bool]int{true: 0, false: 1}[seq == 400] }
	queued.extra = []ledger.Entry{{Kind: ledger.Queued, Copy: ledger.Copy{Seq: 400}, Scan: 2, Node: "mx2"}}
	if o := goal(t, queued.verdict(t), "drain"); o.Measured == nil || o.Measured.High != nil || o.Verdict == record.Passed {
		t.Errorf("a copy that is still queued: %+v, %s", o.Measured, o.Verdict)
	}
	gone := later(nil).aim(Timing{}, Objective{"drain", 7, "s"})
	gone.found = queued.found
	if o := goal(t, gone.verdict(t), "drain"); o.Measured == nil || o.Measured.High == nil {
		t.Errorf("a lost copy is no backlog: %+v (%s)", o.Measured, o.Reason)
	}
	blind := later(nil).and(func(e *ledger.Entry) bool { e.Arrived = 0; return true }).aim(Timing{}, Objective{"drain", 7, "s"})
	if o := goal(t, blind.verdict(t), "drain"); o.Measured != nil || o.Verdict != record.Inconclusive || !strings.Contains(o.Reason, "no time of arrival") {
		t.Errorf("without arrivals: %+v, %s", o.Measured, o.Reason)
	}
}

// For random arrivals the true backlog lies between that of the earliest and
// that of the latest arrivals, at the end of every second.
func TestBacklogBracketsTheTruth(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 60 {
		var f traffic
		var truth [40]int
		for range 300 {
			accepted := time.Duration(rng.Float64() * 20 * float64(time.Second))
			arrived := accepted + time.Duration(rng.ExpFloat64()*2*float64(time.Second))
			offset := time.Duration(rng.Float64() * float64(time.Second)) // of the run to the wall clock
			told := (arrived + offset).Truncate(time.Second) - offset
			s := slotDue(accepted - 10*time.Millisecond).answer(false)
			s = s.accept(accepted)
			*f.accepted.at(second(accepted))++
			f.awaited++
			f.terminal(&s, told, told+time.Second)
			for i := second(accepted); i < len(truth) && startOf(i+1) <= arrived; i++ {
				truth[i]++
			}
		}
		early, late := f.queue(f.goneEarly, arrivalWidth, len(truth)), f.queue(f.goneLate, 0, len(truth))
		for i, n := range truth {
			if early.copies[i] > n || late.copies[i] < n {
				t.Fatalf("second %d: %d copies, measured %d to %d", i, n, early.copies[i], late.copies[i])
			}
		}
		if f.awaited != 0 {
			t.Fatalf("%d copies never arrived", f.awaited)
		}
	}
}
