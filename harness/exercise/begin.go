package exercise

import (
	"math/rand/v2"
	"strings"
	"time"

	"maildrill/scenarios"
)

const (
	defaultDays   = 365     // how old a review or a training may be
	defaultWithin = 5 * 60. // seconds for the answers to a roll-call
)

// Begin is the record of an exercise of which nothing has happened yet.
func Begin(g scenarios.GameDay) Record {
	r := Record{
		Schema: Schema, Name: g.Metadata.Name, Title: g.Metadata.Title, Story: g.Metadata.Story, Goal: g.Goal, Form: g.Form,
		State: Draft, Scenario: g.Scenario, Set: g.Set,
		Mitigations: listOf(g.Metadata.Mitigations), Causes: listOf(g.Metadata.Causes), Controls: listOf(g.Metadata.Controls),
		Plan: Plan{Document: g.Plan.Document, Version: g.Plan.Version, Reviewed: g.Plan.Reviewed,
			WithinDays: daysOr(g.Plan.Within), Topology: g.Plan.Topology, Runbook: g.Plan.Runbook},
		StopWhen:    listOf(g.StopWhen),
		Differences: g.Differences, ReportTo: g.ReportTo,
		Hypotheses: []Hypothesis{}, People: []Person{}, Channels: []Channel{}, Notices: []Notice{}, Card: []Answer{}, Injects: []Inject{},
		Steps: []Step{}, Marks: []Mark{}, Notes: []Note{}, Messages: []Message{}, Progress: []Beat{}, Transitions: []Transition{}, Leaders: []Leader{}, Levels: []Level{},
		Findings: []Finding{}, Actions: []Action{}, Risks: []Acceptance{}, HotWash: []HotWash{}, Ratings: []Rating{}, Signatures: []Signature{}, Checks: []Check{},
	}
	if x := g.Expect; x != nil {
		r.Expect = &Expect{Verdict: Verdict(x.Verdict), Checks: x.Checks, Reason: x.Reason}
	}
	r.cast(g)
	r.script(g)
	r.Card = card(g)
	return r
}

// cast takes over who takes part, and how they are reached.
func (r *Record) cast(g scenarios.GameDay) {
	called := 0
	for _, p := range g.Roles {
		r.People = append(r.People, Person{Role: p.Role, Name: p.Name, Deputy: p.Deputy, Channel: p.Channel, Trained: p.Trained,
			WithinDays: daysOr(p.Within), Waived: p.Waived})
		if p.Channel != "" && p.Waived == "" {
			called++
		}
	}
	for _, c := range g.Channels {
		r.Channels = append(r.Channels, Channel{ID: c.ID, Kind: c.Kind, Provider: c.Provider, DependsOn: c.DependsOn})
	}
	if called > 0 {
		r.RollCall = &RollCall{Quorum: called, Within: defaultWithin, Calls: []Call{}}
		if g.RollCall.Quorum > 0 {
			r.RollCall.Quorum = g.RollCall.Quorum
		}
		if g.RollCall.Within > 0 {
			r.RollCall.Within = seconds(g.RollCall.Within)
		}
	}
	for _, n := range g.Notices {
		r.Notices = append(r.Notices, Notice{ID: n.ID, When: n.When, Lead: seconds(n.Lead), Channel: n.Channel, Audience: n.Audience, Text: n.Text, Acknowledge: n.Acknowledge})
	}
}

// script takes over what is believed, what happens and what is done.
func (r *Record) script(g scenarios.GameDay) {
	for _, h := range g.Hypotheses {
		r.Hypotheses = append(r.Hypotheses, Hypothesis{ID: h.ID, Text: h.Text, Objective: h.Objective, Outcome: "open"})
	}
	for _, in := range g.Injects {
		r.Injects = append(r.Injects, Inject{ID: in.ID, Title: in.Title, Text: in.Text, Channel: in.Channel, Step: in.Step, Surprise: in.Surprise})
	}
	for _, s := range g.Runbook {
		r.Steps = append(r.Steps, Step{ID: s.ID, Title: s.Title, Role: s.Role, After: s.After, Releases: s.Releases, Expect: seconds(s.Expect), Result: "open"})
	}
	for _, l := range g.Levels {
		r.Levels = append(r.Levels, Level{Provider: l.Provider, Service: l.Service, Recovery: seconds(l.Recovery), Availability: l.Availability.Value})
	}
}

// draw sets when injects release themselves: one that lies between two times is
// drawn from the seed, so that the log alone says when.
func (r *Record) draw(g scenarios.GameDay, seed uint64) {
	random := rand.New(rand.NewPCG(seed, 0))
	for i, in := range g.Injects {
		share := random.Float64() // of every inject, so that a new one moves no other
		switch {
		case len(in.Between) == 2:
			low, high := seconds(in.Between[0]), seconds(in.Between[1])
			at := low + share*(high-low)
			r.Injects[i].Due = &at
		case in.At != nil:
			at := seconds(*in.At)
			r.Injects[i].Due = &at
		}
	}
}

func seconds(d scenarios.Duration) float64 { return time.Duration(d).Seconds() }

func daysOr(days int) int {
	if days == 0 {
		return defaultDays
	}
	return days
}

// listOf gives a list that JSON writes as one.
func listOf(of []string) []string { return append([]string{}, of...) }

// named tells whether somebody is meant: by the own name or as the deputy.
func (p Person) named(name string) bool {
	return name != "" && (strings.EqualFold(p.Name, name) || strings.EqualFold(p.Deputy, name))
}
