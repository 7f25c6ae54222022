package exercise

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"maildrill/scenarios"
)

// tabletop is one of two people that answers every requirement.
func tabletop() scenarios.GameDay {
	at := scenarios.Duration(time.Minute)
	return scenarios.GameDay{
		Form: "tabletop", Goal: "see", Metadata: scenarios.Metadata{Name: "table", Mitigations: []string{"dr-plan", "regular-testing", "training", "maintenance-notice", "communication", "review"}},
		Plan: scenarios.RecoveryPlan{Document: "Plan", Version: "1", Reviewed: "2026-06-01"},
		Roles: []scenarios.Role{
			{Role: "operator", Name: "Ann", Deputy: "Abe", Channel: "chat", Trained: "2026-05-01"},
			{Role: "approver", Name: "Bea", Channel: "chat", Trained: "2026-05-01"},
		},
		Channels:   []scenarios.Channel{{ID: "chat", Kind: "wall"}},
		Hypotheses: []scenarios.Hypothesis{{ID: "h1", Text: "it works"}},
		Notices: []scenarios.Notice{
			{ID: "before", When: "before", Lead: scenarios.Duration(time.Hour), Channel: "chat", Audience: "users", Text: "soon"},
			{ID: "during", When: "during", Channel: "chat", Audience: "support", Text: "now", Acknowledge: true},
			{ID: "after", When: "after", Channel: "chat", Audience: "users", Text: "done"},
		},
		Injects: []scenarios.Inject{{ID: "mail", Title: "a mail", Text: "look", At: &at}, {ID: "call", Title: "a call", Text: "ring"}},
		Runbook: []scenarios.RunbookStep{{ID: "report", Title: "report it", Expect: scenarios.Duration(5 * time.Minute), After: "mail"}},
	}
}

// play is a game day with a log that grows by a minute a line.
type play struct {
	t      *testing.T
	day    scenarios.GameDay
	now    time.Time
	events []Event
}

func begun(t *testing.T, change func(*scenarios.GameDay)) *play {
	p := &play{t: t, day: tabletop(), now: time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)}
	if change != nil {
		change(&p.day)
	}
	p.must("Ann", "", Created, Making{ID: "x1", Seed: 7})
	return p
}

// try adds a line if the exercise takes it.
func (p *play) try(by, role, kind string, data any) error {
	b, err := json.Marshal(data)
	if err != nil {
		p.t.Fatal(err)
	}
	p.now = p.now.Add(time.Minute)
	e := Event{N: len(p.events) + 1, At: p.now, By: by, Role: role, Via: "terminal", Kind: kind, Data: b}
	if _, err := Fold(p.day, append(slices.Clone(p.events), e)); err != nil {
		return err
	}
	p.events = append(p.events, e)
	return nil
}

func (p *play) must(by, role, kind string, data any) {
	p.t.Helper()
	if err := p.try(by, role, kind, data); err != nil {
		p.t.Fatal(err)
	}
}

func (p *play) move(by, role string, to State) {
	p.t.Helper()
	p.must(by, role, StateChanged, Move{To: to})
}

func (p *play) machine(kind string, data any) {
	p.t.Helper()
	p.must(machine, machine, kind, data)
}

func (p *play) record() Record {
	p.t.Helper()
	r, err := Fold(p.day, p.events)
	if err != nil {
		p.t.Fatal(err)
	}
	return r
}

// whole plays the tabletop so that every check passes, but for what skip names.
func whole(t *testing.T, change func(*scenarios.GameDay), skip ...string) *play {
	p := begun(t, change)
	does := func(what string, do func()) {
		if !slices.Contains(skip, what) {
			do()
		}
	}
	does("before", func() { p.must("Ann", operator, NoticeSent, Sending{ID: "before"}) })
	p.now = p.now.Add(2 * time.Hour)
	p.move("Bea", approver, Approved)
	p.move("Ann", operator, Briefed)
	does("roll", func() {
		p.must("Ann", operator, RollCalled, Calling{Person: "Ann", Role: operator, Channel: "chat", Code: "c1"})
		p.must("Ann", operator, RollCalled, Calling{Person: "Bea", Role: approver, Channel: "chat", Code: "c2"})
		p.must("somebody", "", RollAnswered, Code{"c1"})
		does("reach", func() { p.must("somebody", "", RollAnswered, Code{"c2"}) })
	})
	for _, a := range p.record().Card {
		if a.Machine {
			p.machine(CardAnswered, CardAnswer{ID: a.ID, State: LineGo})
		} else {
			p.must("Ann", operator, CardAnswered, CardAnswer{ID: a.ID, State: LineGo})
		}
	}
	p.move("Bea", approver, Go)
	p.move("Ann", operator, Running)
	p.machine(InjectReleased, Release{ID: "mail"})
	p.must("Ann", operator, NoticeSent, Sending{ID: "during", Code: "n1"})
	does("acknowledge", func() { p.must("desk", "", NoticeAnswered, Code{"n1"}) })
	does("step", func() { p.must("Ann", operator, StepChanged, StepChange{ID: "report", Result: "done"}) })
	p.move("Ann", operator, Recovered)
	p.machine(FactsSeen, Facts{Programme: "year", Overdue: []string{}, Followed: 1, Open: []string{}, Compared: 1, Regressions: []string{}})
	does("after", func() { p.must("Ann", operator, NoticeSent, Sending{ID: "after"}) })
	does("judge", func() { p.must("Ann", operator, Judged, Judgement{ID: "h1", Outcome: "confirmed"}) })
	return p
}

func TestAWholeExercisePasses(t *testing.T) {
	r := whole(t, nil).record()
	for _, c := range r.Checks {
		if c.Verdict != Passed {
			t.Errorf("%s: %s, %s (%s)", c.ID, c.Verdict, c.Reason, c.Measured)
		}
	}
	if r.Verdict != Passed || len(r.Checks) < 10 {
		t.Errorf("%s of %d checks", r.Verdict, len(r.Checks))
	}
	for id, checks := range Requirements() {
		for _, c := range r.Checks {
			if slices.Contains(checks, c.ID) && !slices.Contains(c.Requirements, id) {
				t.Errorf("%s does not say that it is for %s", c.ID, id)
			}
		}
		if id != "vendor-sla" && !slices.Contains(r.Mitigations, id) {
			t.Errorf("%s is not tried here", id)
		}
	}
}

// Each defect is planted alone, and the check that looks for it goes red.
func TestEachDefectIsFound(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*scenarios.GameDay)
		skip   string
		facts  *Facts
		check  string
		want   Verdict
	}{
		"an unreachable contact":        {skip: "reach", check: "contacts-reached", want: Failed},
		"no roll-call":                  {skip: "roll", check: "contacts-reached", want: Inconclusive},
		"a notice that was not sent":    {skip: "before", check: "notices-sent", want: Failed},
		"a notice that was sent late":   {change: func(g *scenarios.GameDay) { g.Notices[0].Lead = scenarios.Duration(48 * time.Hour) }, check: "notices-sent", want: Failed},
		"nobody acknowledges":           {skip: "acknowledge", check: "announcements-acknowledged", want: Failed},
		"a plan that was not reviewed":  {change: func(g *scenarios.GameDay) { g.Plan.Reviewed = "2024-01-01" }, check: "plan-current", want: Failed},
		"an untrained role":             {change: func(g *scenarios.GameDay) { g.Roles[1].Trained = "" }, check: "roles-trained", want: Failed},
		"a training that is too old":    {change: func(g *scenarios.GameDay) { g.Roles[1].Trained = "2020-01-01" }, check: "roles-trained", want: Failed},
		"a step that was not done":      {skip: "step", check: "runbook-done", want: Failed},
		"a hypothesis that stays open":  {skip: "judge", check: "hypotheses", want: Inconclusive},
		"an overdue programme":          {facts: &Facts{Programme: "year", Overdue: []string{"restore"}, Followed: 1, Compared: 1}, check: "programme-current", want: Failed},
		"no programme":                  {facts: &Facts{Followed: 1, Compared: 1}, check: "programme-current", want: Inconclusive},
		"an action past its date":       {facts: &Facts{Programme: "year", Followed: 1, Open: []string{"A1"}, Compared: 1}, check: "actions-followed", want: Failed},
		"a regression nobody looked at": {facts: &Facts{Programme: "year", Followed: 1, Compared: 3, Regressions: []string{"rto"}}, check: "regression-followed", want: Failed},
		"nothing to compare with":       {facts: &Facts{Programme: "year", Followed: 1}, check: "regression-followed", want: Inconclusive},
		"a role that nobody plays": {change: func(g *scenarios.GameDay) {
			g.Roles = append(g.Roles, scenarios.Role{Role: player, Name: "Cem", Trained: "2026-05-01"})
		}, check: "roles-filled", want: Failed},
	} {
		t.Run(name, func(t *testing.T) {
			p := whole(t, c.change, c.skip)
			if c.facts != nil {
				p.machine(FactsSeen, *c.facts)
			}
			r := p.record()
			if r.Verdict != c.want {
				t.Errorf("the exercise is %s, want %s", r.Verdict, c.want)
			}
			for _, k := range r.Checks {
				if k.ID == c.check && (k.Verdict != c.want || k.Reason == "") {
					t.Errorf("%s is %s (%s), want %s", k.ID, k.Verdict, k.Reason, c.want)
				} else if k.ID != c.check && k.Verdict != Passed {
					t.Errorf("%s is %s too: %s", k.ID, k.Verdict, k.Reason)
				}
			}
		})
	}
}

// An action that was verified excuses the regression that it names, and no other.
func TestARegressionNeedsItsOwnAction(t *testing.T) {
	r := Record{Facts: &Facts{Compared: 3, Regressions: []string{"rto.mx: 40, before 10"}}, Findings: []Finding{{ID: "F1", Text: "rto.mx is four times as long"}}}
	for _, c := range []struct {
		action Action
		ok     bool
	}{
		{Action{Title: "print the card again", Status: "verified"}, false},
		{Action{Title: "mend rto.mx", Status: "open"}, false},
		{Action{Title: "mend rto.mx", Status: "verified"}, true},
		{Action{Title: "mend it", Finding: "F1", Status: "accepted"}, true},
	} {
		r.Actions = []Action{c.action}
		if _, wrong, known := lookRegressions(&r); !known || (wrong == "") != c.ok {
			t.Errorf("%+v: %q", c.action, wrong)
		}
	}
}

func TestServiceLevelsAgainstTheDrill(t *testing.T) {
	high := 40.
	level := Level{Provider: "P", Service: "mx", Recovery: 30, Availability: 90}
	r := Record{Mitigations: []string{"vendor-sla"}, Levels: []Level{level}, State: Recovered}
	if measured, _, ok := lookLevels(&r); ok {
		t.Errorf("without a drill it says %q", measured)
	}
	r.Levels[0].measure(Drill{Length: 200, Outages: []Outage{{Service: "mx", Low: 39, High: &high}, {Service: "imap"}}})
	if _, wrong, ok := lookLevels(&r); !ok || !strings.Contains(wrong, "30s") || !strings.Contains(wrong, "90%") || *r.Levels[0].Observed != 80 {
		t.Errorf("%v, %q: %v", ok, wrong, r.Levels[0])
	}
	r.Levels[0].measure(Drill{Length: 200, Outages: []Outage{{Service: "mx", Low: 39}}})
	if *r.Levels[0].Longest != 200 {
		t.Errorf("an outage without an end is %g s long", *r.Levels[0].Longest)
	}
}

func TestWhatIsRefused(t *testing.T) {
	running := func(t *testing.T) *play {
		p := whole(t, nil)
		p.events = p.events[:slices.IndexFunc(p.events, func(e Event) bool { return e.Kind == InjectReleased })]
		return p
	}
	for name, c := range map[string]struct {
		at       func(t *testing.T) *play
		by, role string
		kind     string
		data     any
		want     string
	}{
		"approved by who operates":      {by: "Abe", role: approver, kind: StateChanged, data: Move{To: Approved}, want: "operates"},
		"approved by a player":          {by: "Ann", role: operator, kind: StateChanged, data: Move{To: Approved}, want: "may not approve"},
		"started without a go":          {by: "Ann", role: operator, kind: StateChanged, data: Move{To: Running}, want: "cannot become running"},
		"a card before the brief":       {by: "Ann", role: operator, kind: CardAnswered, data: CardAnswer{ID: LineIncident, State: LineGo}, want: "briefed"},
		"an inject before the start":    {by: "Ann", role: operator, kind: InjectAsked, data: Target{"call"}, want: "while the exercise runs"},
		"an inject that is not there":   {at: running, by: "Ann", role: operator, kind: InjectAsked, data: Target{"fire"}, want: "there is: mail, call"},
		"an observer's note":            {at: running, by: "Obi", role: "observer", kind: Noted, data: Remark{Text: "x"}, want: "may not"},
		"an empty note":                 {at: running, by: "Ann", role: operator, kind: Noted, data: Remark{Text: " "}, want: "says something"},
		"a note of 10 MB":               {at: running, by: "Ann", role: operator, kind: Noted, data: Remark{Text: strings.Repeat("x", 10<<20)}, want: "at most"},
		"a mark of no kind":             {at: running, by: "Ann", role: operator, kind: Marked, data: Milestone{Kind: "fixed"}, want: "valid: detected"},
		"a step skipped without reason": {at: running, by: "Ann", role: operator, kind: StepChanged, data: StepChange{ID: "report", Result: "skipped"}, want: "with a reason"},
		"a code twice":                  {at: running, by: "x", kind: RollAnswered, data: Code{"c1"}, want: ErrCode.Error()},
		"a forged code":                 {at: running, by: "x", kind: RollAnswered, data: Code{"zz"}, want: ErrCode.Error()},
		"no code":                       {at: running, by: "x", kind: NoticeAnswered, data: Code{}, want: ErrCode.Error()},
		"a finding during play":         {at: running, by: "Ann", role: operator, kind: Found, data: Finding{Text: "x"}, want: "after play"},
		"an unknown event":              {by: "Ann", role: operator, kind: "boom", data: 1, want: "no event of kind"},
		"made twice":                    {by: "Ann", kind: Created, data: Making{ID: "x2"}, want: "made once"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.at == nil {
				c.at = func(t *testing.T) *play { return begun(t, nil) }
			}
			if err := c.at(t).try(c.by, c.role, c.kind, c.data); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want an error with %q", err, c.want)
			}
		})
	}
}

func TestHoldStopsTheClock(t *testing.T) {
	p := whole(t, nil)
	p.events = p.events[:slices.IndexFunc(p.events, func(e Event) bool { return e.Kind == InjectReleased })]
	began := *p.record().Started
	p.now = began
	p.move("Ann", operator, Hold) // after a minute
	if got := p.record().PlayTime(began.Add(time.Hour)); got != 60 {
		t.Errorf("on hold: %g s of play", got)
	}
	if err := p.try("Ann", operator, InjectAsked, Target{"call"}); err == nil || !strings.Contains(err.Error(), "on hold") {
		t.Errorf("an inject on hold: %v", err)
	}
	p.now = began.Add(9 * time.Minute)
	p.move("Ann", operator, Running) // after ten
	if got := p.record().PlayTime(began.Add(12 * time.Minute)); got != 180 {
		t.Errorf("after the hold: %g s of play, want 180", got)
	}
}

func TestAnAbortStaysAnAbort(t *testing.T) {
	p := whole(t, nil)
	p.events = p.events[:slices.IndexFunc(p.events, func(e Event) bool { return e.Kind == InjectReleased })]
	p.move("Ann", operator, Stopped)
	p.move("Ann", operator, Recovered)
	if r := p.record(); r.Verdict != Aborted {
		t.Errorf("an aborted exercise is %s", r.Verdict)
	}
}

// An exercise is closed when all that was found is in somebody's hands.
func TestCloseWantsActions(t *testing.T) {
	p := whole(t, nil)
	p.move("Ann", operator, Debrief)
	p.must("Ann", operator, Found, Finding{Text: "slow"})
	p.must("Bea", approver, SignedOff, Signature{Record: "r"})
	p.move("Bea", approver, Signed)
	if err := p.try("Ann", operator, StateChanged, Move{To: Closed}); err == nil || !strings.Contains(err.Error(), "F1") {
		t.Errorf("closed with an open finding: %v", err)
	}
	if err := p.try("Ann", operator, ActionChanged, Action{Title: "mend", Finding: "F1", Owner: "Cem", Due: "soon"}); err == nil {
		t.Error("an action is due soon")
	}
	p.must("Ann", operator, ActionChanged, Action{Title: "mend", Finding: "F1", Owner: "Cem", Due: "2027-01-01"})
	p.move("Ann", operator, Closed)
	if r := p.record(); r.State != Closed || r.Actions[0].ID != "A1" {
		t.Errorf("%s, %+v", r.State, r.Actions)
	}
}

// The time of an inject between two is drawn from the log, and stays.
func TestDrawnTimesStay(t *testing.T) {
	change := func(g *scenarios.GameDay) {
		g.Injects[1].Between = []scenarios.Duration{scenarios.Duration(time.Minute), scenarios.Duration(time.Hour)}
	}
	a, b := begun(t, change).record(), begun(t, change).record()
	if at := *a.Injects[1].Due; at < 60 || at > 3600 || at != *b.Injects[1].Due {
		t.Errorf("drawn %g and %g", at, *b.Injects[1].Due)
	}
}
