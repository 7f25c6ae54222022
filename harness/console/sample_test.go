package console

import (
	"strings"
	"time"

	"maildrill/harness/exercise"
)

// Codes of the sample.
const (
	rollCode   = "kestrel-4417-marble"
	noticeCode = "walnut-9034-lagoon"
)

func at(d time.Duration) *time.Time { t := time.Now().Add(d).UTC(); return &t }

func number(v float64) *float64 { return &v }

func sample(state exercise.State) exercise.Record {
	r := exercise.Record{
		ID: "2026-12-01-loss-of-the-mail-site", Name: "loss-of-the-mail-site", Title: "Loss of the first mail site", Goal: "Find out whether the second site takes over",
		Form: "functional", State: state, Simulated: true, Created: *at(-48 * time.Hour),
		StopWhen: []string{"A real message is seen in the test path", "The safety officer says so"},
		Card: []exercise.Answer{
			{ID: "topology", Question: "Is the topology the one that was approved?", Machine: true, State: "go", Detail: "digest 4f1c..9a"},
			{ID: "incident", Question: "Is there no incident under way?", State: "open"},
			{ID: "freeze", Question: "Is there no change freeze?", State: "go", By: "Olga Operator"},
			{ID: "rollback", Question: "Was the way back rehearsed?", State: "waived", Detail: "rehearsed last week", By: "Olga Operator"},
		},
		RollCall: &exercise.RollCall{Quorum: 2, Within: 300, Calls: []exercise.Call{
			{Person: "Petra Player", Role: "player", Channel: "chat", Code: exercise.CodeSum(rollCode), Sent: *at(-time.Minute)},
			{Person: "Sam Safety", Role: "safety", Channel: "phone", Code: exercise.CodeSum("x"), Sent: *at(-time.Minute), Answered: at(-20 * time.Second)},
			{Person: "Bo Business", Role: "owner", Channel: "chat", Sent: *at(-time.Minute), Failed: "the room does not answer"},
		}},
		Notices: []exercise.Notice{{ID: "users", When: "before", Channel: "wall", Audience: "support desk", Acknowledge: true, Sent: at(-time.Hour), Code: exercise.CodeSum(noticeCode)}},
		Injects: []exercise.Inject{
			{ID: "site-lost", Title: "The first site loses power", Step: "cut"},
			{ID: "press", Title: "A journalist calls", Due: number(900)},
			{ID: "backup", Title: "The backup is unreadable", Due: number(1500), Surprise: true},
		},
		Steps: []exercise.Step{
			{ID: "declare", Title: "Declare the incident", Role: "comms", Expect: 120, Result: "open"},
			{ID: "switch", Title: "Point MX to the second site", Role: "operator", After: "site-lost", Expect: 300, Result: "open"},
			{ID: "verify", Title: "Send and read a message from outside", Role: "operator", Expect: 60, Result: "open"},
		},
	}
	if state.Playing() {
		r.Started = at(-6 * time.Minute)
		r.Notes = []exercise.Note{{At: *at(-5 * time.Minute), By: "Sven Scribe", Role: "scribe", Kind: "observation", Text: "First alert from the monitoring"}}
	}
	return r
}

func sampleLive() *exercise.Live {
	lane := func(service, pattern string) exercise.Lane {
		words := map[rune]string{'u': "up", 'd': "down", 'g': "degraded", 'n': "none"}
		var cells []string
		for _, c := range pattern {
			cells = append(cells, words[c])
		}
		return exercise.Lane{Service: service, From: *at(-time.Duration(len(pattern)) * time.Second), Cells: cells}
	}
	imap := lane("imap", strings.Repeat("u", 120)+strings.Repeat("d", 84))
	imap.DownSince = at(-84 * time.Second)
	return &exercise.Live{
		At: *at(0), Phase: "fault",
		Lanes:    []exercise.Lane{lane("submission", strings.Repeat("u", 160)+strings.Repeat("g", 44)), lane("mx", strings.Repeat("u", 130)+strings.Repeat("d", 40)+strings.Repeat("u", 34)), imap, lane("pop3", strings.Repeat("n", 90))},
		Counters: exercise.Counters{Offered: 1204, Accepted: 1187, Refused: 3, Queued: 14},
		Windows:  []exercise.Window{{Step: "cut", Kind: "node.crash", On: []string{"mx1", "store1"}, From: at(-90 * time.Second), Proof: "effective"}, {Step: "later", Kind: "disk.loss", On: []string{"store2"}, Proof: "waiting"}},
		Targets:  map[string]float64{"imap": 300, "mx": 120, "submission": 60, "pop3": 600},
	}
}

func sampleShelf() *shelf {
	open, over := sample(exercise.Running), sample(exercise.Closed)
	over.ID, over.Title, over.Verdict, over.Simulated = "2026-09-14-disk-of-the-store", "Disk of the mail store", exercise.Failed, false
	over.Checks = []exercise.Check{{ID: "drill", Verdict: exercise.Passed}, {ID: "runbook-done", Verdict: exercise.Failed}, {ID: "plan-current", Verdict: exercise.Inconclusive}}
	return &shelf{
		exercises: []exercise.Record{open, over},
		programme: []Row{
			{"CP-4", "Test of the contingency plan", []Cell{{"drill", Fresh, at(-30 * 24 * time.Hour), at(300 * 24 * time.Hour), "r-0417"}, {"tabletop", Due, at(-340 * 24 * time.Hour), at(25 * 24 * time.Hour), "x-0009"}}},
			{"CP-9", "Restore from backup", []Cell{{"drill", Overdue, at(-500 * 24 * time.Hour), at(-135 * 24 * time.Hour), "r-0122"}, {"restore", Stale, at(-90 * 24 * time.Hour), nil, "r-0301"}}},
			{"CP-11", "Other ways to reach people", []Cell{{"roll-call", Never, nil, nil, ""}}},
		},
		trends: []Trend{{Name: "rto.imap of backup-mx-takes-over", Unit: "s", Target: number(300), Note: "Not slower than the five runs before.", Points: []Point{
			{*at(-90 * 24 * time.Hour), "r-0100", number(221), "passed"}, {*at(-60 * 24 * time.Hour), "r-0200", number(340), "failed"}, {*at(-40 * 24 * time.Hour), "r-0250", nil, "inconclusive"},
			{*at(-30 * 24 * time.Hour), "r-0300", number(250), "passed"}, {*at(-3 * 24 * time.Hour), "r-0417", number(231), "passed"}}}},
	}
}
