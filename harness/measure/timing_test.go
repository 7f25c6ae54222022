package measure

import (
	"encoding/json"
	"testing"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

// later is a sound drill whose store tells when mail arrived: at once, in whole
// seconds, unless delay says how long one took (below zero: by a wrong clock).
func later(delay func(seq uint32) time.Duration) *drill {
	d := sound()
	d.entry = func(e *ledger.Entry) bool {
		if e.Kind != ledger.Seen {
			return true
		}
		e.Arrived = (time.Duration(e.Copy.Seq)*tick + 10*time.Millisecond).Truncate(time.Second)
		if delay != nil {
			e.Arrived = (time.Duration(e.Copy.Seq)*tick + delay(e.Copy.Seq)).Truncate(time.Second)
		}
		if e.Arrived == 0 {
			e.Arrived = 1
		}
		return true
	}
	return d
}

// and adds a change of entries to those that a drill has.
func (d *drill) and(change func(*ledger.Entry) bool) *drill {
	before := d.entry
	d.entry = func(e *ledger.Entry) bool { return (before == nil || before(e)) && change(e) }
	return d
}

// aim sets the objectives, and the part of the plan that is about times.
func (d *drill) aim(timing Timing, goals ...Objective) *drill {
	d.goals = goals
	before := d.spec
	d.spec = func(s *Spec) {
		if before != nil {
			before(s)
		}
		s.Timing = timing
	}
	return d
}

// told judges the drill with more events.
func (d *drill) told(t *testing.T, more ...ledger.Event) record.Record {
	t.Helper()
	w := d.write(t)
	last := len(w.events) - 1
	w.events = append(append(w.events[:last:last], more...), w.events[last])
	r, err := Judge(History{Events: w.events, Ledger: w})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func event(t *testing.T, at float64, kind, step, node string, data any) ledger.Event {
	t.Helper()
	raw, err := json.Marshal(data)
	if err != nil {
		t.Fatal(err)
	}
	return ledger.Event{At: seconds(at), Kind: kind, Step: step, Node: node, Data: raw}
}

// due is the time of a copy of the drill in seconds.
func due(seq uint32) float64 { return (time.Duration(seq) * tick).Seconds() }

func TestLatencyByPeriod(t *testing.T) {
	r := sound().and(slower(15.2, 24, 2*time.Second)).verdict(t)
	rows := r.Times.Latency
	if len(rows) != 3 || rows[0].Phase != "before" || rows[1].Phase != "during" || rows[2].Phase != "after" {
		t.Fatalf("%+v", rows)
	}
	for i, high := range []bool{false, true, false} {
		if p := rows[i].P90; p == nil || (*p > 1) != high || *p > rows[i].Max {
			t.Errorf("%s: p90 %v, max %v", rows[i].Phase, p, rows[i].Max)
		}
	}
}

func TestImpact(t *testing.T) {
	d := sound().aim(Timing{Users: 1200})
	d.services = []string{"mx", "delivery", "submission", "imap"}
	d.down = map[string][][2]float64{"mx": {{15.1, 25}}, "delivery": {{20, 31}}, "submission": {{15.1, 99}}}
	rows := d.verdict(t).Times.Impact
	if len(rows) != 3 {
		t.Fatalf("%+v", rows)
	}
	sending, receiving, access := rows[0], rows[1], rows[2]
	if sending.Services[0] != "submission" || sending.UserMinutes.High != nil || sending.UserMinutes.Low < 20*44 {
		t.Errorf("sending %+v", sending)
	}
	// From 15.25 to 31 s, each moment once.
	if receiving.Outage.Low > 15.75 || *receiving.Outage.High < 15.75 || *receiving.Outage.High > 16.5 || receiving.Outage.Low < 15 {
		t.Errorf("receiving %+v", receiving)
	}
	if m := receiving.UserMinutes; m.Low != receiving.Outage.Low*20 || receiving.Users != 1200 {
		t.Errorf("receiving %+v", m)
	}
	if access.Outage.Low != 0 || *access.Outage.High > 2 {
		t.Errorf("access %+v", access)
	}
}

func TestLossesByTime(t *testing.T) {
	d := sound().aim(Timing{}, Objective{"loss_during", 1, "copies"})
	d.and(func(e *ledger.Entry) bool {
		if e.Kind == ledger.Intent {
			e.Size = 1000
		}
		return true
	})
	lostOnes := among(290, 294, 295, 350, 354, 358, 700)
	d.found = func(_ int, seq uint32) int { return map[bool]int{true: 0, false: 1}[lostOnes(seq)] }
	r := d.verdict(t)
	want := record.Losses{
		Before: record.Loss{Copies: 3, Bytes: 3000, WorstMailbox: "u3@drill.test", WorstCopies: 2},
		During: record.Loss{Copies: 3, Bytes: 3000, WorstMailbox: "u3@drill.test", WorstCopies: 3},
		After:  record.Loss{Copies: 1, Bytes: 1000, WorstMailbox: "u1@drill.test", WorstCopies: 1},
	}
	if got := r.Faults[0].Losses; got == nil || *got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if o := goal(t, r, "loss_during"); o.Verdict != record.Failed || o.Measured.Low != 3 || *o.Measured.High != 3 {
		t.Errorf("%+v: %s (%s)", o.Measured, o.Verdict, o.Reason)
	}
	blind := sound().aim(Timing{}, Objective{"loss_during", 1, "copies"})
	blind.found = d.found
	blind.spec = func(s *Spec) { s.BlindQueues = []string{"mx2"} }
	if o := goal(t, blind.verdict(t), "loss_during"); o.Verdict != record.Inconclusive {
		t.Errorf("behind a blind queue: %s (%s)", o.Verdict, o.Reason)
	}
	if r := sound().verdict(t); r.Faults[0].Losses != nil {
		t.Errorf("nothing lost, but %+v", r.Faults[0].Losses)
	}
}

// A loss of which nobody knows the mailbox is counted, and said to be.
func TestLossesWithoutAnIntent(t *testing.T) {
	f := traffic{parcels: map[ledger.Copy]parcel{{Seq: 1}: {mailbox: "u1", size: 7}}, losses: []*losses{{reached: true, before: time.Minute, next: time.Hour}}}
	f.lose(ledger.Entry{Copy: ledger.Copy{Seq: 1}, End: time.Second})
	f.lose(ledger.Entry{Copy: ledger.Copy{Seq: 2}, End: time.Second})
	if row := f.lossesOf(0).Before; f.nameless != 1 || len(f.parcels) != 0 || row.Copies != 2 || row.Bytes != 7 {
		t.Errorf("%d nameless, %+v", f.nameless, row)
	}
}
