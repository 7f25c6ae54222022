package main

import (
	"fmt"
	"strings"

	"maildrill/harness/measure"
)

// asSuite tells whether each drill must end as its scenario declares.
func (o runOptions) asSuite() bool { return len(o.suites) > 0 || o.declared }

// titleNames is how many drills a title names.
const titleNames = 3

// title is what the drills are together: "suite smoke, shard 2/5".
func (o runOptions) title() string {
	text := "drills"
	switch {
	case len(o.suites) > 0:
		text = "suite " + strings.Join(o.suites, " and ")
	case o.declared && len(o.names) > 0 && len(o.names) <= titleNames:
		text = strings.Join(o.names, ", ")
	}
	if o.shard != "" {
		text += ", shard " + o.shard
	}
	return text
}

// asDeclared tells whether a run ended as its scenario says that it must.
func asDeclared(r result) bool {
	return r.record != nil && r.record.Expect != nil && r.record.Expect.Met
}

// unexpected gives the exit codes of the runs of a suite that did not end exactly
// as their scenario declares: one that was made again counts as much as any other.
func (p *process) unexpected(results []result) (codes []int) {
	for _, r := range results {
		if asDeclared(r) {
			continue
		}
		codes = append(codes, max(r.code, 1))
		fmt.Fprintf(p.Stderr, "unexpected: %s trial %d: %s\n", r.drill.plan.Scenario.Metadata.Name, r.drill.trial, endingOf(r))
	}
	return codes
}

// suiteEnd says in one line how a suite ended.
func (p *process) suiteEnd(name string, results []result) {
	good := 0
	for _, r := range results {
		if asDeclared(r) {
			good++
		}
	}
	fmt.Fprintf(p.Stderr, "%s: ended as declared: %d of %d; %s\n",
		name, good, len(results), flakes(len(results), len(results)-good))
}

// flakes says what so many runs support about how often a run ends otherwise
// than declared (one-sided 95 %, Clopper-Pearson).
func flakes(runs, unexpected int) string {
	return fmt.Sprintf("flake rate below %.1f %% at 95 %% confidence", 100*measure.UpperBound(runs, unexpected))
}

func endingOf(r result) string {
	if r.record == nil {
		return fmt.Sprintf("exit %d, no record", r.code)
	}
	if r.record.Expect == nil {
		return fmt.Sprintf("%s, and it declares no expectation", r.record.Verdict)
	}
	return fmt.Sprintf("%s, declared %s %v", r.record.Verdict, r.record.Expect.Verdict, r.record.Expect.Objectives)
}
