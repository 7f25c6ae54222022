package main

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"maildrill/harness"
	"maildrill/harness/campaign"
	"maildrill/harness/record"
)

// searchRunner plays the drills of a search through the harness. Run folders of
// drills that passed are removed: there are very many.
type searchRunner struct {
	p *process
	o searchOptions
}

var _ campaign.Runner = (*searchRunner)(nil)

// Run implements campaign.Runner.
func (r *searchRunner) Run(ctx context.Context, t campaign.Trial) (campaign.Outcome, error) {
	began := time.Now()
	out := filepath.Join(r.o.out, "runs")
	id := harness.NewRunID(began, t.Plan.Scenario.Metadata.Name)
	scratch := filepath.Join(out, id, "scratch")
	defer os.RemoveAll(scratch)
	rt, err := r.p.runtime(ctx, r.o.runtime, scratch)
	if err != nil {
		return campaign.Outcome{}, err
	}
	folder, err := createFolder(out, id)
	if err != nil {
		return campaign.Outcome{}, err
	}
	play, stop := context.WithTimeoutCause(ctx, 2*t.Plan.Worst()+10*time.Minute, errTimeout)
	defer stop()
	// A drill that is cut off shows nothing: it is not accounted for either.
	rec, err := harness.Run(ctx, play, t.Plan, harness.Config{Runtime: rt, Folder: folder, Seed: t.Seed, Trial: 1, Trials: 1,
		Tool: tool(), Lease: r.o.lease, Observe: r.p.observe})
	if rec == nil {
		return campaign.Outcome{}, err
	}
	outcome := campaign.OutcomeOf(*rec, time.Since(began))
	if rec.Verdict == record.Passed && !rec.Dirty {
		outcome.Run = ""
		_ = os.RemoveAll(string(folder)) // what stays is only in the way
	}
	if rec.Lacking || rec.Verdict != record.Error {
		return outcome, err
	}
	return outcome, nil // a defect that one drill met; the record says which
}
