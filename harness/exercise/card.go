package exercise

import "maildrill/scenarios"

// Lines of the go/no-go card.
const (
	LineIncident    = "no-incident"
	LineFreeze      = "no-freeze"
	LineRollback    = "way-back"
	LineBackup      = "backup-age"
	LineRoles       = "roles-filled"
	LineChannel     = "channel-answered"
	LineTopology    = "topology-approved"
	LineRestore     = "restore-proven"
	LineStop        = "stop-tested"
	LineCalibration = "calibration"
	LineLeftovers   = "no-leftovers"
)

// lines is the card, in order. drilled: only where there is a drill; called: only
// where people are reached over a channel.
var lines = []struct {
	id, question             string
	machine, drilled, called bool
}{
	{LineIncident, "Is there no live incident?", false, false, false},
	{LineFreeze, "Does no freeze and no business date forbid it?", false, false, false},
	{LineRoles, "Is every role filled, or waived?", true, false, false},
	{LineChannel, "Did enough people answer over the other channel?", true, false, true},
	{LineRollback, "Is the way back known, and rehearsed?", false, true, false},
	{LineBackup, "Is the last back-up younger than the RPO?", false, true, false},
	{LineTopology, "Is the topology the one that was approved?", true, true, false},
	{LineRestore, "Was a restore proven lately?", true, true, false},
	{LineStop, "Was the stop tried?", true, true, false},
	{LineCalibration, "Does the instrument find what is planted?", true, true, false},
	{LineLeftovers, "Is nothing left of earlier drills?", true, true, false},
}

// States of a line.
const (
	LineOpen   = "open"
	LineGo     = "go"
	LineNoGo   = "no-go"
	LineWaived = "waived"
)

func card(g scenarios.GameDay) []Answer {
	called := false
	for _, p := range g.Parts() {
		called = called || p.Channel != ""
	}
	answers := []Answer{}
	for _, l := range lines {
		if l.drilled && g.Scenario == "" || l.called && !called {
			continue
		}
		answers = append(answers, Answer{ID: l.id, Question: l.question, Machine: l.machine, State: LineOpen})
	}
	return answers
}

// Missing are the lines of the card that forbid a go.
func (r Record) Missing() (ids []string) {
	for _, a := range r.Card {
		if a.State != LineGo && a.State != LineWaived {
			ids = append(ids, a.ID)
		}
	}
	return ids
}
