package measure

import (
	"testing"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

func TestLateMail(t *testing.T) {
	slow := func(by time.Duration) func(uint32) time.Duration {
		return func(seq uint32) time.Duration {
			if seq >= 301 && seq <= 316 {
				return by
			}
			return 10 * time.Millisecond
		}
	}
	for _, c := range []struct {
		name    string
		delay   func(uint32) time.Duration
		goal    Objective
		want    [2]float64
		verdict record.Verdict
	}{
		{"all in time", nil, Objective{"late", 1, "%"}, [2]float64{0, 0}, record.Passed},
		{"two in a hundred late", slow(20 * time.Second), Objective{"late", 1, "%"}, [2]float64{2, 2}, record.Failed},
		{"so many may be", slow(20 * time.Second), Objective{"late", 16, "copies"}, [2]float64{16, 16}, record.Passed},
		{"within a second of the limit", slow(10*time.Second + 500*time.Millisecond), Objective{"late", 10, "copies"}, [2]float64{0, 16}, record.Inconclusive},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := later(c.delay).aim(Timing{Late: seconds(10)}, c.goal).verdict(t)
			o := goal(t, r, "late")
			if o.Measured == nil || o.Measured.Low < c.want[0] || *o.Measured.High > c.want[1] || o.Verdict != c.verdict {
				t.Errorf("%+v, %s (%s), want %v and %s", o.Measured, o.Verdict, o.Reason, c.want, c.verdict)
			}
			if l := r.Times.Late; l == nil || l.Delivered != 800 || *l.P50 > 2 || *l.Max.High < l.Max.Low {
				t.Errorf("%+v", l)
			}
		})
	}
	if o := goal(t, sound().aim(Timing{Late: seconds(10)}, Objective{"late", 1, "%"}).verdict(t), "late"); o.Verdict != record.Inconclusive {
		t.Errorf("without arrivals: %s", o.Verdict)
	}
}

// Copies that still wait are late already, and take a pass away.
func TestLateWhileStillQueued(t *testing.T) {
	d := later(nil).aim(Timing{Late: seconds(10)}, Objective{"late", 0, "copies"})
	d.found = func(_ int, seq uint32) int { return map[bool]int{true: 0, false: 1}[seq == 400] }
	d.extra = []ledger.Entry{{Kind: ledger.Queued, Copy: ledger.Copy{Seq: 400}, Scan: 2, Node: "mx2"}}
	if o := goal(t, d.verdict(t), "late"); o.Verdict != record.Inconclusive || *o.Measured.High != 1 {
		t.Errorf("%+v: %s", o.Measured, o.Verdict)
	}
}

func TestViewsOfTheSender(t *testing.T) {
	d := later(func(seq uint32) time.Duration {
		if seq%2 == 0 {
			return 20 * time.Second // the relay waits
		}
		return 10 * time.Millisecond
	}).aim(Timing{Late: seconds(10), Roles: map[string][]string{"relay1": {"relay"}, "mx1": {"mx"}}})
	d.and(func(e *ledger.Entry) bool {
		even, during := e.Copy.Seq%2 == 0, due(e.Copy.Seq) >= 15 && due(e.Copy.Seq) < 25
		switch {
		case even && e.Kind == ledger.Outcome:
			e.Node = "relay1.drill.test"
		case !even && during && e.Kind == ledger.Outcome:
			e.Verdict = ledger.NotAttempted
		case !even && during && e.Kind == ledger.Seen:
			return false
		}
		return true
	})
	rows := d.verdict(t).Times.Views
	if len(rows) != 2 {
		t.Fatalf("%+v", rows)
	}
	direct, relayed := rows[0], rows[1]
	if direct.Name != "direct" || direct.Accepted != 300 || direct.NotAttempted != 100 || *direct.Late.High != 0 {
		t.Errorf("%+v", direct)
	}
	if relayed.Name != "via_relay" || relayed.Accepted != 400 || relayed.NotAttempted != 0 || relayed.Late.Low != 400 {
		t.Errorf("%+v", relayed)
	}
}
