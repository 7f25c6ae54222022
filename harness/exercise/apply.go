package exercise

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"maildrill/scenarios"
)

// Fold gives the record that the events of a log amount to.
func Fold(g scenarios.GameDay, events []Event) (Record, error) {
	r := Begin(g)
	for _, e := range events {
		if err := Apply(&r, g, e); err != nil {
			return r, fmt.Errorf("line %d: %w", e.N, err)
		}
	}
	return r, nil
}

// Apply takes one event into a record, or refuses it and leaves the record in a
// state that must not be used.
func Apply(r *Record, g scenarios.GameDay, e Event) error {
	take, known := takers[e.Kind]
	switch {
	case !known:
		return fmt.Errorf("there is no event of kind %q", e.Kind)
	case r.ID == "" && e.Kind != Created:
		return errors.New("the log does not begin with the making of the exercise")
	}
	if e.Kind != Created && e.Kind != StateChanged {
		if err := May(Actor{e.By, e.Role, e.Via}, e.Kind, ""); err != nil {
			return err
		}
	}
	if r.State == Closed && e.Kind != ActionChanged && e.Kind != RiskAccepted && e.Kind != StateChanged {
		return errors.New("the exercise is closed: actions are followed up, and nothing else is written")
	}
	if err := take(r, g, e); err != nil {
		return err
	}
	r.act(e)
	r.Events = e.N
	if r.State.Over() || r.State == Stopped {
		judge(r)
	}
	return nil
}

// act notes who acted in a part.
func (r *Record) act(e Event) {
	for i, p := range r.People {
		if p.Role == e.Role && p.named(e.By) {
			r.People[i].Acted = e.By
		}
	}
}

type taker func(r *Record, g scenarios.GameDay, e Event) error

// on makes a taker of a function that takes the data of one kind.
func on[T any](take func(r *Record, e Event, d T) error) taker {
	return func(r *Record, _ scenarios.GameDay, e Event) error {
		var d T
		if err := json.Unmarshal(e.Data, &d); err != nil {
			return fmt.Errorf("the data of an event of kind %s: %w", e.Kind, err)
		}
		return take(r, e, d)
	}
}

// takers is the table of all kinds of events.
var takers = map[string]taker{
	Created:        takeCreated,
	StateChanged:   on((*Record).takeMove),
	CardAnswered:   on((*Record).takeCard),
	RollCalled:     on((*Record).takeCall),
	RollAnswered:   on((*Record).takeRollAnswer),
	NoticeSent:     on((*Record).takeNotice),
	NoticeAnswered: on((*Record).takeNoticeAnswer),
	InjectAsked:    on((*Record).takeAsked),
	InjectReleased: on((*Record).takeReleased),
	StepChanged:    on((*Record).takeStep),
	Marked:         on((*Record).takeMark),
	Noted:          on((*Record).takeNote),
	Said:           on((*Record).takeSaid),
	LeaderTook:     on((*Record).takeLeader),
	LeaderLeft:     on((*Record).takeLeft),
	DrillBegan:     on((*Record).takeDrill),
	DrillSaid:      on((*Record).takeProgress),
	DrillEnded:     on((*Record).takeDrill),
	FactsSeen:      on((*Record).takeFacts),
	Judged:         on((*Record).takeJudgement),
	Found:          on((*Record).takeFinding),
	ActionChanged:  on((*Record).takeAction),
	RiskAccepted:   on((*Record).takeRisk),
	Debriefed:      on((*Record).takeHotWash),
	Rated:          on((*Record).takeRating),
	SignedOff:      on((*Record).takeSignature),
}

func takeCreated(r *Record, g scenarios.GameDay, e Event) error {
	if r.ID != "" {
		return errors.New("an exercise is made once")
	}
	return on(func(r *Record, e Event, m Making) error {
		if m.ID == "" {
			return errors.New("an exercise has an id")
		}
		r.ID, r.SHA256, r.Base, r.Planned, r.Created = m.ID, m.SHA256, m.Base, m.Planned, e.At
		r.Set = append(listOf(r.Set), m.Set...)
		r.draw(g, m.Seed)
		return nil
	})(r, g, e)
}

func (r *Record) takeMove(e Event, m Move) error {
	if err := checkMove(r.State, m.To); err != nil {
		return err
	}
	if err := May(Actor{e.By, e.Role, e.Via}, StateChanged, m.To); err != nil {
		return err
	}
	if err := r.enter(e, m); err != nil {
		return err
	}
	r.Transitions = append(r.Transitions, Transition{At: e.At, From: r.State, To: m.To, By: e.By, Role: e.Role, Why: m.Why, Digest: m.Digest})
	r.State = m.To
	return nil
}

// enter does what a state takes, or says what it lacks.
func (r *Record) enter(e Event, m Move) error {
	at := e.At
	switch m.To {
	case Approved:
		return r.approve(e)
	case Go:
		if missing := r.Missing(); len(missing) > 0 {
			return &CardError{Open: missing}
		}
	case Running:
		if r.HeldSince != nil {
			r.Held += at.Sub(*r.HeldSince).Seconds()
			r.HeldSince = nil
			return nil
		}
		r.Started = &at
	case Hold:
		r.HeldSince = &at
	case Stopped, Recovered:
		r.over(at)
	case Closed:
		return r.closable()
	}
	return nil
}

// over notes the end of play, once.
func (r *Record) over(at time.Time) {
	if r.HeldSince != nil {
		r.Held += at.Sub(*r.HeldSince).Seconds()
		r.HeldSince = nil
	}
	if r.Ended == nil && r.Started != nil {
		r.Ended = &at
	}
}

// approve is by somebody who does not operate. A new approval opens the card again.
func (r *Record) approve(e Event) error {
	for _, p := range r.People {
		if p.Role == operator && p.named(e.By) {
			return fmt.Errorf("%s operates this exercise, and cannot approve it", e.By)
		}
	}
	for i := range r.Card {
		r.Card[i] = Answer{ID: r.Card[i].ID, Question: r.Card[i].Question, Machine: r.Card[i].Machine, State: LineOpen}
	}
	return nil
}

// closable wants everything that was found to be in somebody's hands.
func (r *Record) closable() error {
	for _, f := range r.Findings {
		if !r.answered(f.ID) {
			return fmt.Errorf("finding %s has neither an action nor an accepted risk", f.ID)
		}
	}
	return nil
}

func (r *Record) answered(finding string) bool {
	for _, a := range r.Actions {
		if a.Finding == finding {
			return true
		}
	}
	for _, k := range r.Risks {
		if k.Finding == finding {
			return true
		}
	}
	return false
}

// CardError refuses a go.
type CardError struct{ Open []string }

func (e *CardError) Error() string {
	return fmt.Sprintf("the go/no-go card is not complete: %s", join(e.Open))
}

// PlayTime is how long play has gone on, holds left out, in seconds.
func (r Record) PlayTime(now time.Time) float64 {
	switch {
	case r.Started == nil:
		return 0
	case r.Ended != nil:
		now = *r.Ended
	case r.HeldSince != nil:
		now = *r.HeldSince
	}
	return now.Sub(*r.Started).Seconds() - r.Held
}
