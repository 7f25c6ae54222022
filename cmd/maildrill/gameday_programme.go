package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"maildrill/harness/exercise"
	"maildrill/harness/programme"
	"maildrill/scenarios"
)

// programmeFacts looks up what of a programme is overdue. That it cannot be looked
// up leaves it unsaid, and the check inconclusive.
func (p *process) programmeFacts(ctx context.Context, f *exercise.Facts, name, base string, earlier []exercise.Record) {
	if strings.ContainsAny(name, `/\`) && !filepath.IsAbs(name) {
		name = filepath.Join(base, name)
	}
	doc, problems, err := scenarios.FindProgramme(name)
	if err != nil || len(problems) > 0 {
		return
	}
	plan, problems := programme.Of(doc)
	if len(problems) > 0 {
		return
	}
	runs, err := p.pastRuns(ctx, "runs", false)
	if err != nil {
		fmt.Fprintf(p.Stderr, "note: what of the programme is overdue is not known: %v\n", err)
		return
	}
	done := append(evidenceOf(runs, digests(plan)), exercised(earlier)...)
	f.Programme = doc.Programme.Metadata.Name
	for _, s := range overdue(plan.Status(done, nil, f.At)) {
		f.Overdue = append(f.Overdue, s.Item)
	}
}

// exercised makes evidence for a programme of exercises: one that passed, on real
// servers or around a table, and that somebody has signed.
func exercised(records []exercise.Record) (all []programme.Evidence) {
	for _, r := range records {
		if r.Started == nil || r.Verdict == "" || r.Simulated {
			continue
		}
		asDeclared := r.Verdict == exercise.Passed || r.Expect != nil && r.Expect.Met
		all = append(all, programme.Evidence{Name: r.Name, At: *r.Started, Source: r.ID, Passed: asDeclared && len(r.Signatures) > 0})
	}
	return all
}
