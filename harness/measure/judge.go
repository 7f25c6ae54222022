package measure

import (
	"cmp"
	"time"

	"maildrill/harness/measure/mailstore"
	"maildrill/harness/record"
)

// inquiry is one history under judgement.
type inquiry struct {
	story    *story
	survey   *survey
	rules    *rules
	absence  absence
	proven   bool // absence is
	accounts *accounts
	setbacks []*setback
	grading  *grading
	faults   []record.Fault // one per step of the story, in its order
	services map[string]service
	timing   *timing
	stored   *mailstore.Mail // nil: none was asked for
	security *record.Security
}

// Judge turns a history into the record. It is pure: the same history gives
// the same record, byte for byte. It returns an error only if the history
// cannot be read at all; an unsound history is a verdict (error), not an error.
//
// The ledger is read twice, a third time if anything is lost, and never held
// in memory.
func Judge(h History) (record.Record, error) { return judge(h, soundRules()) }

func judge(h History, by *rules) (record.Record, error) {
	q, err := examine(h, by)
	if err != nil {
		return record.Record{}, err
	}
	if err := q.readAgain(h.Ledger); err != nil {
		return record.Record{}, err
	}
	rows, failed := q.pass()
	var objectives []record.Objective
	for _, o := range q.story.spec.Objectives {
		objectives = append(objectives, q.judge(o, failed))
	}
	r := q.identify()
	r.Objectives, r.Gates, r.Faults, r.Actions = objectives, rows, q.faults, q.story.acted()
	r.Times = q.timesRow()
	r.LossGrades, r.DuplicateCauses = q.grading.grades(), q.survey.causes()
	r.Accounting, r.Problems = q.accounts.Accounting, q.accounts.problems(q.notes(r.DuplicateCauses))
	for key, s := range q.services {
		r.Services[key] = s.Service
	}
	r.Stored, r.Accounting.Resurrected = q.stored.Record(), q.stored.Resurrected()
	r.Verdict, r.Reason = q.conclude(objectives, rows)
	r.Dirty, r.Lacking = q.dirty(), q.lacking()
	r.Host, r.Security, r.Backscatter = q.story.host(), q.security, q.story.strays
	r.Confidence = q.story.spec.Series.confidence(r.Verdict, r.Dirty)
	r.Expect = expected(r, q.story.spec.Expect)
	return r, nil
}

// examine reads the history in the order in which its parts need each other.
func examine(h History, by *rules) (*inquiry, error) {
	s, err := read(h.Events, by)
	if err != nil {
		return nil, err
	}
	q := &inquiry{story: s, rules: by, services: map[string]service{}, stored: mailstore.Judge(h.Events, s.defects.add, by.stored)}
	if q.survey, err = s.survey(h.Ledger); err != nil {
		return nil, err
	}
	q.absence = s.absence(h.Ledger.Torn(), len(s.scans))
	if why := q.survey.reopened(); why != "" {
		q.absence.disagree = cmp.Or(q.absence.disagree, why)
	}
	q.absence.unreadable = q.survey.illegibles()
	q.proven = by.proven(q.absence)
	q.security = s.security()
	q.accounts = q.survey.account(q.proven, h.Ledger.Torn() != "", s.scans)
	for i, st := range s.steps {
		q.faults = append(q.faults, st.fault(q.survey.exposures[i].exercised()))
	}
	for _, key := range append(sortedKeys(s.probes), s.spec.Services...) {
		q.services[key] = s.observe(key)
	}
	return q, nil
}

// rpoTarget is the time that the scenario allows a loss to reach back.
func (q *inquiry) rpoTarget() time.Duration {
	for _, o := range q.story.spec.Objectives {
		if o.Name == "rpo" {
			return duration(o.Max)
		}
	}
	return 0
}

// identify fills in what the record says about the run itself.
func (q *inquiry) identify() record.Record {
	spec := q.story.spec
	r := record.Record{
		Schema: record.Schema, Run: spec.Run, Scenario: spec.Scenario, Simulated: spec.Simulated, Audit: spec.Audit, Evidence: spec.Evidence,
		Clock: spec.Clock, Tuned: q.story.start.Tuned, Phases: q.story.phases,
		Services: map[string]record.Service{}, Environment: q.story.start.Environment, Topology: spec.Topology,
	}
	if r.Run.Started == "" {
		r.Run.Started = q.story.start.Wall
	}
	if q.story.ending != nil {
		r.Run.Ended = q.story.ending.Wall
	}
	return r
}

func expected(r record.Record, e *record.Expect) *record.Expect {
	if e == nil {
		return nil
	}
	out := *e
	out.Met = r.Meets(*e)
	return &out
}
