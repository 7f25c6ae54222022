package exercise

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

func (r *Record) takeSaid(e Event, s Saying) error {
	r.Messages = append(r.Messages, Message{At: e.At, By: e.By, Role: e.Role, Kind: s.Kind, Channel: s.Channel, Text: s.Text, Failed: s.Failed})
	return nil
}

func (r *Record) takeLeader(e Event, l Leading) error {
	r.Leaders = append(r.Leaders, Leader{PID: l.PID, Took: e.At})
	return nil
}

func (r *Record) takeLeft(e Event, l Leading) error {
	for i := len(r.Leaders) - 1; i >= 0; i-- {
		if p := &r.Leaders[i]; p.PID == l.PID && p.Left == nil {
			at := e.At
			p.Left, p.Lost = &at, l.Lost
			return nil
		}
	}
	return fmt.Errorf("process %d does not lead", l.PID)
}

func (r *Record) takeDrill(_ Event, d Drill) error {
	r.Drill = &d
	r.Simulated = r.Simulated || d.Simulated
	for i := range r.Levels {
		r.Levels[i].measure(d)
	}
	r.decide()
	return nil
}

// faultInjected is what a drill says when a fault is in (ledger.FaultInjected).
const faultInjected = "fault.injected"

func (r *Record) takeProgress(e Event, p Progress) error {
	if p.Kind == faultInjected && r.Fault == nil {
		at := e.At
		r.Fault = &at
	}
	r.Progress = append(r.Progress, Beat{At: e.At, Kind: p.Kind, Step: p.Step, Node: p.Node, Text: p.Text})
	return nil
}

// measure compares a level with the outages of its service. One that did not end
// reaches to the end of the run.
func (l *Level) measure(d Drill) {
	if d.Length <= 0 {
		return
	}
	longest, down := 0., 0.
	for _, o := range d.Outages {
		if o.Service != l.Service {
			continue
		}
		high := d.Length
		if o.High != nil {
			high = *o.High
		}
		longest, down = max(longest, high), down+high
	}
	observed := max(0, 100*(1-down/d.Length))
	l.Longest, l.Observed = &longest, &observed
}

// decide settles hypotheses that an objective of the drill decides.
func (r *Record) decide() {
	for i, h := range r.Hypotheses {
		for _, o := range r.Drill.Objectives {
			if o.Name != h.Objective || h.Outcome != "open" {
				continue
			}
			switch o.Verdict {
			case "passed":
				r.Hypotheses[i].Outcome = "confirmed"
			case "failed":
				r.Hypotheses[i].Outcome = "refuted"
			default:
				continue
			}
			r.Hypotheses[i].By, r.Hypotheses[i].Why = "the drill", o.Name+": "+o.Measured+", asked "+o.Target
		}
	}
}

func (r *Record) takeFacts(_ Event, f Facts) error {
	r.Facts = &f
	return nil
}

// after refuses what belongs to the time after play.
func (r *Record) after(what string) error {
	if !r.State.Over() && r.State != Stopped {
		return fmt.Errorf("%s come after play; the exercise is %s", what, r.State)
	}
	return nil
}

func (r *Record) takeJudgement(e Event, j Judgement) error {
	i, err := find("hypothesis", j.ID, r.Hypotheses, func(h Hypothesis) string { return h.ID })
	if err == nil {
		err = oneOf("outcome", j.Outcome, "confirmed", "refuted")
	}
	if err == nil {
		err = r.after("judgements")
	}
	if err != nil {
		return err
	}
	h := &r.Hypotheses[i]
	if h.Objective != "" && h.Outcome != "open" {
		return fmt.Errorf("hypothesis %s is decided by %s", h.ID, h.Objective)
	}
	h.Outcome, h.Why, h.By = j.Outcome, j.Why, e.By
	return nil
}

func (r *Record) takeFinding(e Event, f Finding) error {
	if err := r.after("findings"); err != nil {
		return err
	}
	if strings.TrimSpace(f.Text) == "" {
		return errors.New("a finding says what was found")
	}
	f.ID, f.At, f.By = fmt.Sprintf("F%d", len(r.Findings)+1), e.At, e.By
	r.Findings = append(r.Findings, f)
	return nil
}

// actionStates are what an action may be, in order.
var actionStates = []string{"open", "done", "verified", "accepted"}

func (r *Record) takeAction(e Event, a Action) error {
	if a.ID == "" {
		return r.newAction(e, a)
	}
	i, err := find("action", a.ID, r.Actions, func(a Action) string { return a.ID })
	if err == nil {
		err = oneOf("status", a.Status, actionStates...)
	}
	switch {
	case err != nil:
		return err
	case a.Status == "verified" && a.Run == "":
		return errors.New("an action is verified by a run that passed")
	}
	old := &r.Actions[i]
	old.Status, old.Changes = a.Status, old.Changes+1
	if a.Run != "" {
		old.Run = a.Run
	}
	if a.Status != "open" {
		at := e.At
		old.Closed = &at
	}
	return nil
}

func (r *Record) newAction(e Event, a Action) error {
	if err := r.after("actions"); err != nil {
		return err
	}
	switch {
	case strings.TrimSpace(a.Title) == "":
		return errors.New("an action says what is to be done")
	case a.Owner == "" || a.Due == "":
		return errors.New("an action has an owner and a due date")
	}
	if err := day(a.Due); err != nil {
		return err
	}
	if a.Finding != "" {
		if _, err := find("finding", a.Finding, r.Findings, func(f Finding) string { return f.ID }); err != nil {
			return err
		}
	}
	a.ID, a.Status, a.Created = fmt.Sprintf("A%d", len(r.Actions)+1), "open", e.At
	r.Actions = append(r.Actions, a)
	return nil
}

func day(text string) error {
	if _, err := time.Parse(time.DateOnly, text); err != nil {
		return fmt.Errorf("%q is no day; write it as 2026-03-01", text)
	}
	return nil
}

func (r *Record) takeRisk(e Event, k Acceptance) error {
	if err := r.after("accepted risks"); err != nil {
		return err
	}
	if strings.TrimSpace(k.What) == "" || k.Until == "" {
		return errors.New("a risk is accepted with what it is, and until when")
	}
	if err := day(k.Until); err != nil {
		return err
	}
	if k.Finding != "" {
		if _, err := find("finding", k.Finding, r.Findings, func(f Finding) string { return f.ID }); err != nil {
			return err
		}
	}
	if k.Action != "" {
		i, err := find("action", k.Action, r.Actions, func(a Action) string { return a.ID })
		if err != nil {
			return err
		}
		at := e.At
		r.Actions[i].Status, r.Actions[i].Closed = "accepted", &at
	}
	k.By = e.By
	r.Risks = append(r.Risks, k)
	return nil
}

func (r *Record) takeHotWash(e Event, h HotWash) error {
	if err := r.after("hot-wash answers"); err != nil {
		return err
	}
	if h.WentWell+h.Surprised+h.Slowed+h.Change == "" {
		return errors.New("none of the four questions is answered")
	}
	h.At, h.By, h.Role = e.At, e.By, e.Role
	r.HotWash = append(r.HotWash, h)
	return nil
}

// ratings are those of HSEEP.
var ratings = []string{"P", "S", "M", "U"}

func (r *Record) takeRating(e Event, k Rating) error {
	if err := r.after("ratings"); err != nil {
		return err
	}
	if strings.TrimSpace(k.Capability) == "" || !slices.Contains(ratings, k.Rating) {
		return fmt.Errorf("a capability is rated P (performed), S (with some), M (with major challenges) or U (unable), not %q", k.Rating)
	}
	k.By = e.By
	r.Ratings = append(r.Ratings, k)
	return nil
}

func (r *Record) takeSignature(e Event, s Signature) error {
	if r.State != Debrief && r.State != Signed {
		return fmt.Errorf("an exercise is signed after the hot wash; it is %s", r.State)
	}
	s.At, s.Name, s.Role = e.At, e.By, e.Role
	r.Signatures = append(r.Signatures, s)
	return nil
}
