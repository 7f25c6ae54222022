package measure

import (
	"fmt"
	"strings"
	"testing"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

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
		{"an alert that fired before", "alert", watched, []ledger.Event{alert(10, "Noise", "firing"), alert(16, "Noise", "firing"), alert(18, "MailDown", "firing")}, [2]float64{2.9, 3}, record.Passed, "false alarms before anything was broken: 1"},
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
			edit(t, e, func(p *ledger.Proof) { p.Counters, p.Counts = nil, false })
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

// What a detection rests on is said beside it: it carries over to a system with
// the same timers only.
func TestDetectionNamesItsTimers(t *testing.T) {
	tuned := map[string]string{"monitor1 for": "4s", "lb1 inter": "1s", "mx1 smtp_connect_timeout": "9s", "smtp_connect_timeout": "3s", "queue_run_delay": "2s"}
	for kind, want := range map[string]string{
		"alert": "; timers: monitor1 for 4s", "health": "; timers: lb1 inter 1s", "probe": "",
		"failover": "; timers: lb1 inter 1s, mx1 smtp_connect_timeout 9s, smtp_connect_timeout 3s",
	} {
		if got := resting(kind, tuned); got != want {
			t.Errorf("%s: %q, want %q", kind, got, want)
		}
	}
}
