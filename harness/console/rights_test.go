package console

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"

	"maildrill/harness/exercise"
)

// trial is one thing that the pages can do, with the state in which it is possible
// and those who may, as the contract has it.
type trial struct {
	path  string
	form  url.Values
	state exercise.State
	kind  string
	may   []Role
}

var trials = []trial{
	{"/note", url.Values{"text": {"seen"}, "ago": {"30s"}}, exercise.Running, exercise.Noted, []Role{Scribe, Operator}},
	{"/mark", url.Values{"mark": {"detected"}}, exercise.Running, exercise.Marked, []Role{Scribe, Operator}},
	{"/step", url.Values{"step": {"done switch"}}, exercise.Running, exercise.StepChanged, []Role{Scribe, Operator}},
	{"/inject", url.Values{"inject": {"site-lost"}}, exercise.Running, exercise.InjectAsked, []Role{Operator}},
	{"/card", url.Values{"line": {"go incident"}}, exercise.Briefed, exercise.CardAnswered, []Role{Operator}},
	{"/move", url.Values{"to": {"approve"}}, exercise.Draft, exercise.StateChanged, []Role{Approver}},
	{"/move", url.Values{"to": {"brief"}}, exercise.Approved, exercise.StateChanged, []Role{Operator}},
	{"/move", url.Values{"to": {"go"}}, exercise.Briefed, exercise.StateChanged, []Role{Approver}},
	{"/move", url.Values{"to": {"no-go"}}, exercise.Briefed, exercise.StateChanged, []Role{Approver}},
	{"/move", url.Values{"to": {"start"}}, exercise.Go, exercise.StateChanged, []Role{Operator}},
	{"/move", url.Values{"to": {"hold"}}, exercise.Running, exercise.StateChanged, []Role{Operator}},
	{"/move", url.Values{"to": {"resume"}}, exercise.Hold, exercise.StateChanged, []Role{Operator}},
	{"/move", url.Values{"to": {"end"}}, exercise.Running, exercise.StateChanged, []Role{Operator}},
	{"/move", url.Values{"to": {"hotwash"}}, exercise.Recovered, exercise.StateChanged, []Role{Operator}},
	{"/move", url.Values{"to": {"close"}}, exercise.Signed, exercise.StateChanged, []Role{Operator}},
	{"/stop", url.Values{}, exercise.Hold, exercise.StateChanged, []Role{Scribe, Operator, Approver}},
	{"/real", url.Values{}, exercise.Running, exercise.StateChanged, []Role{Scribe, Operator, Approver}},
	{"/hotwash", url.Values{"well": {"calm"}}, exercise.Debrief, exercise.Debriefed, []Role{Scribe, Operator, Approver}},
}

// to is the state that it leads to, if it does.
func (d trial) to() exercise.State {
	if m, ok := moveNamed(d.form.Get("to")); ok {
		return m.To
	}
	return exercise.Stopped
}

func TestWhoMayWhat(t *testing.T) {
	for _, d := range trials {
		for _, role := range Roles() {
			t.Run(fmt.Sprintf("%s%s by %s", d.path, d.form.Get("to"), role), func(t *testing.T) {
				k := newKit(t, newFake(d.state))
				w := k.send(role, d.path, copied(d.form))
				if !slices.Contains(d.may, role) {
					if w.Code != http.StatusForbidden || k.events() != 0 {
						t.Fatalf("status %d and %d events, want 403 and none", w.Code, k.events())
					}
					return
				}
				if w.Code != http.StatusSeeOther || k.events() != 1 {
					t.Fatalf("status %d and %d events: %s", w.Code, k.events(), w.Body)
				}
				if e := k.board.events[0]; e.By != people[role] || e.Role != string(role) || e.Via != "console" || e.Kind != d.kind {
					t.Errorf("the log has %s by %s, %s, via %s", e.Kind, e.By, e.Role, e.Via)
				}
				if err := exercise.May(exercise.Actor{Name: people[role], Role: string(role)}, d.kind, d.to()); err != nil {
					t.Errorf("the page offers what the exercise refuses: %v", err)
				}
			})
		}
	}
}

func TestEveryFormIsTried(t *testing.T) {
	for path := range forms {
		if !slices.ContainsFunc(trials, func(d trial) bool { return d.path == path }) {
			t.Errorf("%s is in no test", path)
		}
	}
	for _, m := range moves {
		if !slices.ContainsFunc(trials, func(d trial) bool { return d.form.Get("to") == m.Name }) {
			t.Errorf("move %s is in no test", m.Name)
		}
	}
}

func TestRealWorldStops(t *testing.T) {
	for name, text := range map[string]string{"words": "REAL WORLD: fire alarm", "two lines": "stop, REAL\n WORLD", "joined": "REAL-WORLD fire"} {
		t.Run(name, func(t *testing.T) {
			k := newKit(t, newFake(exercise.Running))
			if w := k.send(Scribe, "/note", url.Values{"text": {text}}); w.Code != http.StatusSeeOther {
				t.Fatalf("status %d: %s", w.Code, w.Body)
			}
			if k.board.record.State != exercise.Stopped || len(k.board.record.Notes) != 2 {
				t.Errorf("the exercise is %s with %d notes, want it aborted and the note kept", k.board.record.State, len(k.board.record.Notes))
			}
		})
	}
	k := newKit(t, newFake(exercise.Running))
	if w := k.send(Operator, "/move", url.Values{"to": {"hold"}, "why": {"REAL WORLD"}}); w.Code != http.StatusSeeOther || k.board.record.State != exercise.Stopped {
		t.Errorf("a hold for REAL WORLD: status %d, %s", w.Code, k.board.record.State)
	}
	k = newKit(t, newFake(exercise.Running))
	// Whoever means it does not look for the shift key; an exercise is begun again.
	if k.send(Scribe, "/note", url.Values{"text": {"this is real world"}}); k.board.record.State != exercise.Stopped {
		t.Error("the words in small letters did not stop the exercise")
	}
	k = newKit(t, newFake(exercise.Running))
	if k.send(Scribe, "/note", url.Values{"text": {"a surreal worldview"}}); k.board.record.State != exercise.Running {
		t.Error("other words stopped the exercise")
	}
}
