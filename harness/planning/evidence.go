package planning

import (
	"slices"
	"strings"

	"maildrill/harness/record"
	"maildrill/scenarios"
)

// audit refuses an audit drill that could only become a record that is no
// evidence: on simulated servers, or without what only people know. A value
// that could not be decoded is not called missing: the loader has told of it.
func (c *compiler) audit(doc *scenarios.Document) {
	s := c.plan.Scenario
	if !s.Audit {
		return
	}
	if c.can != nil && c.can.Simulated {
		c.add("audit", "an audit drill on simulated servers would be evidence of nothing: take --runtime docker, or --set audit=false to try it out", "")
	}
	hint := "; `maildrill evidence template` prints a file to fill in, for --evidence"
	for _, w := range evidence(s.Evidence).Wanting() {
		path := "evidence." + w.Path
		if slices.Contains(listed, w.Path) && doc.Scalar(path) != "" {
			continue // a word that the loader has refused
		}
		if s.Evidence == nil {
			path = "audit"
		}
		c.add(path, "an audit needs "+w.Field+": "+w.Why+hint, "")
		hint = ""
	}
}

// listed are the keys of which only certain words can be decoded.
var listed = []string{"exercise", "environment"}

// evidence as the record has it; nil if the scenario has none.
func evidence(e *scenarios.Evidence) *record.Evidence {
	if e == nil {
		return nil
	}
	out := record.Evidence{
		Exercise: e.Exercise, Environment: e.Environment, Differences: e.Differences, Exclusions: e.Exclusions,
		Basis: record.Basis(e.Basis), Objectives: record.Mandate(e.Objectives), Authorisation: record.Authorisation(e.Authorisation),
		Classification: e.Classification,
	}
	for _, p := range e.Participants {
		out.Participants = append(out.Participants, record.Participant(p))
	}
	return &out
}

// auditSentence says what an audit drill asks for.
func auditSentence(s scenarios.Scenario) string {
	if !s.Audit {
		return ""
	}
	return "the record is meant for an audit: it needs " + strings.Join(record.Demanded(), ", ") +
		" from people, real servers, and cannot pass without"
}
