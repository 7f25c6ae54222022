package main

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"maildrill/harness"
	"maildrill/harness/record"
	"maildrill/reports"
	"maildrill/reports/history"
	"maildrill/reports/html"
	"maildrill/reports/suite"
)

// conclude writes and prints what the drills say together, if there are several
// or they are a suite.
func (s *session) conclude(began time.Time, code int) error {
	p, o, all := s.p, s.o, s.trials
	if len(all) < 2 && !o.asSuite() && o.summary == "" {
		return nil
	}
	sum := suite.Suite{ID: harness.NewRunID(began, o.slug()), Title: o.title(), Suites: append([]string{}, o.suites...), Shard: o.shard, Runtime: o.runtime,
		Jobs: o.jobs.String(), Started: began.UTC().Format(time.RFC3339), Ended: time.Now().UTC().Format(time.RFC3339),
		Seconds: time.Since(began).Seconds(), Images: s.images.Seconds(), Declared: o.asSuite(), ExitCode: code}
	folder := o.summary
	if folder == "" {
		folder = filepath.Join(o.out, history.Suites, sum.ID)
	}
	sum = suite.Of(sum, madeRuns(folder, all))
	if sum.Declared {
		sum.Statement = flakes(len(sum.Runs), sum.Bad) + "."
	}
	if !p.json {
		if err := p.printDocument(sum.Document(true), nil); err != nil {
			return failure(err)
		}
	}
	if err := writeSummary(folder, sum, all); err != nil {
		return failure(fmt.Errorf("write the summary: %w", err))
	}
	fmt.Fprintf(p.Stderr, "summary: %s\n", filepath.Join(folder, "index.html"))
	return nil
}

// slug is what the id of a summary has of its suites.
func (o runOptions) slug() string {
	text := "drills"
	if len(o.suites) > 0 {
		text = "suite-" + strings.Join(o.suites, "-")
	}
	return strings.Map(func(r rune) rune {
		if r == '-' || 'a' <= r && r <= 'z' || '0' <= r && r <= '9' {
			return r
		}
		return '-'
	}, text)[:min(len(text), 60)]
}

// madeRuns are the rows of a summary: every trial that was made, and a row for
// each drill of which none was.
func madeRuns(folder string, all []*trials) (rows []suite.Made) {
	for _, t := range all {
		m := t.plan.Scenario.Metadata
		if len(t.made) == 0 {
			rows = append(rows, suite.Made{Scenario: m.Name, Title: m.Title, Trial: 1, ExitCode: record.ExitAborted})
		}
		for _, r := range t.made {
			rows = append(rows, suite.Made{Run: r.run(), Page: pageFrom(folder, r.folder), Scenario: m.Name, Title: m.Title, Trial: r.drill.trial,
				Record: r.record, Seconds: r.took.Seconds(), ExitCode: r.code})
		}
	}
	return rows
}

// pageFrom is the way from a folder to the page of a run; "" if there is none.
func pageFrom(folder, run string) string {
	from, err := filepath.Abs(folder)
	to, also := filepath.Abs(filepath.Join(run, "report.html"))
	if err != nil || also != nil || run == "" || !exists(to) {
		return ""
	}
	way, err := filepath.Rel(from, to)
	if err != nil {
		return ""
	}
	return filepath.ToSlash(way)
}

// writeSummary writes the page, the values, and every report that joins runs.
func writeSummary(folder string, s suite.Suite, all []*trials) error {
	values, err := suite.Marshal(s)
	if err != nil {
		return err
	}
	var page bytes.Buffer
	failed := []error{html.Write(&page, s.Document(false)),
		replace(filepath.Join(folder, "suite.json"), values)}
	failed = append(failed, replace(filepath.Join(folder, "index.html"), page.Bytes()))
	var runs []reports.Run
	for _, t := range all {
		for _, r := range t.made {
			if r.record != nil {
				runs = append(runs, reports.Run{Record: *r.record})
			}
		}
	}
	for _, f := range reports.Formats {
		if !f.Joins || !f.Kept {
			continue
		}
		var text bytes.Buffer
		failed = append(failed, f.Ask(&text, runs, reports.Wish{Declared: s.Declared}))
		failed = append(failed, replace(filepath.Join(folder, f.File), text.Bytes()))
	}
	return errors.Join(failed...)
}
