package main

import (
	"maildrill/harness/planning"
	"maildrill/harness/programme"
	"maildrill/reports/history"
	"maildrill/reports/history/coverage"
)

// evidenceOf makes evidence for a programme of the runs on real servers. A run
// passed that ended as its scenario declares; where that declares nothing, the
// verdict must be passed.
func evidenceOf(runs []history.Run, now coverage.Versions) (all []programme.Evidence) {
	for _, r := range runs {
		if r.Simulated || r.CopyOf != "" || !r.HasRecord() || r.Runtime == "" {
			continue
		}
		passed := r.Outcome == history.Passed
		if r.Expected != nil {
			passed = *r.Expected && r.Outcome != history.Dirty
		}
		version, known := now[r.Scenario.Name]
		all = append(all, programme.Evidence{Name: r.Scenario.Name, At: r.Started, Passed: passed, Source: r.Folder, Outdated: known && version != r.Scenario.SHA256})
	}
	return all
}

// digests are those of the scenarios that a programme drills, as they would be run
// now.
func digests(plan *programme.Plan) coverage.Versions {
	var plans []*planning.Plan
	for _, it := range plan.File().Items {
		names := plan.Names(it.ID)
		if _, suite := it.Suite(); !suite {
			names = []string{plan.Beside(it.Drill)}
		}
		for _, name := range names {
			if it.GameDay != "" {
				continue
			}
			if compiled, problems, err := compile(name, overrides{}, nil); err == nil && len(problems) == 0 {
				plans = append(plans, compiled)
			}
		}
	}
	return versions(plans)
}
