package historytest

import (
	"fmt"
	"math/rand/v2"
	"time"

	"maildrill/harness/record"
	"maildrill/reports/history"
)

// Run says how one run of a scenario went.
type Run struct {
	Scenario  Scenario
	Started   time.Time
	Outcome   history.Outcome
	Simulated bool
	// Slower multiplies what is true, by objective; 0 is 1.
	Slower map[string]float64
}

// ID is the folder that the run is written into.
func (r Run) ID() string {
	return fmt.Sprintf("%s-%s-%04x", r.Started.UTC().Format("20060102-150405"), r.Scenario.Name, r.Started.Unix()&0xffff)
}

// Record is what a run leaves, measured with some error. It has a record even if
// the outcome is one without.
func (r Run) Record(rng *rand.Rand) record.Record {
	rec := record.Record{
		Schema: record.Schema,
		Run: record.Run{ID: r.ID(), Started: r.Started.UTC().Format(time.RFC3339Nano), Ended: r.Started.Add(3 * time.Minute).UTC().Format(time.RFC3339Nano),
			Runtime: "docker", Seed: rng.Int64(), Trial: 1, Trials: 1, Tool: record.Tool{Version: "v0.1.0", SHA256: "aa11"}},
		Scenario: record.Scenario{Name: r.Scenario.Name, Title: r.Scenario.Title, SHA256: "bb22", Tags: []string{"nightly"},
			Causes: r.Scenario.Causes, Mitigations: r.Scenario.Mitigations, Controls: r.Scenario.Controls},
		Clock: "drill", Tuned: map[string]string{"postfix.minimal_backoff_time": "2s"}, Verdict: record.Passed,
		Accounting: record.Accounting{Planned: 2000, Attempted: 2000, Accepted: 2000, Delivered: 2000},
		Faults: []record.Fault{{Step: "crash", Kind: "node.crash", Targets: []string{"mx1"}, Injected: span(20, 20.2), Effective: span(20.1, 20.5), Healed: span(50.1, 50.4),
			Proofs: record.Proofs{Installed: true, Effective: true, Exercised: 57}, Reverted: true, State: "proven"}},
		Services:    map[string]record.Service{"imap": {Probes: 400}},
		Gates:       []record.Gate{{Name: "conservation", Passed: true, Detail: "every sum holds"}},
		Phases:      []record.Phase{{Name: "baseline", Ended: 20}, {Name: "timeline", Began: 20, Ended: 51}, {Name: "observe", Began: 51, Ended: 120}},
		Confidence:  record.Confidence{Trials: 1},
		Environment: map[string]string{"engine": "20.10.24", "image.mx1": "maildrill/postfix@sha256:11"},
	}
	if r.Simulated {
		rec.Simulated, rec.Run.Runtime = true, "embedded"
	}
	for _, truth := range r.Scenario.Truths {
		rec.Objectives = append(rec.Objectives, r.measure(rng, truth))
	}
	r.serve(&rec)
	r.end(&rec)
	return rec
}

// measure brackets what is true.
func (r Run) measure(rng *rand.Rand, t Truth) record.Objective {
	factor := 1.0
	if f := r.Slower[t.Objective]; f != 0 {
		factor = f
	}
	truth := factor * t.Seconds * (1 + t.Scatter*(2*rng.Float64()-1))
	below := t.Width * rng.Float64()
	low := max(0, truth-below)
	high := truth - below + t.Width
	o := record.Objective{Name: t.Objective, Target: map[string]float64{"max": t.Max}, Measured: span(low, high), Unit: "s"}
	switch {
	case high <= t.Max:
		o.Verdict = record.Passed
	case low > t.Max:
		o.Verdict = record.Failed
	default:
		o.Verdict, o.Reason = record.Inconclusive, "the objective lies within the interval"
	}
	return o
}

// serve writes the outages that belong to the recovery times.
func (r Run) serve(rec *record.Record) {
	for _, o := range rec.Objectives {
		if len(o.Name) > 4 && o.Name[:4] == "rto." {
			back := 20.1 + *o.Measured.High
			rec.Services[o.Name[4:]] = record.Service{Probes: 400, Failed: 40, Outages: []record.Outage{
				{Began: *span(20.2, 20.6), RTA: *o.Measured, FirstSuccess: &back, Step: "crash"}}}
		}
	}
}

// end gives the record the ending that was asked for.
func (r Run) end(rec *record.Record) {
	switch r.Outcome {
	case history.Failed:
		rec.Verdict, rec.Reason = record.Failed, "missed: loss"
		rec.Accounting.Delivered, rec.Accounting.Lost = 1998, 2
		rec.Objectives = append(rec.Objectives, record.Objective{Name: "loss", Target: map[string]float64{"max": 0}, Measured: span(2, 2), Unit: "copies", Verdict: record.Failed})
	case history.Inconclusive:
		rec.Verdict, rec.Reason = record.Inconclusive, "crash: ineffective"
		open(rec)
	case history.Aborted:
		rec.Verdict, rec.Reason = record.Aborted, "interrupted"
		open(rec)
	case history.Error:
		rec.Verdict, rec.Reason = record.Error, "the engine went away"
		open(rec)
	case history.Dirty:
		rec.Dirty = true
	}
}

// open takes the data away.
func open(rec *record.Record) {
	for i := range rec.Objectives {
		rec.Objectives[i].Measured, rec.Objectives[i].Verdict, rec.Objectives[i].Reason = nil, record.Inconclusive, "no data"
	}
}

func span(low, high float64) *record.Interval { return &record.Interval{Low: low, High: &high} }
