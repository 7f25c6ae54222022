package openmetrics

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"time"

	"maildrill/harness/record"
	"maildrill/reports/words"
)

// run writes all that is known of one run.
func (p *page) run(r record.Record) {
	p.origin(r)
	p.states("maildrill_verdict", r.Verdict)
	p.set("maildrill_exit_code", float64(record.ExitCode(r)))
	p.flag("maildrill_dirty", r.Dirty)
	p.flag("maildrill_simulated", r.Simulated)
	if r.Expect != nil {
		p.flag("maildrill_as_declared", r.Expect.Met)
	}
	for _, o := range r.Objectives {
		p.objective(o)
	}
	p.mail(r.Accounting)
	p.stored(r.Stored)
	p.services(r)
	for _, f := range r.Faults {
		p.fault(f)
	}
	p.backlog(r.Times)
	for _, g := range r.Gates {
		p.flag("maildrill_gate_passed", g.Passed, label{"gate", g.Name})
	}
}

func (p *page) origin(r record.Record) {
	p.set("maildrill_run_info", 1, label{"run", r.Run.ID}, label{"version", r.Run.Tool.Version},
		label{"trial", strconv.Itoa(r.Run.Trial)})
	end := ended(r)
	if !end.IsZero() {
		p.set("maildrill_last_run_timestamp_seconds", float64(end.UnixMilli())/1000)
	}
	began, err := time.Parse(time.RFC3339Nano, r.Run.Started)
	if _, open := time.Parse(time.RFC3339Nano, r.Run.Ended); err == nil && open == nil && !end.Before(began) {
		p.set("maildrill_run_duration_seconds", end.Sub(began).Seconds())
	}
}

// unit says how the unit of a record is called in a metric, and what its values
// are multiplied by.
func unit(of string) (ending string, scale float64, known bool) {
	switch of {
	case "s":
		return "_seconds", 1, true
	case "%":
		return "_ratio", 0.01, true
	case "copies":
		return "_copies", 1, true
	}
	return "", 1, false
}

func (p *page) objective(o record.Objective) {
	name := label{"objective", o.Name}
	p.states("maildrill_objective_verdict", o.Verdict, name)
	ending, scale, known := unit(o.Unit)
	labels := []label{name}
	if !known {
		labels = append(labels, label{"unit", o.Unit})
	}
	p.interval("maildrill_objective_measured"+ending, o.Measured, scale, labels...)
	for _, limit := range slices.Sorted(maps.Keys(o.Target)) {
		p.set("maildrill_objective_target"+ending, o.Target[limit]*scale, append(slices.Clone(labels), label{"limit", limit})...)
	}
}

func high(i *record.Interval) float64 {
	if i.High == nil {
		return math.Inf(1)
	}
	return *i.High
}

// mail writes the accounting. Where nothing was so much as planned, there was
// none.
func (p *page) mail(a record.Accounting) {
	if a == (record.Accounting{}) {
		return
	}
	for _, c := range answers(a) {
		p.set("maildrill_messages_attempted", float64(c.n), label{"answer", c.word})
	}
	for _, c := range fates(a) {
		p.set("maildrill_messages", float64(c.n), label{"fate", c.word})
	}
	for _, c := range anomalies(a) {
		p.set("maildrill_messages_anomalous", float64(c.n), label{"anomaly", c.word})
	}
}

type count struct {
	word string
	n    int
}

func answers(a record.Accounting) []count {
	return []count{{"accepted", a.Accepted}, {"rejected_temporary", a.RejectedTemporary}, {"rejected_permanent", a.RejectedPermanent},
		{"indeterminate", a.Indeterminate}, {"not_attempted", a.NotAttempted}}
}

func fates(a record.Accounting) []count {
	return []count{{"delivered", a.Delivered}, {"damaged", a.Damaged}, {"notified", a.Notified}, {"deferred", a.Deferred},
		{"quarantined", a.Quarantined}, {"lost", a.Lost}, {"unknown", a.Unknown}}
}

func anomalies(a record.Accounting) []count {
	return []count{{"duplicates", a.Duplicates}, {"misdelivered", a.Misdelivered}, {"delivered_despite_rejection", a.DeliveredDespiteRejection},
		{"resurrected", a.Resurrected}, {"phantom", a.Phantom}, {"hidden", a.Hidden}, {"unreadable", a.Unreadable}, {"misfiled", a.Misfiled},
		{"late", a.Late}, {"stale", a.Stale}, {"alien", a.Alien}, {"recovered", a.Recovered}, {"absent", a.Absent}, {"unsent", a.Unsent}}
}

func (p *page) stored(s *record.Stored) {
	if s == nil {
		return
	}
	for _, class := range slices.Sorted(maps.Keys(s.Anomalies)) {
		p.set("maildrill_stored_anomalies", float64(s.Anomalies[class]), label{"class", class})
	}
}

func (p *page) services(r record.Record) {
	for _, key := range slices.Sorted(maps.Keys(r.Services)) {
		s, name := r.Services[key], label{"service", key}
		if s.Probes == 0 {
			continue
		}
		p.set("maildrill_service_probes", float64(s.Probes), name)
		p.set("maildrill_service_probes_failed", float64(s.Failed), name)
		p.set("maildrill_outages", float64(len(s.Outages)), name)
		for i, o := range s.Outages {
			p.interval("maildrill_outage_seconds", &o.RTA, 1, name, label{"outage", strconv.Itoa(i + 1)}, label{"step", o.Step})
		}
	}
}

func (p *page) fault(f record.Fault) {
	labels := []label{{"step", f.Step}, {"fault", f.Kind}}
	p.flag("maildrill_fault_proven", f.State == words.StateProven, labels...)
	if f.Injected != nil {
		p.flag("maildrill_fault_reverted", f.Reverted && len(f.Residue) == 0, labels...)
		p.set("maildrill_fault_exercised", float64(f.Proofs.Exercised), labels...)
	}
	d := f.Detection
	if d == nil {
		return
	}
	for _, s := range []struct {
		word   string
		signal *record.Signal
	}{{"probe", d.Probe}, {"health", d.Health}, {"failover", d.Failover}, {"alert", d.Alert}} {
		if s.signal != nil {
			p.interval("maildrill_detection_seconds", &s.signal.After, 1, append(slices.Clone(labels), label{"signal", s.word})...)
		}
	}
}

func (p *page) backlog(t *record.Times) {
	if t == nil || t.Backlog == nil {
		return
	}
	p.set("maildrill_backlog_peak_messages", float64(t.Backlog.Peak))
	p.interval("maildrill_backlog_drain_seconds", t.Backlog.Drain, 1)
}
