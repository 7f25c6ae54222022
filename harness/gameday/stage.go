package gameday

import (
	"fmt"
	"slices"
	"time"

	"maildrill/scenarios"
)

// defaultPatience is how long a drill waits for people.
const defaultPatience = 2 * time.Hour

// released is the manual step that holds a step of the scenario back.
func released(step string) string { return "release-" + step }

// held is a step that people release, and what they are told about it.
type held struct{ step, text, path string }

// Stage makes the drill of a game day of its scenario: before each step that an
// inject or a step of the runbook names comes a manual one, behind which it waits.
// What cannot be staged is reported at its place in the game day.
func Stage(day *scenarios.Document, of *scenarios.Scenario) (*scenarios.Scenario, scenarios.Problems) {
	var problems scenarios.Problems
	staged := *of
	staged.Timeline = slices.Clone(of.Timeline)
	for _, h := range holding(*day.GameDay) {
		if problem := holdBack(&staged, h, patience(*day.GameDay)); problem != "" {
			problems = append(problems, day.Problem(h.path, problem, h.step, stepIDs(of)...))
		}
	}
	return &staged, problems
}

func patience(g scenarios.GameDay) scenarios.Duration {
	if g.Patience > 0 {
		return g.Patience
	}
	return scenarios.Duration(defaultPatience)
}

func holding(g scenarios.GameDay) (all []held) {
	for i, in := range g.Injects {
		if in.Step != "" {
			all = append(all, held{in.Step, "inject " + in.ID + ": " + in.Title, fmt.Sprintf("injects[%d].step", i)})
		}
	}
	for i, s := range g.Runbook {
		if s.Releases != "" {
			all = append(all, held{s.Releases, "runbook " + s.ID + ": " + s.Title, fmt.Sprintf("runbook[%d].releases", i)})
		}
	}
	return all
}

// holdBack puts a manual step before a step. It starts when the step would have; the
// step starts when it is over.
func holdBack(s *scenarios.Scenario, h held, limit scenarios.Duration) (problem string) {
	i := slices.IndexFunc(s.Timeline, func(t scenarios.Step) bool { return t.ID == h.step })
	switch {
	case i < 0:
		return fmt.Sprintf("scenario %s has no step %q", s.Metadata.Name, h.step)
	case slices.ContainsFunc(s.Timeline, func(t scenarios.Step) bool { return t.ID == released(h.step) }):
		return fmt.Sprintf("step %q is released by something else already", h.step)
	}
	step := s.Timeline[i]
	gate := scenarios.Step{ID: released(h.step), At: step.At, After: step.After, When: step.When, Action: "manual",
		With: scenarios.TextParam("text", h.text), Timeout: &limit}
	step.At, step.When, step.After = nil, "", scenarios.StringList{gate.ID}
	s.Timeline[i] = step
	s.Timeline = slices.Insert(s.Timeline, i, gate)
	return ""
}

func stepIDs(s *scenarios.Scenario) (ids []string) {
	for _, t := range s.Timeline {
		ids = append(ids, t.ID)
	}
	return ids
}
