// Package exercisetest makes records of exercises by hand, for tests: a game day
// that loses the primary store, and a phishing tabletop. Only tests import it.
package exercisetest

import (
	"encoding/json"
	"time"

	"maildrill/harness/exercise"
)

// Names are those of the people in the records.
var Names = []string{"Ines Okafor", "Jonas Brandt", "Mira Vance", "Tomas Lindqvist", "Priya Raman", "Leo Castellanos", "Ruth Adeyemi"}

// start is when play began.
var start = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)

func at(seconds float64) time.Time { return start.Add(time.Duration(seconds * float64(time.Second))) }

func moment(seconds float64) *time.Time { t := at(seconds); return &t }

func number(v float64) *float64 { return &v }

const digest = "3f1c9b0d77aa41e6b2c5d8e9f00112233445566778899aabbccddeeff0011223"

// LostStore is a game day with all its parts: the primary store is lost, people
// restore from the back-up, one check is missed.
func LostStore() exercise.Record {
	r := exercise.Record{
		Schema: exercise.Schema, ID: "gd-2026-11-lost-store", Name: "lost-primary-store", Title: "The primary store is lost",
		Story: "The disk of the primary mailbox store fails on a working day.", Goal: "Mailboxes are readable again within the hour, and the plan is good enough to follow.",
		Form: "functional", State: exercise.Signed, SHA256: digest,
		Mitigations: []string{"backups", "training"}, Causes: []string{"disk-failure"}, Controls: []string{"nist80053:CP-4"},
		Scenario: "primary-store-lost", Planned: moment(0), Created: at(-6 * 86400), Started: moment(0), Ended: moment(3000), Held: 120, Fault: moment(300),
		Plan:        exercise.Plan{Document: "Mail recovery plan", Version: "4.2", Reviewed: "2026-09-30", WithinDays: 365, Topology: digest, Runbook: "binder, page 12"},
		StopWhen:    []string{"A real message is seen in the test path", "A replica outside of the drill is touched"},
		Differences: []string{"Ten mailboxes instead of four thousand"}, ReportTo: []string{"The board, in its next meeting"},
		Events: 8, Head: "9e107d9d372bb6826bd81d3542a419d69e107d9d372bb6826bd81d3542a419d6", Verdict: exercise.Failed,
	}
	cast(&r)
	asked(&r)
	played(&r)
	drilled(&r)
	after(&r)
	return r
}

// cast is who took part, and how they were reached.
func cast(r *exercise.Record) {
	r.People = []exercise.Person{
		{Role: "owner", Name: Names[0], Channel: "chat", Trained: "2026-05-11", WithinDays: 365, Acted: Names[0]},
		{Role: "approver", Name: Names[6], Channel: "phone", Trained: "2026-01-20", WithinDays: 365, Acted: Names[6]},
		{Role: "coordinator", Name: Names[1], Deputy: Names[4], Channel: "chat", Trained: "2026-05-11", WithinDays: 365, Acted: Names[4]},
		{Role: "player", Name: Names[2], Channel: "phone", Trained: "2025-02-01", WithinDays: 365, Acted: Names[2]},
		{Role: "scribe", Name: Names[3], Channel: "chat", Trained: "2026-05-11", WithinDays: 365, Acted: Names[3]},
		{Role: "safety-officer", Name: Names[5], Channel: "phone", Trained: "2026-05-11", WithinDays: 365},
		{Role: "comms-lead", Waived: "the coordinator speaks for the exercise"},
	}
	r.Channels = []exercise.Channel{{ID: "chat", Kind: "matrix", Provider: "chat.example", DependsOn: []string{"sso"}}, {ID: "phone", Kind: "exec", Provider: "phone gateway"}}
	r.RollCall = &exercise.RollCall{Quorum: 4, Within: 300, Calls: []exercise.Call{
		{Person: Names[0], Role: "owner", Channel: "chat", Code: digest, Sent: at(-1800), Answered: moment(-1768), Via: "console"},
		{Person: Names[4], Role: "coordinator", Channel: "chat", Code: digest, Sent: at(-1800), Answered: moment(-1745), Via: "console"},
		{Person: Names[2], Role: "player", Channel: "phone", Code: digest, Sent: at(-1800), Answered: moment(-1380), Via: "terminal"},
		{Person: Names[3], Role: "scribe", Channel: "chat", Code: digest, Sent: at(-1800), Answered: moment(-1700), Via: "console"},
		{Person: Names[6], Role: "approver", Channel: "phone", Code: digest, Sent: at(-1800), Answered: moment(-1650), Via: "terminal"},
		{Person: Names[5], Role: "safety-officer", Channel: "phone", Sent: at(-1800), Failed: "the gateway answered 503"},
	}}
	r.Notices = []exercise.Notice{
		{ID: "desk", When: "before", Lead: 86400, Channel: "chat", Audience: "service desk", Text: "EXERCISE: the replica of the mail store will be broken.", Acknowledge: true,
			Sent: moment(-90000), Code: digest, Answered: moment(-86000), AnsweredBy: "Desk Person"},
		{ID: "all-clear", When: "after", Channel: "chat", Audience: "everybody", Text: "EXERCISE: it is over.", Sent: moment(3060)},
		{ID: "board", When: "after", Channel: "phone", Audience: "board", Text: "EXERCISE: result follows.", Failed: "nobody took the call"},
	}
}

// asked is what was believed, and whether one might begin.
func asked(r *exercise.Record) {
	r.Hypotheses = []exercise.Hypothesis{
		{ID: "h1", Text: "The store is readable again within 30 minutes.", Objective: "rto.imap", Outcome: "refuted", Why: "rto.imap failed", By: "maildrill"},
		{ID: "h2", Text: "The desk hears of it before users call.", Outcome: "confirmed", Why: "The alert came first.", By: Names[4]},
		{ID: "h3", Text: "The runbook needs no expert.", Outcome: "open"},
	}
	r.Card = []exercise.Answer{
		{ID: "no-incident", Question: "Is there no live incident?", State: "go", By: Names[4], At: moment(-900)},
		{ID: "backup-age", Question: "Is the last back-up younger than the RPO?", State: "go", Detail: "2 h old", By: Names[4], At: moment(-880)},
		{ID: "stop-tested", Question: "Was the stop tried?", Machine: true, State: "go", Detail: "removed a planted fault in 1.2 s", By: "maildrill", At: moment(-870)},
		{ID: "calibration", Question: "Does the instrument find what is planted?", Machine: true, State: "waived", Detail: "calibrated yesterday", By: Names[0], At: moment(-860)},
	}
	r.Transitions = []exercise.Transition{
		{At: at(-5 * 86400), From: exercise.Draft, To: exercise.Approved, By: Names[6], Role: "approver", Why: "as planned for the quarter"},
		{At: at(-3600), From: exercise.Approved, To: exercise.Briefed, By: Names[4], Role: "coordinator"},
		{At: at(-300), From: exercise.Briefed, To: exercise.Go, By: Names[6], Role: "approver"},
		{At: at(0), From: exercise.Go, To: exercise.Running, By: Names[4], Role: "coordinator"},
		{At: at(1500), From: exercise.Running, To: exercise.Hold, By: Names[5], Role: "safety-officer", Why: "a pager outside of the exercise went off"},
		{At: at(1620), From: exercise.Hold, To: exercise.Running, By: Names[4], Role: "coordinator"},
		{At: at(3000), From: exercise.Running, To: exercise.Recovered, By: Names[4], Role: "coordinator"},
		{At: at(3300), From: exercise.Recovered, To: exercise.Debrief, By: Names[4], Role: "coordinator"},
		{At: at(90000), From: exercise.Debrief, To: exercise.Signed, By: Names[0], Role: "owner"},
	}
}

// played is what happened, and what people did.
func played(r *exercise.Record) {
	r.Injects = []exercise.Inject{
		{ID: "disk", Title: "The disk of store1 fails", Text: "EXERCISE EXERCISE EXERCISE users report errors.", Channel: "chat", Step: "break-store", Due: number(300), Released: moment(300), By: "maildrill"},
		{ID: "press", Title: "A journalist calls", Channel: "phone", Surprise: true, Asked: moment(1900), Released: moment(1905), By: Names[4], Failed: "nobody took the call"},
		{ID: "second", Title: "The second store slows down", Surprise: true},
	}
	r.Steps = []exercise.Step{
		{ID: "confirm", Title: "Confirm that the store is gone", Role: "player", After: "disk", Expect: 300, Began: moment(360), Ended: moment(540), Result: "done", By: Names[2], Took: number(240)},
		{ID: "restore", Title: "Restore from the back-up", Role: "player", Releases: "restore-store", Expect: 900, Began: moment(600), Ended: moment(2100), Result: "done", By: Names[2],
			Note: "page 12 names a server that is gone; used its successor", Took: number(1560)},
		{ID: "tell", Title: "Tell the desk", Role: "coordinator", Expect: 120, Result: "skipped", By: Names[4], Note: "the desk had called already"},
		{ID: "verify", Title: "Read a restored mailbox", Role: "player", Began: moment(2160), Ended: moment(2400), Result: "failed", By: Names[2], Note: "one folder was empty"},
		{ID: "return", Title: "Return to the primary", Role: "player", Result: "open"},
	}
	r.Marks = []exercise.Mark{
		{Kind: "detected", At: at(372), By: Names[3]}, {Kind: "declared", At: at(600), By: Names[4]}, {Kind: "restored", At: at(2130), By: Names[2]},
		{Kind: "verified", At: at(2450), By: Names[2]},
	}
	r.Notes = []exercise.Note{
		{At: at(345), By: Names[3], Role: "scribe", Kind: "observation", Text: "The alert of imap is on the wall."},
		{At: at(610), By: Names[4], Role: "coordinator", Kind: "decision", Text: "We restore from the back-up; Mira Vance leads."},
		{At: at(1200), By: Names[2], Kind: "action", Text: "Looked for the name of the restore host."},
	}
	r.Leaders = []exercise.Leader{{PID: 4711, Took: at(-10), Left: moment(1000), Lost: true}, {PID: 4800, Took: at(1010), Left: moment(3100)}}
}

// drilled is what the machine measured.
func drilled(r *exercise.Record) {
	r.Drill = &exercise.Drill{Run: "01JDX7Q0T5", Folder: "01JDX7Q0T5-primary-store-lost", Started: at(-60), Ended: moment(2990), Verdict: "failed", Reason: "rto.imap took longer than allowed",
		AsDeclared: true, Accepted: 1204, Delivered: 1204, Length: 3050, SHA256: digest,
		Objectives: []exercise.Objective{
			{Name: "rto.imap", Target: "at most 1800 s", Measured: "1821 to 1824 s", High: number(1824), Verdict: "failed", Reason: "longer than allowed"},
			{Name: "loss", Target: "at most 0 copies", Measured: "0 copies", High: number(0), Verdict: "passed"},
			{Name: "detect", Target: "at most 60 s", Measured: "41 to 43 s", High: number(43), Verdict: "passed"},
		},
		Outages: []exercise.Outage{{Service: "imap", Low: 1821, High: number(1824)}, {Service: "webmail", Low: 1900}},
		Faults:  []exercise.Fault{{Step: "break-store", Kind: "disk.lost", On: []string{"store1"}, Injected: moment(301), Reverted: moment(2980), Effective: true, Exercised: 37, Clean: true}},
	}
	r.Levels = []exercise.Level{{Provider: "storage.example", Service: "imap", Recovery: 3600, Availability: 99.5, Longest: number(1824), Observed: number(40.1)}}
	r.Facts = &exercise.Facts{At: at(3100), Topology: digest, Programme: "mail-2026", Overdue: []string{}, Followed: 1, Open: []string{"gd-2026-06/a2: label the tapes"}, Compared: 3, Regressions: []string{}}
	r.Checks = []exercise.Check{
		{ID: "plan-current", Title: "The plan is current", Measured: "reviewed 55 days ago", Verdict: exercise.Passed, Requirements: []string{"training"}},
		{ID: "rollcall", Title: "People can be reached without mail", Measured: "4 of 6 within 300 s", Verdict: exercise.Passed, Requirements: []string{"training", "alternative-communication"}},
		{ID: "drill", Title: "The machines recover", Measured: "failed", Verdict: exercise.Failed, Reason: "rto.imap took longer than allowed", Requirements: []string{"backups"}},
		{ID: "trained", Title: "Everybody is trained", Measured: "4 of 5", Verdict: exercise.Failed, Reason: "one training is older than 365 days", Requirements: []string{"training"}},
		{ID: "levels", Title: "The service levels were kept", Measured: "availability not known", Verdict: exercise.Inconclusive, Reason: "the drill was shorter than the period"},
	}
	r.Expect = &exercise.Expect{Verdict: exercise.Failed, Checks: []string{"drill"}, Reason: "the back-up host is slow", Met: false}
}

// after is what people said of it.
func after(r *exercise.Record) {
	r.Findings = []exercise.Finding{
		{ID: "f1", At: at(3400), By: Names[3], Text: "The plan names a server that is gone.", Analysis: "Nobody changes the plan with the servers.", Cause: "The plan is not part of the change.", Section: "page 12", Severity: "high"},
		{ID: "f2", At: at(3500), By: Names[2], Text: "One folder was empty after the restore.", Severity: "medium"},
	}
	closed := at(5 * 86400)
	r.Actions = []exercise.Action{
		{ID: "a1", Finding: "f1", Title: "Correct page 12", Owner: Names[2], Due: "2026-12-15", Priority: "high", Status: "verified", Created: at(3600), Closed: &closed, Run: "01JDZZZZ01"},
		{ID: "a2", Finding: "f2", Title: "Find out why the folder was empty", Owner: Names[1], Due: "2027-01-15", Priority: "medium", Status: "open", Created: at(3700)},
		{ID: "a3", Title: "=HYPERLINK(\"http://evil.test\") buy faster disks", Owner: Names[0], Due: "2027-02-01", Priority: "low", Status: "accepted", Created: at(3800)},
	}
	r.Risks = []exercise.Acceptance{{Action: "a3", What: "A restore takes longer than half an hour.", By: Names[0], Until: "2027-06-30"}}
	r.HotWash = []exercise.HotWash{
		{At: at(3310), By: Names[2], Role: "player", WentWell: "The alert was loud and clear.", Surprised: "The restore host had another name.", Slowed: "Looking for the name of the host.", Change: "Print the runbook."},
		{At: at(3320), By: Names[3], Role: "scribe", WentWell: "Everybody spoke in one channel."},
	}
	r.Ratings = []exercise.Rating{{Capability: "Restore of mailboxes", Rating: "M", Why: "Half an hour was not enough.", By: Names[0]}, {Capability: "Communication without mail", Rating: "P", By: Names[0]}}
	r.Signatures = []exercise.Signature{{Role: "owner", Name: Names[0], At: at(90000), Record: digest}, {Role: "reviewer", Name: "Outside Reviewer", At: at(90500), Record: digest}}
}

// Events are lines of the log of [LostStore], as far as a report reads them.
func Events() []exercise.Event {
	var all []exercise.Event
	add := func(seconds float64, by, role, kind string, data any) {
		raw, err := json.Marshal(data)
		if err != nil {
			panic(err) // ours
		}
		all = append(all, exercise.Event{N: len(all) + 1, At: at(seconds), By: by, Role: role, Via: "terminal", Kind: kind, Data: raw, Prev: digest})
	}
	add(-6*86400, Names[4], "coordinator", exercise.Created, exercise.Making{ID: "gd-2026-11-lost-store", SHA256: digest})
	add(301, "maildrill", "maildrill", exercise.DrillSaid, exercise.Progress{Kind: "fault", Step: "break-store", Node: "store1", Text: "disk.lost is in effect, proven by 3 failed writes"})
	add(700, Names[4], "coordinator", exercise.Said, exercise.Saying{Kind: "status", Channel: "chat", Text: "EXERCISE: we are restoring."})
	add(1700, Names[4], "coordinator", exercise.Said, exercise.Saying{Kind: "status", Channel: "phone", Text: "EXERCISE: half of it is back.", Failed: "the gateway answered 503"})
	for _, status := range []string{"open", "done", "verified"} {
		add(3600+float64(len(all)), Names[0], "owner", exercise.ActionChanged, exercise.Action{ID: "a1", Status: status})
	}
	add(3700, Names[0], "owner", exercise.ActionChanged, exercise.Action{ID: "a2", Status: "open"})
	return all
}

// Phishing is a tabletop: no machine takes part, much is empty, nobody signed.
func Phishing() exercise.Record {
	return exercise.Record{
		Schema: exercise.Schema, ID: "tt-2026-10-phishing", Name: "phishing-tabletop", Title: "A mailbox is taken over by phishing",
		Goal: "Everybody knows whom to tell, and over what.", Form: "tabletop", State: exercise.Recovered, SHA256: digest,
		Mitigations: []string{"training"}, Causes: []string{"security-breach"}, Created: at(-40 * 86400), Started: moment(-35 * 86400), Ended: moment(-35*86400 + 2700),
		Plan:       exercise.Plan{Document: "Incident plan", WithinDays: 365},
		People:     []exercise.Person{{Role: "owner", Name: Names[0], Acted: Names[0]}, {Role: "player", Name: Names[2], Acted: Names[2]}},
		Hypotheses: []exercise.Hypothesis{{ID: "h1", Text: "The account is locked within 15 minutes.", Outcome: "confirmed", By: Names[0]}},
		Injects:    []exercise.Inject{{ID: "mail", Title: "A colleague opens the attachment", Due: number(0), Released: moment(-35 * 86400), By: "maildrill"}},
		Steps:      []exercise.Step{{ID: "lock", Title: "Lock the account", Role: "player", Expect: 900, Began: moment(-35*86400 + 100), Ended: moment(-35*86400 + 400), Result: "done", By: Names[2], Took: number(400)}},
		Notes:      []exercise.Note{{At: at(-35*86400 + 200), By: "a guest", Kind: "observation", Text: "Nobody knew the number of the desk."}},
		Transitions: []exercise.Transition{
			{At: at(-35 * 86400), From: exercise.Go, To: exercise.Running, By: Names[0], Role: "owner"},
			{At: at(-35*86400 + 2700), From: exercise.Running, To: exercise.Recovered, By: Names[0], Role: "owner"},
		},
		Checks: []exercise.Check{
			{ID: "injects", Title: "All injects were played", Measured: "1 of 1", Verdict: exercise.Passed, Requirements: []string{"training"}},
			{ID: "plan-current", Title: "The plan is current", Measured: "no data", Verdict: exercise.Inconclusive, Reason: "the plan has no day of review"},
		},
		Verdict: exercise.Inconclusive, Events: 12, Head: digest,
	}
}
