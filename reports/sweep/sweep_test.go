package sweep

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"maildrill/harness/record"
	"maildrill/reports/dossier"
	"maildrill/reports/html"
)

func to(v float64) *float64 { return &v }

func rec(v record.Verdict, edit func(*record.Record)) *record.Record {
	r := &record.Record{Verdict: v, Clock: "drill", Accounting: record.Accounting{Attempted: 90, Accepted: 90, Delivered: 90},
		Faults: []record.Fault{{Reverted: true, Proofs: record.Proofs{Installed: true, Effective: true, Exercised: 4}}}, Services: map[string]record.Service{}}
	if edit != nil {
		edit(r)
	}
	return r
}

func failedGate(name string) func(*record.Record) {
	return func(r *record.Record) {
		r.Gates = []record.Gate{{Name: "baseline-healthy", Passed: true}, {Name: name}}
		r.Reason = "gate " + name
	}
}

// TestAnswer: what each kind of run says about its node.
func TestAnswer(t *testing.T) {
	lossy := func(r *record.Record) {
		r.Objectives = []record.Objective{{Name: "rto.imap", Verdict: record.Passed}, {Name: "loss", Verdict: record.Failed}}
	}
	stand := failedGate("fault-exercised")
	for _, c := range []struct {
		name string
		t    Tried
		want string
		why  string
		code int
	}{
		{"missed", Tried{Record: rec(record.Failed, lossy)}, Yes, "missed: loss", 1},
		{"missed by what went away later", Tried{Record: rec(record.Failed, func(r *record.Record) {
			r.Faults[0].Healed = &record.Interval{Low: 20, High: to(21)}
			r.Services["imap"] = record.Service{Outages: []record.Outage{{Began: record.Interval{Low: 59}, RTA: record.Interval{Low: 46, High: to(50)}}}}
			r.Objectives = []record.Objective{{Name: "rto.imap", Verdict: record.Failed, Target: map[string]float64{"max": 8}}}
		}), ExitCode: 1}, NotKnown, "missed, but only by what went away after the node was back: rto.imap", 3},
		{"missed by more than what went away later", Tried{Record: rec(record.Failed, func(r *record.Record) {
			r.Faults[0].Healed = &record.Interval{Low: 20, High: to(21)}
			r.Services["imap"] = record.Service{Outages: []record.Outage{{Began: record.Interval{Low: 8}, RTA: record.Interval{Low: 12, High: to(13)}}, {Began: record.Interval{Low: 59}, RTA: record.Interval{Low: 46, High: to(50)}}}}
			r.Objectives = []record.Objective{{Name: "rto.imap", Verdict: record.Failed, Target: map[string]float64{"max": 8}}}
		}), ExitCode: 1}, Yes, "missed: rto.imap", 1},
		{"passed", Tried{Record: rec(record.Passed, nil)}, No, "no service was gone", 0},
		{"passed with an outage", Tried{Record: rec(record.Passed, func(r *record.Record) {
			r.Services["mx"] = record.Service{Outages: []record.Outage{{RTA: record.Interval{Low: 1, High: to(2)}}}}
		})}, No, "within the objectives", 0},
		{"stood by", Tried{Record: rec(record.Inconclusive, stand), ExitCode: 3}, No, "no mail met it: nothing depends on it while the others are up", 0},
		{"stood by, and mail is missing", Tried{Record: rec(record.Inconclusive, func(r *record.Record) { stand(r); r.Accounting.Unknown = 1 }), ExitCode: 3}, NotKnown, "gate fault-exercised", 3},
		{"stood by, and the fault was not there", Tried{Record: rec(record.Inconclusive, func(r *record.Record) { stand(r); r.Faults[0].Proofs.Effective = false }), ExitCode: 3}, NotKnown, "gate fault-exercised", 3},
		{"stood by, and more is wrong", Tried{Record: rec(record.Inconclusive, func(r *record.Record) { stand(r); r.Gates = append(r.Gates, record.Gate{Name: "probes"}) }), ExitCode: 3}, NotKnown, "gate fault-exercised", 3},
		{"no mail at all", Tried{Record: rec(record.Inconclusive, func(r *record.Record) { stand(r); r.Accounting = record.Accounting{} }), ExitCode: 3}, NotKnown, "gate fault-exercised", 3},
		{"inconclusive", Tried{Record: rec(record.Inconclusive, failedGate("baseline-healthy")), ExitCode: 3}, NotKnown, "gate baseline-healthy", 3},
		{"aborted", Tried{Record: rec(record.Aborted, nil), ExitCode: 4}, NotKnown, "aborted", 4},
		{"no record", Tried{ExitCode: 6, Problem: "no engine"}, NotKnown, "no engine", 6},
		{"dirty", Tried{Record: rec(record.Passed, func(r *record.Record) { r.Dirty = true }), ExitCode: 5}, No, "no service was gone", 5},
		{"left out", Tried{Left: "where the drill looks from"}, NotTried, "where the drill looks from", 3},
	} {
		c.t.Node = "n"
		s := Of(Sweep{}, []Tried{c.t})
		if n := s.Nodes[0]; n.Answer != c.want || n.Why != c.why || s.ExitCode != c.code {
			t.Errorf("%s: %s (%s), exit %d; want %s (%s), %d", c.name, n.Answer, n.Why, s.ExitCode, c.want, c.why, c.code)
		}
		if v := s.Document().Verdict; (v.Tone == dossier.Good) != (c.code == 0) {
			t.Errorf("%s: %+v with exit code %d", c.name, v, c.code)
		}
	}
}

func TestDocument(t *testing.T) {
	gone := func(service string, low float64, high *float64) func(*record.Record) {
		return func(r *record.Record) {
			r.Services[service] = record.Service{Outages: []record.Outage{{RTA: record.Interval{Low: 1, High: to(2)}}, {RTA: record.Interval{Low: low, High: high}}}}
			r.Services[service+"@n"] = record.Service{Outages: []record.Outage{{RTA: record.Interval{Low: 77, High: to(88)}}}}
			r.Objectives = []record.Objective{{Name: "rto." + service, Verdict: record.Failed}}
			r.Simulated, r.Host = true, &record.Host{Busy: record.Spread{Mean: 0.97}}
		}
	}
	s := Of(Sweep{ID: "x", Topology: "pair", Fault: "node.crash", Held: "12s"}, []Tried{
		{Node: "mx1", Roles: []string{"mx"}, Run: "r1", Page: "../../r1/report.html", Record: rec(record.Failed, gone("mx", 12, to(14)))},
		{Node: "store1", Roles: []string{"store"}, Run: "r2", Record: rec(record.Failed, gone("imap", 20, nil))},
		{Node: "outside", Left: "where the drill looks from"},
	})
	if !slices.Equal(s.Points, []string{"mx1", "store1"}) || !slices.Equal(s.Services, []string{"imap", "mx"}) {
		t.Errorf("%v, %v", s.Points, s.Services)
	}
	var page bytes.Buffer
	if err := html.Write(&page, s.Document()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"2 SINGLE POINTS OF FAILURE", "12 to 14 s", "20 s or more", "never", `href="../../r1/report.html"`, "SIMULATED", "busy 97 %", "where the drill looks from"} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(page.String(), "88 s") {
		t.Error("what was gone at one node is told as gone")
	}
	b, err := Marshal(s)
	if err != nil || json.Unmarshal(b, &Sweep{}) != nil {
		t.Errorf("%v: %s", err, b)
	}
}
