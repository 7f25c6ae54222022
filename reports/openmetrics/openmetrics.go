package openmetrics

import (
	"cmp"
	"io"
	"slices"
	"time"

	"maildrill/harness/record"
	"maildrill/reports/words"
)

// Write writes the metrics of runs.
func Write(w io.Writer, runs []record.Record) error {
	p := &page{families: map[string]*family{}}
	for _, row := range metrics {
		p.families[row.name] = &family{name: row.name, unit: row.unit, help: row.help}
	}
	for _, group := range grouped(runs) {
		p.group(group)
	}
	for _, row := range metrics {
		if _, err := io.WriteString(w, p.families[row.name].String()); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, "# EOF\n")
	return err
}

// page is what is written, family by family: the samples of a family must stand
// together, whatever run they are of.
type page struct {
	families map[string]*family
	subject  []label // of the run that is being written
}

// set adds a sample of the run.
func (p *page) set(name string, value float64, labels ...label) {
	p.families[name].add(value, slices.Concat(p.subject, labels))
}

func (p *page) flag(name string, on bool, labels ...label) { p.set(name, one(on), labels...) }

func one(on bool) float64 {
	if on {
		return 1
	}
	return 0
}

// interval sets both ends. Without a measurement there is none.
func (p *page) interval(name string, i *record.Interval, scale float64, labels ...label) {
	if i == nil {
		return
	}
	p.set(name, i.Low*scale, append(slices.Clone(labels), label{"bound", "low"})...)
	p.set(name, high(i)*scale, append(slices.Clone(labels), label{"bound", "high"})...)
}

// subject is what a run is about, as labels tell it. Times under one clock do
// not compare with those under another.
func subject(r record.Record) []label {
	return []label{{"scenario", cmp.Or(words.Plain(r.Scenario.Name), "unnamed")}, {"runtime", cmp.Or(words.Plain(r.Run.Runtime), "unknown")},
		{"clock", cmp.Or(words.Plain(r.Clock), "unknown")}}
}

// grouped puts together the runs of the same subject, each group in the order
// of their ends, the groups in that of their labels.
func grouped(runs []record.Record) [][]record.Record {
	by := map[string][]record.Record{}
	for _, r := range runs {
		key := written(subject(r))
		by[key] = append(by[key], r)
	}
	var keys []string
	for key, group := range by {
		keys = append(keys, key)
		slices.SortStableFunc(group, func(a, b record.Record) int {
			return cmp.Or(ended(a).Compare(ended(b)), cmp.Compare(a.Run.ID, b.Run.ID))
		})
	}
	slices.Sort(keys)
	var out [][]record.Record
	for _, key := range keys {
		out = append(out, by[key])
	}
	return out
}

// ended is when a run ended, or began if it is not known to have ended.
func ended(r record.Record) time.Time {
	for _, text := range []string{r.Run.Ended, r.Run.Started} {
		if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
			return t
		}
	}
	return time.Time{}
}

// verdicts are the states of a verdict.
var verdicts = []record.Verdict{record.Passed, record.Failed, record.Inconclusive, record.Aborted, record.Error}

func (p *page) group(runs []record.Record) {
	last := runs[len(runs)-1]
	p.subject = subject(last)
	p.runs(runs)
	p.run(last)
}

// runs counts all runs of the subject by how they ended.
func (p *page) runs(all []record.Record) {
	n := map[string]float64{}
	for _, r := range all {
		switch {
		case r.Dirty:
			n["dirty"]++
		case slices.Contains(verdicts, r.Verdict):
			n[string(r.Verdict)]++
		default:
			n["unknown"]++
		}
	}
	for _, v := range verdicts {
		p.set("maildrill_runs", n[string(v)], label{"ended", string(v)})
	}
	p.set("maildrill_runs", n["dirty"], label{"ended", "dirty"})
	p.set("maildrill_runs", n["unknown"], label{"ended", "unknown"})
}

// states writes a verdict as a state set. One that nobody knows is none of
// them.
func (p *page) states(name string, is record.Verdict, labels ...label) {
	for _, v := range verdicts {
		p.flag(name, is == v, append(slices.Clone(labels), label{"verdict", string(v)})...)
	}
}
