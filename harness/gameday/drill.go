package gameday

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"maildrill/harness"
	"maildrill/harness/exercise"
	"maildrill/harness/record"
)

// drillOf is what an exercise keeps of the run below it. One without a record says
// why.
func drillOf(f harness.Folder, failed error) exercise.Drill {
	d := exercise.Drill{Run: f.ID(), Folder: string(f)}
	if f == "" {
		d.Run = ""
	}
	b, err := os.ReadFile(f.Record())
	var rec record.Record
	if err == nil {
		err = json.Unmarshal(b, &rec)
	}
	if err != nil {
		d.Reason = "there is no record of the drill"
		if failed != nil {
			d.Reason += ": " + failed.Error()
		}
		return d
	}
	sum := sha256.Sum256(b)
	d.SHA256 = hex.EncodeToString(sum[:])
	fill(&d, rec)
	return d
}

func fill(d *exercise.Drill, rec record.Record) {
	began, _ := time.Parse(time.RFC3339, rec.Run.Started)
	d.Run, d.Started = rec.Run.ID, began
	d.Verdict, d.Reason, d.Dirty = string(rec.Verdict), rec.Reason, rec.Dirty
	d.AsDeclared = rec.Expect == nil && rec.Verdict == record.Passed || rec.Expect != nil && rec.Expect.Met
	d.Accepted, d.Delivered, d.Lost = rec.Accounting.Accepted, rec.Accounting.Delivered, rec.Accounting.Lost
	d.Simulated = rec.Simulated
	if ended, err := time.Parse(time.RFC3339, rec.Run.Ended); err == nil {
		d.Ended = &ended
	}
	for _, p := range rec.Phases {
		d.Length = max(d.Length, p.Ended)
	}
	for _, o := range rec.Objectives {
		d.Objectives = append(d.Objectives, exercise.Objective{Name: o.Name, Target: target(o), Measured: interval(o.Measured, o.Unit),
			High: high(o.Measured), Unit: o.Unit, Verdict: string(o.Verdict), Reason: o.Reason})
	}
	for name, s := range rec.Services {
		for _, o := range s.Outages {
			d.Outages = append(d.Outages, exercise.Outage{Service: name, Low: o.RTA.Low, High: o.RTA.High})
		}
	}
	slices.SortFunc(d.Outages, func(a, b exercise.Outage) int { return strings.Compare(a.Service, b.Service) })
	for _, f := range rec.Faults {
		d.Faults = append(d.Faults, faultOf(f, began))
	}
}

func faultOf(f record.Fault, began time.Time) exercise.Fault {
	x := exercise.Fault{Step: f.Step, Kind: f.Kind, On: f.Targets, Effective: f.Proofs.Effective, Exercised: int(f.Proofs.Exercised),
		Clean: f.Reverted && len(f.Residue) == 0}
	if f.Effective != nil {
		x.Injected = moment(began, f.Effective.Low)
	}
	if f.Healed != nil && f.Healed.High != nil {
		x.Reverted = moment(began, *f.Healed.High)
	}
	return x
}

func moment(began time.Time, seconds float64) *time.Time {
	t := began.Add(time.Duration(seconds * float64(time.Second)))
	return &t
}

func high(i *record.Interval) *float64 {
	if i == nil {
		return nil
	}
	return i.High
}

func interval(i *record.Interval, unit string) string {
	switch {
	case i == nil:
		return "no data"
	case i.High == nil:
		return fmt.Sprintf("%.4g %s or more", i.Low, unit)
	case *i.High == i.Low:
		return fmt.Sprintf("%.4g %s", i.Low, unit)
	}
	return fmt.Sprintf("%.4g to %.4g %s", i.Low, *i.High, unit)
}

func target(o record.Objective) string {
	var parts []string
	for name, v := range o.Target {
		parts = append(parts, fmt.Sprintf("%s %g %s", name, v, o.Unit))
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}
