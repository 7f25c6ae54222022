package measure

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"maildrill/harness/record"
)

// Series is what a run knew, before it began, of the series that it is part
// of. Its own record counts the trials up to itself, and nothing but its run
// folder is needed to work that out.
type Series struct {
	ID      string      `json:"id"`
	Rule    record.Rule `json:"rule"`
	RerunOf int         `json:"rerun_of,omitempty"`
	Earlier []Earlier   `json:"earlier"`
}

// Earlier is one trial that was over before this one began.
type Earlier struct {
	Trial   int            `json:"trial"`
	Run     string         `json:"run"`
	Verdict record.Verdict `json:"verdict"`
	Dirty   bool           `json:"dirty,omitempty"`
}

// tally counts trials by what they showed. A pass that left something behind
// is not a clean run.
type tally struct{ clean, failed, open int }

func (t *tally) count(v record.Verdict, dirty bool) {
	switch {
	case v == record.Failed:
		t.failed++
	case v == record.Passed && !dirty:
		t.clean++
	default:
		t.open++
	}
}

func (t *tally) confidence() record.Confidence {
	c := Confidence(t.clean+t.failed, t.failed)
	c.Inconclusive = t.open
	if t.open > 0 && t.clean+t.failed > 0 {
		c.Statement += fmt.Sprintf("; %d more ended without a conclusion", t.open)
	}
	return c
}

// confidence counts the trials of the series up to and with the run itself. A
// run by itself is a series of one.
func (s *Series) confidence(v record.Verdict, dirty bool) record.Confidence {
	var t tally
	if s != nil {
		for _, e := range s.Earlier {
			t.count(e.Verdict, e.Dirty)
		}
	}
	t.count(v, dirty)
	return t.confidence()
}

// Made is one trial of a series that is over.
type Made struct {
	Trial, RerunOf int
	Run            string
	Seed           int64
	ExitCode       int
	Record         *record.Record // nil: there is none
}

// slot is the declared trial that this one stands for.
func (m Made) slot() int { return cmp.Or(m.RerunOf, m.Trial) }

func (m Made) verdict() record.Verdict {
	if m.Record == nil {
		return record.Error
	}
	return m.Record.Verdict
}

// Summarize joins the trials of a series, in the order in which they were
// made. ended says why fewer were made than declared; interrupted, that a
// signal is the reason. It is pure.
func Summarize(id string, rule record.Rule, made []Made, ended string, interrupted bool) record.Series {
	s := record.Series{Schema: record.SeriesSchema, ID: id, Rule: rule, Ended: ended}
	var t tally
	for i, m := range made {
		row := trialRow(m)
		row.Replaced = slices.ContainsFunc(made[i+1:], func(later Made) bool { return later.slot() == m.slot() })
		s.Trials = append(s.Trials, row)
		s.Dirty = s.Dirty || row.Dirty
		t.count(row.Verdict, row.Dirty)
		if r := m.Record; r != nil {
			s.Scenario, s.Runtime, s.Simulated, s.Clock = r.Scenario, r.Run.Runtime, r.Simulated, r.Clock
		}
	}
	s.Confidence = t.confidence()
	s.Recoveries = recoveries(made)
	s.Verdict, s.Reason = joined(s, interrupted)
	s.ExitCode = seriesCode(s)
	return s
}

func trialRow(m Made) record.Trial {
	row := record.Trial{Trial: m.Trial, RerunOf: m.RerunOf, Run: m.Run, Seed: m.Seed, Verdict: m.verdict(), ExitCode: m.ExitCode}
	if r := m.Record; r != nil {
		row.Reason, row.Dirty, row.Objectives = r.Reason, r.Dirty, r.Objectives
		row.Accepted, row.Lost, row.Unknown = r.Accounting.Accepted, r.Accounting.Lost, r.Accounting.Unknown
	}
	return row
}

// joined is the verdict of a series. One failure stands, whatever else
// happened; a pass needs every declared trial to have passed, or one that was
// made in the place of an inconclusive one.
func joined(s record.Series, interrupted bool) (record.Verdict, string) {
	by := map[record.Verdict][]string{}
	held := 0
	for _, t := range s.Trials {
		if t.Replaced {
			continue
		}
		switch t.Verdict {
		case record.Passed, record.Failed, record.Inconclusive, record.Aborted:
			by[t.Verdict] = append(by[t.Verdict], fmt.Sprint(t.Trial))
		default:
			by[record.Error] = append(by[record.Error], fmt.Sprint(t.Trial))
		}
		if t.Verdict == record.Passed {
			held++
		}
	}
	for _, v := range []record.Verdict{record.Failed, record.Error, record.Aborted} {
		if len(by[v]) > 0 {
			return v, fmt.Sprintf("%s: trial %s", v, strings.Join(by[v], ", "))
		}
	}
	switch {
	case interrupted:
		return record.Aborted, s.Ended
	case len(by[record.Inconclusive]) > 0:
		return record.Inconclusive, fmt.Sprintf("inconclusive, and not made again: trial %s", strings.Join(by[record.Inconclusive], ", "))
	case held < s.Rule.N:
		return record.Inconclusive, fmt.Sprintf("%d of %d declared trials were made: %s", held, s.Rule.N, cmp.Or(s.Ended, "no reason is known"))
	}
	return record.Passed, ""
}

// seriesCode is the worst of the trials' exit codes and, for a series that
// lacks trials, of its verdict's own. Of a trial that was made again only its
// being inconclusive is forgiven.
func seriesCode(s record.Series) int {
	var codes []int
	if s.Verdict == record.Inconclusive || s.Verdict == record.Aborted {
		codes = append(codes, record.ExitCode(record.Record{Verdict: s.Verdict}))
	}
	for _, t := range s.Trials {
		if !t.Replaced || t.ExitCode != record.ExitInconclusive {
			codes = append(codes, t.ExitCode)
		}
	}
	return record.Worst(codes...)
}
