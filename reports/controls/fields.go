package controls

import (
	"slices"

	"maildrill/harness/record"
)

// Field is one thing that a record of a test must tell.
type Field struct {
	ID   string `json:"id"` // "E01" to "E29"
	Name string `json:"name"`
	By   string `json:"by"` // who fills it
	Tell string `json:"tell"`

	human  bool // only people can fill it, after the drill
	filled func(record.Record) (bool, string)
}

// Filled tells whether a record fills the field. where is the place in the
// record with what stands there, or what is missing.
func (f Field) Filled(r record.Record) (ok bool, where string) { return f.filled(r) }

// Fields are the evidence fields, in their order.
var Fields = []Field{
	{"E01", "record", "maildrill", "id, title, classification", false, identity},
	{"E02", "type of exercise", "the plan", "from a talk at a table to the whole system, or automated", false, exercise},
	{"E03", "dates", "maildrill", "when it was started and ended", false, dates},
	{"E04", "scope", "maildrill and the plan", "services, nodes, images by digest, exclusions", false, scope},
	{"E05", "fidelity", "the plan", "environment, and differences from production", false, fidelity},
	{"E06", "basis", "the plan", "impact analysis, risk, plan with version, runbook", false, basis},
	{"E07", "scenario", "maildrill", "faults with their targets, digest of the scenario, seed", false, scenario},
	{"E08", "objectives", "maildrill and the plan", "targets, their owner, when they were approved", false, objectives},
	{"E09", "participants", "the game day", "roles, names, organisations, intended and attended", false, participants},
	{"E10", "authorisation", "the game day", "approver, change, blast radius, when to stop", false, authorisation},
	{"E11", "method", "maildrill", "version and digest of the tool, seed, what was planted and found", false, method},
	{"E12", "timeline", "maildrill and people", "what happened when, of machines and people", false, timeline},
	{"E13", "steps", "maildrill and people", "planned, carried out, left out, failed", false, steps},
	{"E14", "results", "maildrill", "measured intervals and a verdict for each objective", false, results},
	{"E15", "data integrity", "maildrill", "the account of every message", false, integrity},
	{"E16", "backup and restore", "maildrill", "the set, its age, what was restored where, and how it was checked", false, restore},
	{"E17", "switchover and switchback", "maildrill", "the alternate, time on it, return to the primary", false, switchover},
	{"E18", "communications", "the game day", "who was told by which channel, and when they answered", false,
		absent("who was told what, and by which channel, is not in the record: hold a game day")},
	{"E19", "deviations", "maildrill and the debrief", "what went otherwise than planned", false, deviations},
	{"E20", "lessons", "the debrief", "strengths, lessons, ratings", true, absent("nobody wrote down lessons: hold a debrief")},
	{"E21", "corrective actions", "the debrief", "owner, due date, cause, state, retest", true, absent("nobody wrote down corrective actions: hold a debrief")},
	{"E22", "risk acceptances", "the debrief", "what, by whom, until when", true, absent("nobody wrote down accepted risks: hold a debrief")},
	{"E23", "sign-off", "people", "reviewer, independence, date, signature", true, absent("nobody signed the record")},
	{"E24", "reporting to management", "people", "when it was put before the management body", true, absent("nobody wrote down who in management was told")},
	{"E25", "integrity of the record", "maildrill", "manifest, signature, register", false, absent("the record cannot vouch for itself: verify its manifest and its place in the register")},
	{"E26", "history", "maildrill", "earlier results, trend, what is overdue", false, absent("one record has no history: look at the runs of the period together")},
	{"E27", "security while degraded", "maildrill", "encryption, authentication and no relaying, while faults were on", false, guarded},
	{"E28", "capacity while degraded", "maildrill", "backlog, its drain, the load that was carried", false, capacity},
	{"E29", "documents changed", "people", "version of plan and runbook before and after", true, absent("nobody wrote down which documents were changed")},
}

func field(id string) (Field, bool) {
	i := slices.IndexFunc(Fields, func(f Field) bool { return f.ID == id })
	if i < 0 {
		return Field{}, false
	}
	return Fields[i], true
}

// absent is a field that no record of this version fills.
func absent(why string) func(record.Record) (bool, string) {
	return func(record.Record) (bool, string) { return false, why }
}
