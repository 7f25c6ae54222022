package exercise

import (
	"slices"
)

// check is one thing that exercises are judged by.
type check struct {
	id, title string
	// requirements that it supports: an exercise that names one of them has the
	// check, be there data for it or not.
	requirements []string
	// has tells whether the exercise has something of the kind.
	has func(r *Record) bool
	// look gives what was measured and what is wrong with it, or ok false: there is
	// no data.
	look func(r *Record) (measured, wrong string, ok bool)
}

var checks = []check{
	{"drill", "The drill ended as its scenario declares", nil, func(r *Record) bool { return r.Scenario != "" }, lookDrill},
	{"hypotheses", "Every hypothesis is decided", nil, func(r *Record) bool { return len(r.Hypotheses) > 0 }, lookHypotheses},
	{"contacts-reached", "People were reached over a channel that needs no mail", []string{"dr-plan", "communication"}, func(r *Record) bool { return r.RollCall != nil }, lookRollCall},
	{"notices-sent", "Notices went out before and after", []string{"maintenance-notice"}, func(r *Record) bool { return len(r.Notices) > 0 }, lookNotices},
	{"announcements-acknowledged", "Announcements were acknowledged", []string{"communication"}, acknowledges, lookAcknowledged},
	{"plan-current", "The plan is of today's topology, and was reviewed", []string{"dr-plan"}, func(*Record) bool { return true }, lookPlan},
	{"roles-filled", "Every role was played", []string{"training"}, func(*Record) bool { return true }, lookRoles},
	{"roles-trained", "Everybody who played was trained", []string{"training"}, trainings, lookTrained},
	{"runbook-done", "Every step of the runbook was done, and timed", []string{"dr-plan"}, func(r *Record) bool { return len(r.Steps) > 0 }, lookRunbook},
	{"service-levels", "Providers kept what was agreed", []string{"vendor-sla"}, func(r *Record) bool { return len(r.Levels) > 0 }, lookLevels},
	{"programme-current", "Nothing of the programme is overdue", []string{"regular-testing"}, func(r *Record) bool { return r.Facts != nil && r.Facts.Programme != "" }, lookProgramme},
	{"actions-followed", "Findings and earlier actions are followed up", []string{"review"}, func(r *Record) bool { return len(r.Findings) > 0 }, lookActions},
	{"regression-followed", "What became worse is followed up", []string{"review"}, func(r *Record) bool { return r.Facts != nil && r.Facts.Compared > 0 }, lookRegressions},
}

// Requirements tells which requirements an exercise answers by which checks.
func Requirements() map[string][]string {
	all := map[string][]string{}
	for _, c := range checks {
		for _, id := range c.requirements {
			all[id] = append(all[id], c.id)
		}
	}
	return all
}

// judge fills in the checks and the verdict: the worst of them. An exercise that
// was aborted is aborted, whatever they say.
func judge(r *Record) {
	r.Checks, r.Verdict = []Check{}, Passed
	for _, c := range checks {
		asked := slices.ContainsFunc(c.requirements, func(id string) bool { return slices.Contains(r.Mitigations, id) })
		if !asked && !c.has(r) {
			continue
		}
		done := c.judge(r)
		r.Checks = append(r.Checks, done)
		r.Verdict = worse(r.Verdict, done.Verdict)
	}
	if slices.ContainsFunc(r.Transitions, func(t Transition) bool { return t.To == Stopped }) || r.State == Stopped {
		r.Verdict = Aborted
	}
	r.compare()
}

func (c check) judge(r *Record) Check {
	done := Check{ID: c.id, Title: c.title, Requirements: c.requirements}
	measured, wrong, ok := c.look(r)
	done.Measured, done.Reason = measured, wrong
	switch {
	case !ok:
		done.Verdict = Inconclusive
	case wrong != "":
		done.Verdict = Failed
	default:
		done.Verdict = Passed
	}
	return done
}

func worse(a, b Verdict) Verdict {
	order := []Verdict{Passed, Inconclusive, Failed, Aborted}
	return order[max(slices.Index(order, a), slices.Index(order, b))]
}

// compare tells whether the exercise ended as its file declares.
func (r *Record) compare() {
	if r.Expect == nil {
		return
	}
	var missed []string
	for _, c := range r.Checks {
		if c.Verdict == Failed {
			missed = append(missed, c.ID)
		}
	}
	want := slices.Clone(r.Expect.Checks)
	slices.Sort(want)
	slices.Sort(missed)
	r.Expect.Met = r.Verdict == r.Expect.Verdict && slices.Equal(missed, want)
}
