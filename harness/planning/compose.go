package planning

import (
	"fmt"
	"slices"
	"time"

	"maildrill/faults"
)

// claims notes what a fault claims on each of its targets.
func (c *compiler) claims(step *Step, fault faults.Fault) {
	for i, a := range step.Targets {
		step.Targets[i].Claims = faults.ClaimsOf(fault, Target(c.plan.Topology, a))
	}
}

// Collision is why two faults cannot be on at the same time.
type Collision struct {
	Step, On           string // the one that comes later
	Other, OtherOn     string
	kind, otherKind    string
	of, with           faults.Claim
	fromTime, tillTime time.Duration
}

// Collide finds what keeps two faults of different steps from being on together.
func Collide(late Step, on Aimed, early Step, at Aimed) (Collision, bool) {
	mine, theirs := on.Claims, at.Claims
	if !late.IsFault() || !early.IsFault() { // an operator may act while a fault is on, but not do its work
		mine, theirs = faults.Contested(mine), faults.Contested(theirs)
	}
	of, with, found := faults.Clash(mine, theirs)
	return Collision{
		Step: late.ID, On: on.Name, Other: early.ID, OtherOn: at.Name, kind: late.Does(), otherKind: early.Does(),
		of: of, with: with, fromTime: early.At, tillTime: early.At + early.For,
	}, found
}

// String says why, as a part of a sentence.
func (c Collision) String() string {
	switch {
	case c.of.Exclusive && c.with.Exclusive:
		return fmt.Sprintf("both change %s", c.of)
	case c.of.Exclusive:
		return fmt.Sprintf("it changes %s, on which the proof of the other rests", c.of)
	}
	return fmt.Sprintf("its proof rests on %s, which the other changes", c.of)
}

// planned says the same of two steps whose times are known, and what to do.
func (c Collision) planned() string {
	return fmt.Sprintf("%s on %s (step %q) overlaps %s on %s of step %q, %v to %v: %s, so the two cannot be told apart; start it after that, or aim it elsewhere",
		c.kind, c.On, c.Step, c.otherKind, c.OtherOn, c.Other, c.fromTime, c.tillTime, c)
}

// Refusal says it of two steps that met while the drill ran.
func (c Collision) Refusal() string {
	return fmt.Sprintf("not injected, because %s of step %q was still on %s: %s", c.otherKind, c.Other, c.OtherOn, c)
}

// compositions refuses faults that are on at the same time and cannot compose.
// When a step with `after` or `when` begins is not known yet: the plan says with
// which others it must not meet, and the run keeps them apart.
func (c *compiler) compositions() {
	for j, b := range c.plan.Steps {
		for i, a := range c.plan.Steps[:j] {
			late, early, entry := b, a, j
			if b.Fixed() && a.Fixed() && b.At < a.At {
				late, early, entry = a, b, i
			}
			found, collides := collision(late, early)
			switch {
			case !late.IsFault() && !early.IsFault(): // the later one waits
			case !collides || c.follows(late, early.ID) || c.follows(early, late.ID) || c.longAfter(late, early) || c.longAfter(early, late):
			case !late.Fixed() || !early.Fixed():
				c.plan.Apart = append(c.plan.Apart, fmt.Sprintf("%q and %q are kept apart: the one that comes while the other is on is not injected (on %s and %s: %s)",
					late.ID, early.ID, found.On, found.OtherOn, found))
			case overlap(early, late):
				c.add(fmt.Sprintf("timeline[%d].at", entry), found.planned(), "")
			}
		}
	}
}

// Fixed tells whether the step begins at a time that is known before the run.
func (s Step) Fixed() bool { return len(s.After) == 0 && s.When == nil }

// collision is the first of the targets of two steps.
func collision(late, early Step) (Collision, bool) {
	for _, on := range late.Targets {
		for _, at := range early.Targets {
			if found, collides := Collide(late, on, early, at); collides {
				return found, true
			}
		}
	}
	return Collision{}, false
}

// overlap treats windows as half open, so that one fault may follow another; a
// fault without length counts at its instant.
func overlap(early, late Step) bool {
	return early.At == late.At || late.At < early.At+early.For
}

// longAfter tells whether a step cannot begin before the other, whose time is
// known, was to end.
func (c *compiler) longAfter(s, other Step) bool {
	return !s.Fixed() && other.Fixed() && c.earliest(s, len(c.plan.Steps)) > other.At+other.For
}

// earliest is the first moment at which a step can begin. deepest bounds the steps
// that wait for each other; where they do in a circle, nothing begins.
func (c *compiler) earliest(s Step, deepest int) time.Duration {
	if s.Fixed() || deepest == 0 {
		return s.At
	}
	var first time.Duration
	for _, id := range s.After {
		if i := slices.IndexFunc(c.plan.Steps, func(o Step) bool { return o.ID == id }); i >= 0 {
			first = max(first, c.earliest(c.plan.Steps[i], deepest-1)+c.plan.Steps[i].For)
		}
	}
	return first
}

// follows tells whether a step waits for the end of another, by whatever way.
func (c *compiler) follows(s Step, id string) bool {
	seen := map[string]bool{}
	var waits func(after []string) bool
	waits = func(after []string) bool {
		for _, a := range after {
			if a == id {
				return true
			}
			i := slices.IndexFunc(c.plan.Steps, func(o Step) bool { return o.ID == a })
			if i < 0 || seen[a] {
				continue
			}
			seen[a] = true
			if waits(c.plan.Steps[i].After) {
				return true
			}
		}
		return false
	}
	return waits(s.After)
}
