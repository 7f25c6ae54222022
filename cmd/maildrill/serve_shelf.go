package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"maildrill/harness/console"
	"maildrill/harness/exercise"
	"maildrill/harness/gameday"
	"maildrill/harness/programme"
	exercisereport "maildrill/reports/exercise"
	"maildrill/scenarios"
)

// shelf is what the console shows of earlier exercises and of the programme.
type shelf struct {
	p              *process
	out, programme string
}

func (s shelf) Exercises() ([]exercise.Record, error) {
	all, err := s.p.exercises(s.out)
	slices.Reverse(all)
	return all, err
}

// Programme is a row for each requirement that an item of the programme answers,
// and a cell for each such item.
func (s shelf) Programme() ([]console.Row, error) {
	name := s.programme
	if name == "" && !exists(ownProgramme) {
		return nil, nil
	}
	if name == "" {
		name = ownProgramme
	}
	doc, problems, err := scenarios.FindProgramme(name)
	if err != nil || len(problems) > 0 {
		return nil, fmt.Errorf("the programme cannot be read: maildrill validate %s says why", name)
	}
	plan, problems := programme.Of(doc)
	if len(problems) > 0 {
		return nil, problems
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	runs, err := s.p.pastRuns(ctx, "runs", false)
	if err != nil {
		return nil, err
	}
	held, err := s.p.exercises(s.out)
	if err != nil {
		return nil, err
	}
	done := append(evidenceOf(runs, digests(plan)), exercised(held)...)
	return rowsOf(plan.Status(done, nil, time.Now())), nil
}

func rowsOf(standings []programme.Standing) (rows []console.Row) {
	for _, s := range standings {
		for _, id := range slices.Concat(s.Causes, s.Mitigations) {
			i := slices.IndexFunc(rows, func(r console.Row) bool { return r.Name == id })
			if i < 0 {
				rows = append(rows, console.Row{Name: id, Title: id})
				i = len(rows) - 1
			}
			rows[i].Cells = append(rows[i].Cells, cellOf(s))
		}
	}
	return rows
}

func cellOf(s programme.Standing) console.Cell {
	c := console.Cell{Column: s.Item, Age: console.Age(s.State)}
	if s.State == programme.Skipped {
		c.Age = console.Due
	}
	if s.Passed != nil {
		c.Last, c.Run = &s.Passed.At, s.Passed.Source
	}
	if !s.Due.IsZero() {
		c.Due = &s.Due
	}
	return c
}

func (s shelf) Trends() ([]console.Trend, error) {
	all, err := s.p.exercises(s.out)
	if err != nil {
		return nil, err
	}
	return trendsOf(all), nil
}

// Report gives the after-action report of an exercise.
func (s shelf) Report(id, format string) ([]byte, error) {
	folder, err := gameday.Find(s.out, id)
	if err != nil {
		return nil, err
	}
	log, err := gameday.Open(folder)
	if err != nil {
		return nil, err
	}
	r, events, err := log.Read()
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	switch format {
	case "html":
		err = exercisereport.HTML(&text, r, events)
	case "pdf":
		err = exercisereport.PDF(&text, r, events)
	case "md":
		err = exercisereport.Markdown(&text, r, events)
	case "json":
		err = json.NewEncoder(&text).Encode(r)
	default:
		err = fmt.Errorf("there is no report of form %q", format)
	}
	return text.Bytes(), err
}

// trendsOf are the recovery times of the drills below the exercises of each game
// day, one line an objective.
func trendsOf(records []exercise.Record) (all []console.Trend) {
	for _, r := range records {
		if r.Drill == nil || r.Started == nil || r.Simulated {
			continue
		}
		for _, o := range r.Drill.Objectives {
			name := r.Name + ", " + o.Name
			i := slices.IndexFunc(all, func(t console.Trend) bool { return t.Name == name })
			if i < 0 {
				all = append(all, console.Trend{Name: name, Unit: o.Unit})
				i = len(all) - 1
			}
			all[i].Points = append(all[i].Points, console.Point{At: *r.Started, Run: r.Drill.Run, Value: o.High, Verdict: o.Verdict})
		}
	}
	return all
}
