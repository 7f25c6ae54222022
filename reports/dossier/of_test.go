package dossier

import (
	"reflect"
	"strings"
	"testing"

	"maildrill/harness/record"
	"maildrill/reports/chronicle"
	"maildrill/reports/hostile"
)

func between(low, high float64) *record.Interval { return &record.Interval{Low: low, High: &high} }

// crash is a drill in which mail was lost.
func crash() record.Record {
	return record.Record{
		Schema:   record.Schema,
		Run:      record.Run{ID: "20261123-190000-no-backup-mx-77aa", Started: "2026-11-23T19:00:00Z", Ended: "2026-11-23T19:02:05.5Z", Runtime: "docker", Seed: 7, Trial: 1, Trials: 1},
		Scenario: record.Scenario{Name: "no-backup-mx", Title: "Without a backup MX, senders see the outage", Controls: []string{"iso27001:A.5.30"}},
		Clock:    "drill", Verdict: record.Failed, Reason: "missed: loss",
		Accounting: record.Accounting{Planned: 2100, Unsent: 1, Attempted: 2099, Accepted: 1480, RejectedTemporary: 12, Indeterminate: 7, NotAttempted: 600, Delivered: 1477, Lost: 3},
		Problems:   []record.Problem{{Class: "lost", Count: 3, Seqs: "409-410 412"}},
		Objectives: []record.Objective{
			{Name: "duplicates", Target: map[string]float64{"max": 1}, Measured: between(0, 0), Unit: "%", Verdict: record.Passed},
			{Name: "rpo", Target: map[string]float64{"max": 2}, Unit: "s", Verdict: record.Inconclusive, Reason: "too few accepts before the fault"},
			{Name: "loss", Target: map[string]float64{"max": 0}, Measured: between(3, 3), Unit: "copies", Verdict: record.Failed},
		},
		Faults: []record.Fault{{Step: "crash", Kind: "node.crash", Targets: []string{"mx1"}, Injected: between(20, 20.1), Effective: between(20.2, 21), Healed: between(50.5, 50.9),
			Proofs: record.Proofs{Installed: true, Effective: true, Exercised: 57}, Reverted: true, State: "proven", Detection: &record.Detection{Silent: true}}},
		Services: map[string]record.Service{"mx": {Probes: 480, Failed: 300, Outages: []record.Outage{{Began: *between(20.2, 20.5), RTA: *between(30.9, 31.5), Step: "crash"}}}},
		Gates:    []record.Gate{{Name: "conservation", Passed: true, Detail: "every sum holds"}, {Name: "sentinel", Detail: "mx: did not arrive"}},
		Phases:   []record.Phase{{Name: "baseline", Began: 0.5, Ended: 20}, {Name: "observe", Began: 51, Ended: 111}},
	}
}

// texts are all texts of a document.
func texts(d Document) []string {
	var all []string
	var walk func(reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.String:
			all = append(all, v.String())
		case reflect.Interface, reflect.Pointer:
			if !v.IsNil() {
				walk(v.Elem())
			}
		case reflect.Slice:
			if v.Type().Elem().Kind() == reflect.Uint8 {
				return
			}
			for i := range v.Len() {
				walk(v.Index(i))
			}
		case reflect.Struct:
			for i := range v.NumField() {
				if v.Type().Field(i).IsExported() {
					walk(v.Field(i))
				}
			}
		}
	}
	walk(reflect.ValueOf(d))
	return all
}

func TestEveryPartOfTheRecordIsTold(t *testing.T) {
	said := strings.Join(texts(Of(Source{Record: crash(), JSON: []byte("{}"), Scenario: "kind: Scenario\n"})), "\n")
	for _, want := range []string{"FAILED", "missed: loss", "duplicates", "rpo", "too few accepts before the fault", "node.crash", "mx1", "proven gone", "57",
		"Nobody noticed crash", "409-410 412", "2099", "1480", "1477", "sentinel", "did not arrive", "30.9 to 31.5 s", "drill clock", "kind: Scenario",
		"maildrill run scenario.yaml --seed 7", "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", "not registered", "iso27001:A.5.30"} {
		if !strings.Contains(said, want) {
			t.Errorf("nothing says %q", want)
		}
	}
}

func TestTheWorstObjectiveComesFirst(t *testing.T) {
	var order []string
	for _, c := range objectives(crash()).Blocks[0].(Cards).Cards {
		order = append(order, c.Title)
	}
	if got := strings.Join(order, " "); got != "loss rpo duplicates" {
		t.Errorf("order %q", got)
	}
}

// What nobody knows is never shown as good.
func TestNoDataIsNeverGood(t *testing.T) {
	for _, v := range []record.Verdict{"", record.Inconclusive, record.Aborted, "splendid"} {
		r := record.Record{Verdict: v}
		if d := Of(Source{Record: r}); d.Verdict.Tone == Good {
			t.Errorf("verdict %q looks good", v)
		}
		if c := card(r, record.Objective{Verdict: v}); c.Verdict.Tone == Good || c.Value != "no data" {
			t.Errorf("an objective of verdict %q: %+v", v, c)
		}
	}
	dirty := record.Record{Verdict: record.Passed, Dirty: true}
	if d := Of(Source{Record: dirty}); d.Verdict.Tone != Bad || d.Verdict.Word != "DIRTY" || len(d.Notices) == 0 {
		t.Errorf("a dirty run: %+v %v", d.Verdict, d.Notices)
	}
	for _, row := range serviceRows("mx", record.Service{}) {
		for _, c := range row {
			if c.Tone == Good {
				t.Error("a service that nobody probed looks good")
			}
		}
	}
}

func TestASimulatedRunOffersNoControlAnything(t *testing.T) {
	r := crash()
	r.Simulated, r.Run.Runtime = true, "embedded"
	for _, b := range controlMap(r).Blocks {
		if _, is := b.(Table); is {
			t.Errorf("a simulated run has a control map: %+v", b)
		}
	}
}

// Of many reasons the first is beside the verdict, and all are told.
func TestManyReasonsAreBrief(t *testing.T) {
	r := crash()
	r.Reason = "gate baseline-healthy: " + strings.Repeat("imap failed ", 30) + "; gate fault-effective: crash: not reached"
	d := Of(Source{Record: r})
	if n := len(d.Verdict.Why); n > 300 || !strings.HasSuffix(d.Verdict.Why, "under findings") {
		t.Errorf("%d bytes: %q", n, d.Verdict.Why)
	}
	if said := strings.Join(texts(d), "\n"); !strings.Contains(said, "gate fault-effective: crash: not reached") {
		t.Error("a reason is not told")
	}
}

func TestStory(t *testing.T) {
	for _, c := range []struct {
		name string
		make func(*record.Record)
		want string
	}{
		{"a fault", func(*record.Record) {}, "At 19:00:20Z, 20.2 to 21 s into the run, mx1 was met by the fault node.crash for 29.5 to 30.7 s."},
		{"none", func(r *record.Record) { r.Faults = nil }, "No fault was put on: the system ran undisturbed."},
		{"not reached", func(r *record.Record) { r.Faults[0].Injected, r.Faults[0].State = nil, "not reached" }, "Node.crash on mx1 was never put on (not reached)."},
		{"not seen", func(r *record.Record) { r.Faults[0].Effective = nil }, "Node.crash was put on mx1, and was never seen in effect."},
		{"silent", func(*record.Record) {}, "Nobody noticed crash: no alert, no health check, no probe."},
		{"alert", func(r *record.Record) {
			r.Faults[0].Detection = &record.Detection{Alert: &record.Signal{After: *between(3, 4)}, Blind: []string{"health"}}
		}, "An alert told of it after 3 to 4 s."},
		{"no alert", func(r *record.Record) {
			r.Faults[0].Detection = &record.Detection{Health: &record.Signal{After: *between(3, 4)}}
		}, "A health check told of it after 3 to 4 s, no alert was raised."},
		{"outage", func(*record.Record) {}, "Mx was back for good after 30.9 to 31.5 s (drill clock)."},
		{"blind", func(r *record.Record) { r.Services = nil }, "No service was probed, so nothing is known of outages."},
		{"loss", func(*record.Record) {}, "Of 2099 copies offered 1480 were accepted, and of these 1477 arrived, 3 LOST."},
		{"no mail", func(r *record.Record) { r.Accounting = record.Accounting{} }, "No mail was offered."},
	} {
		r := crash()
		c.make(&r)
		if said := strings.Join(texts(Document{Sections: []Section{story(Source{Record: r})}}), "\n"); !strings.Contains(said, c.want) {
			t.Errorf("%s: %q is not in\n%s", c.name, c.want, said)
		}
	}
}

func TestSharesNeverRoundAFewAway(t *testing.T) {
	for _, c := range []struct {
		n, of int
		want  string
	}{{0, 10, ""}, {10, 10, "100 %"}, {1, 1_000_000, "< 0.01 %"}, {999_999, 1_000_000, "99.99 %"}, {1, 3, "33.33 %"}, {0, 0, ""}} {
		if got := share(c.n, c.of); got != c.want {
			t.Errorf("share(%d, %d) = %q, want %q", c.n, c.of, got, c.want)
		}
	}
}

// Whatever is in a record and in its mail, a document has plain texts alone, and
// the same ones again.
func TestHostileRecords(t *testing.T) {
	hostile.Records(func(text string, r record.Record) {
		c := chronicle.Chronicle{End: 60, Torn: text, Doubts: []string{text}, Thinned: text,
			Events:   []chronicle.Moment{{N: 1, Kind: text, Step: text, Node: text, Text: text}},
			Problems: chronicle.Problems{Total: 1, Copies: []chronicle.ProblemCopy{{Class: text, Also: []string{text}, Recipient: text, Node: text, Reply: text, Queued: []string{text}, LastHop: text}}}}
		s := Source{Record: r, JSON: []byte(text), Scenario: text + "\n" + text, Chronicle: c}
		d := Of(s)
		for _, said := range texts(d) {
			if err := hostile.Printable(strings.ReplaceAll(said, "\n", "")); err != nil {
				t.Fatalf("%.60q: %v in %.200q", text, err, said)
			}
		}
		if again := Of(s); strings.Join(texts(d), "\n") != strings.Join(texts(again), "\n") {
			t.Fatalf("%.60q: the same record gives another document", text)
		}
	})
}
