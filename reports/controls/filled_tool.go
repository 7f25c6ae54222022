package controls

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"maildrill/harness/record"
)

func identity(r record.Record) (bool, string) {
	if r.Run.ID == "" {
		return false, "the record has no id"
	}
	return true, fmt.Sprintf("run.id: %s; classification: %s", r.Run.ID, cmp.Or(said(r).Classification, "not said"))
}

func dates(r record.Record) (bool, string) {
	if r.Run.Started == "" || r.Run.Ended == "" {
		return false, "the record does not say when the run started and ended"
	}
	return true, fmt.Sprintf("run.started: %s; run.ended: %s", r.Run.Started, r.Run.Ended)
}

func scope(r record.Record) (bool, string) {
	if len(r.Services) == 0 {
		return false, "no service was probed"
	}
	return true, fmt.Sprintf("services: %s; environment: %s by digest; evidence.exclusions: %d",
		strings.Join(slices.Sorted(maps.Keys(r.Services)), ", "), count(len(images(r)), "image", "images"), len(said(r).Exclusions))
}

func scenario(r record.Record) (bool, string) {
	if r.Scenario.SHA256 == "" || len(r.Faults) == 0 {
		return false, "the record names no faults, or no digest of its scenario"
	}
	var kinds []string
	for _, f := range r.Faults {
		kinds = append(kinds, fmt.Sprintf("%s on %s", f.Kind, strings.Join(f.Targets, ", ")))
	}
	return true, fmt.Sprintf("faults: %s; scenario.sha256; run.seed: %d", strings.Join(kinds, "; "), r.Run.Seed)
}

// method asks for the tool, and for the proof that its instrument could see:
// anomalies that it had planted itself were found.
func method(r record.Record) (bool, string) {
	if r.Run.Tool.Version == "" || r.Run.Tool.SHA256 == "" {
		return false, "the record does not say which maildrill ran"
	}
	i := slices.IndexFunc(r.Gates, func(g record.Gate) bool { return g.Name == "planted-found" })
	if i < 0 || !r.Gates[i].Passed {
		return false, "the instrument did not prove that it finds what it plants (gate planted-found)"
	}
	return true, fmt.Sprintf("run.tool: %s with its sha256; gates.planted-found: %s", r.Run.Tool.Version, r.Gates[i].Detail)
}

func timeline(r record.Record) (bool, string) {
	began := 0
	for _, f := range r.Faults {
		if f.Injected != nil {
			began++
		}
	}
	if len(r.Phases) == 0 || began == 0 {
		return false, "no fault began"
	}
	return true, fmt.Sprintf("phases: %d; faults: %d with their times; events.jsonl of the run folder; people's notes: none in the record", len(r.Phases), began)
}

func steps(r record.Record) (bool, string) {
	planned, done := len(r.Faults)+len(r.Actions), 0
	for _, f := range r.Faults {
		if f.Injected != nil {
			done++
		}
	}
	for _, a := range r.Actions {
		if a.Done() {
			done++
		}
	}
	if planned == 0 {
		return false, "nothing was planned"
	}
	return true, fmt.Sprintf("faults, actions: %d planned, %d carried out", planned, done)
}

func results(r record.Record) (bool, string) {
	judged := 0
	for _, o := range r.Objectives {
		if o.Measured != nil && (o.Verdict == record.Passed || o.Verdict == record.Failed) {
			judged++
		}
	}
	if judged == 0 {
		return false, "no objective was measured and judged"
	}
	return true, fmt.Sprintf("objectives: %d of %d measured and judged", judged, len(r.Objectives))
}

func integrity(r record.Record) (bool, string) {
	for _, name := range []string{"conservation", "mailboxes-read"} {
		if !slices.ContainsFunc(r.Gates, func(g record.Gate) bool { return g.Name == name && g.Passed }) {
			return false, fmt.Sprintf("not every message is accounted for (gate %s)", name)
		}
	}
	a := r.Accounting
	if a.Accepted == 0 {
		return false, "no message was accepted"
	}
	return true, fmt.Sprintf("accounting: %d accepted = %d delivered + %d damaged + %d notified + %d deferred + %d quarantined + %d lost + %d unknown",
		a.Accepted, a.Delivered, a.Damaged, a.Notified, a.Deferred, a.Quarantined, a.Lost, a.Unknown)
}

// restore: a copy that the drill took of a volume, and put back, says nothing
// of the backups that people keep.
func restore(r record.Record) (bool, string) {
	if slices.ContainsFunc(r.Faults, func(f record.Fault) bool { return f.Kind == "storage.rollback" }) {
		return false, "what the drill put back was a copy that it had taken itself, no backup of yours"
	}
	return false, "the drill restored nothing from a backup"
}

// switchover asks for both ways: mail moved, and the fault is gone again.
func switchover(r record.Record) (bool, string) {
	for _, f := range r.Faults {
		if f.Detection == nil || f.Detection.Failover == nil {
			continue
		}
		if f.Healed == nil || !f.Reverted {
			return false, fmt.Sprintf("mail moved to an alternate during %s, but a return was not seen", f.Step)
		}
		return true, fmt.Sprintf("faults[%s].detection.failover: %s after %s; healed: %s", f.Step, f.Detection.Failover.What,
			seconds(f.Detection.Failover.After), seconds(*f.Healed))
	}
	return false, "no mail was seen to move to an alternate"
}

// deviations lists what the instrument saw. That there were none is for people
// to say.
func deviations(r record.Record) (bool, string) {
	var list []string
	for _, o := range r.Objectives {
		if o.Verdict == record.Failed {
			list = append(list, "objective "+o.Name+" missed")
		}
	}
	for _, p := range r.Problems {
		list = append(list, fmt.Sprintf("%d %s", p.Count, p.Class))
	}
	for _, a := range r.Actions {
		if !a.Done() {
			list = append(list, "action "+a.Step+" not done")
		}
	}
	if len(list) == 0 {
		return false, "the instrument saw no deviation; that people saw none is for them to write down"
	}
	return true, "objectives, problems, actions: " + strings.Join(list, ", ")
}

func capacity(r record.Record) (bool, string) {
	if t := r.Times; t != nil && t.Backlog != nil {
		return true, fmt.Sprintf("times.backlog: %d copies at most, %d as usual", t.Backlog.Peak, t.Backlog.Base)
	}
	for _, f := range r.Faults {
		if f.Capacity != nil {
			return true, fmt.Sprintf("faults[%s].capacity: the load was carried again after %s", f.Step, seconds(*f.Capacity))
		}
	}
	return false, "neither backlog nor load was measured"
}

// guarded asks for answers that came while a fault was in effect: a server that
// was silent shows nothing.
func guarded(r record.Record) (bool, string) {
	s := r.Security
	switch {
	case s == nil:
		return false, "nobody asked for encryption, authentication and relaying while the system was degraded: the objective `security` does"
	case s.Degraded == 0:
		return false, "no server answered about encryption, authentication and relaying while a fault was in effect"
	}
	return true, fmt.Sprintf("security: %s, %d answers while a fault was in effect, %s; filtering, signing and logging were not looked at",
		count(len(s.Checks), "check", "checks"), s.Degraded, count(s.Broken, "breach", "breaches"))
}

// seconds writes an interval: "0.200 to 1.100 s".
func seconds(i record.Interval) string {
	if i.High == nil {
		return fmt.Sprintf("%.3f s or more", i.Low)
	}
	return fmt.Sprintf("%.3f to %.3f s", i.Low, *i.High)
}
