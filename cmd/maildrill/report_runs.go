package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"maildrill/harness"
	"maildrill/harness/record"
	"maildrill/reports"
	"maildrill/scenarios"
)

// reported is a run with its folder.
type reported struct {
	folder harness.Folder
	reports.Run
}

// openRuns opens run folders by path, or by name below a folder.
func openRuns(out string, names []string) ([]reported, error) {
	var all []reported
	for _, name := range names {
		r, err := openRun(out, name)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

func openRun(out, name string) (reported, error) {
	folder := harness.Folder(name)
	if _, err := os.Stat(folder.Record()); errors.Is(err, fs.ErrNotExist) && filepath.Base(name) == name {
		folder = harness.Folder(filepath.Join(out, name))
	}
	run, err := reports.Open(string(folder))
	if errors.Is(err, fs.ErrNotExist) {
		return reported{}, &exitError{code: exitUsage, err: fmt.Errorf("%s has no record.json", folder),
			hint: "name the folder that `maildrill run` has printed; `maildrill judge RUN --write` makes the record of a run that was killed"}
	}
	if err != nil {
		return reported{}, &exitError{code: exitEvidence, err: fmt.Errorf("%s: %w", folder, err)}
	}
	return reported{folder, run}, nil
}

// finished is a run that has just ended: its folder as everybody will read it;
// if that cannot be read, the record at hand.
func finished(folder harness.Folder, rec record.Record) (reports.Run, error) {
	run, err := reports.Open(string(folder))
	if err != nil {
		return reports.Run{Record: rec}, fmt.Errorf("read the run again: %w", err)
	}
	return run, nil
}

// plain are the runs without their folders.
func plain(runs []reported) []reports.Run {
	out := make([]reports.Run, len(runs))
	for i, r := range runs {
		out[i] = r.Run
	}
	return out
}

// places reads scenario files, to find where each says something.
func places(names []string) (reports.Locate, error) {
	known := map[string]*scenarios.Document{}
	for _, name := range names {
		files, err := expand(name)
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				return nil, err
			}
			if doc, _ := scenarios.Parse(file, text); doc != nil && doc.Scenario != nil {
				known[doc.Scenario.Metadata.Name] = doc
			}
		}
	}
	return func(scenario, what string) reports.Place {
		doc, ok := known[scenario]
		if !ok {
			return reports.Place{}
		}
		at := doc.Problem(pathOf(*doc.Scenario, what), "", "")
		return reports.Place{File: filepath.ToSlash(at.File), Line: at.Line}
	}, nil
}

// pathOf is where a scenario has the step or the objective of this name.
func pathOf(s scenarios.Scenario, what string) string {
	for i, step := range s.Timeline {
		if step.ID == what {
			return fmt.Sprintf("timeline[%d]", i)
		}
	}
	if what == "" {
		return "metadata.name"
	}
	return "objectives." + what
}
