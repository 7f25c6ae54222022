package measure

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
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

func TestDetection(t *testing.T) {
	roles := map[string][]string{"mx1": {"mx"}, "mx2": {"mx"}, "mail1": {"store"}}
	watched := Timing{Alerts: true, Roles: roles}
	alert := func(at float64, name, status string) ledger.Event {
		return event(t, at, ledger.AlertReceived, "", "", ledger.Alert{Name: name, Status: status})
	}
	for _, c := range []struct {
		name    string
		by      string
		timing  Timing
		events  []ledger.Event
		want    [2]float64 // low below zero: no data
		verdict record.Verdict
		reason  string
	}{
		{"a probe", "probe", watched, nil, [2]float64{0.17, 0.27}, record.Passed, "probe of mx"},
		{"an alert", "alert", watched, []ledger.Event{alert(20, "MailDown", "firing"), alert(30, "MailDown", "resolved")}, [2]float64{4.9, 5}, record.Passed, "alert MailDown"},
		{"an alert too late", "alert", watched, []ledger.Event{alert(40, "MailDown", "firing")}, [2]float64{24.9, 25}, record.Failed, "alert MailDown"},
		{"an alert that fired before", "alert", watched, []ledger.Event{alert(10, "Noise", "firing"), alert(16, "Noise", "firing"), alert(18, "MailDown", "firing")}, [2]float64{2.9, 3}, record.Passed, "alert MailDown"},
		{"an alert that fired before and was taken back", "alert", watched, []ledger.Event{alert(9, "MailDown", "firing"), alert(10, "MailDown", "resolved"), alert(18, "MailDown", "firing")}, [2]float64{2.9, 3}, record.Passed, ""},
		{"an alert that does not count", "alert", Timing{Alerts: true, AlertNames: []string{"MailDown"}, Roles: roles}, []ledger.Event{alert(16, "Disk", "firing"), alert(19, "MailDown", "firing")}, [2]float64{3.9, 4}, record.Passed, "alert MailDown"},
		{"an alert without a name", "alert", watched, []ledger.Event{alert(10, "", "firing"), alert(17, "", "firing")}, [2]float64{1.9, 2}, record.Passed, "without a name"},
		{"only taken back", "alert", watched, []ledger.Event{alert(17, "MailDown", "resolved")}, [2]float64{44.9, -1}, record.Failed, "not detected by alert"},
		{"no alert", "alert", watched, nil, [2]float64{44.9, -1}, record.Failed, "not detected by alert"},
		{"nobody listens for alerts", "alert", Timing{Roles: roles}, nil, [2]float64{-1, 0}, record.Inconclusive, "nobody watched"},
		{"fail-over", "failover", watched, nil, [2]float64{0, 0.01}, record.Passed, "mail accepted at mx2"},
		{"no other node of the role", "failover", Timing{Roles: map[string][]string{"mx1": {"mx"}, "mx2": {"submission"}}}, nil, [2]float64{-1, 0}, record.Inconclusive, "nobody watched"},
		{"health", "health", watched, []ledger.Event{
			event(t, 1, ledger.HealthSeen, "", "mx1", ledger.Health{Ended: seconds(1), Healthy: true}),
			event(t, 22, ledger.HealthSeen, "", "mx1", ledger.Health{Ended: seconds(22)})}, [2]float64{6.9, 7}, record.Passed, "health check of mx1"},
		{"no health check", "health", watched, nil, [2]float64{-1, 0}, record.Inconclusive, "nobody watched"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.timing.DetectBy = c.by
			r := sound().aim(c.timing, Objective{"detect", 15, "s"}).told(t, c.events...)
			o := goal(t, r, "detect")
			if c.want[0] >= 0 {
				same(t, "detected", o.Measured, c.want)
			} else if o.Measured != nil {
				t.Errorf("measured %+v", o.Measured)
			}
			if o.Verdict != c.verdict || !strings.Contains(o.Reason, c.reason) {
				t.Errorf("%s (%s), want %s", o.Verdict, o.Reason, c.verdict)
			}
		})
	}
}

func TestResolvedAndSilent(t *testing.T) {
	d := sound().aim(Timing{Alerts: true})
	r := d.told(t, event(t, 20, ledger.AlertReceived, "", "", ledger.Alert{Name: "A", Status: "firing"}),
		event(t, 31, ledger.AlertReceived, "", "", ledger.Alert{Name: "B", Status: "resolved"}),
		event(t, 35, ledger.AlertReceived, "", "", ledger.Alert{Name: "A", Status: "resolved"}))
	found := r.Faults[0].Detection
	same(t, "resolved", found.Resolved, [2]float64{19.9, 20})
	if found.Silent {
		t.Error("detected, and silent")
	}
	quiet := sound()
	quiet.down = nil
	if found := quiet.verdict(t).Faults[0].Detection; !found.Silent || len(found.Blind) != 3 {
		t.Errorf("nobody noticed, but %+v", found)
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

func TestFaultClock(t *testing.T) {
	r := sound().told(t, event(t, 14.9, ledger.StepDue, "crash", "", ledger.Due{Planned: seconds(14.75), Phases: map[string]float64{"backup": 0.95}}))
	f := r.Faults[0]
	c := f.Clock
	if c == nil || c.Planned == nil || *c.Planned != 14.75 || c.Phases["backup"] != 0.95 {
		t.Fatalf("%+v", c)
	}
	order := []*record.Interval{f.Injected, c.Installed, f.Effective, c.Clearing, c.Cleared, f.Healed, c.ResidueChecked}
	at := *c.Planned
	for i, station := range order {
		if station == nil || station.High == nil || *station.High < at {
			t.Fatalf("station %d: %+v after %v", i, station, at)
		}
		at = *station.High
	}
	if w := *c.HealedWidth; fmt.Sprintf("%.3f", w) != fmt.Sprintf("%.3f", *f.Healed.High-f.Healed.Low) {
		t.Errorf("width %v of %+v", w, f.Healed)
	}
	if c.Exercised == nil || c.Exercised.Low < f.Injected.Low || *c.Exercised.High > 15.11 {
		t.Errorf("exercised %+v", c.Exercised)
	}
	unmet := sound().and(func(e *ledger.Entry) bool { return e.Kind != ledger.Try })
	unmet.event = func(e *ledger.Event) bool {
		if e.Kind == ledger.FaultProof {
			edit(t, e, func(p *ledger.Proof) { p.Counters = nil })
		}
		return true
	}
	if c := unmet.verdict(t).Faults[0].Clock; c.Exercised != nil && *c.Exercised.High < 25 {
		t.Errorf("nothing met it while it was held, but %+v", c.Exercised)
	}
	unclean := sound()
	unclean.event = func(e *ledger.Event) bool { return e.Kind != ledger.FaultClean }
	if c := unclean.verdict(t).Faults[0].Clock; c.ResidueChecked != nil || c.Cleared == nil {
		t.Errorf("nobody looked, but %+v", c)
	}
}

func TestSlots(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for range 10_000 {
		at := time.Duration(rng.Int64N(int64(59 * time.Hour)))
		s := slotDue(at)
		if s.answered() || s == 0 || s.due() > at || at-s.due() >= slotUnit {
			t.Fatalf("due at %v reads %v", at, s.due())
		}
		relay := rng.IntN(2) == 0
		accepted := at + time.Duration(rng.Int64N(int64(200*time.Second)))
		a := s.answer(relay).accept(accepted)
		if !a.answered() || !a.pending() || a.relay() != relay || at-a.due() >= eighth+slotUnit || a.accepted() != second(accepted) {
			t.Fatalf("due at %v reads %v, accepted at %v reads %d", at, a.due(), accepted, a.accepted())
		}
	}
	if s := slotDue(-time.Hour); s.due() != 0 {
		t.Errorf("before the run: %v", s.due())
	}
	if s := slotDue(1000 * time.Hour).answer(true).accept(2000 * time.Hour); !s.relay() || s.accepted() >= secondsMost {
		t.Errorf("a run without end: %v", s.accepted())
	}
}

// Memory: 4 bytes a copy, whatever becomes of it.
func TestSlotsAreSmall(t *testing.T) {
	var s slots
	for seq := range uint32(100_000) {
		*s.put(ledger.Copy{Seq: seq + 1}) = 1
	}
	if n := len(s.order) * pageSize; n > 100_000*3/2 {
		t.Errorf("room for %d copies", n)
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
