package planning

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"maildrill/faults"
	"maildrill/harness/action"
	"maildrill/harness/topology"
	"maildrill/scenarios"
)

// action finds the kind, decodes the parameters, and asks whether it can be done.
func (c *compiler) action(at string, s scenarios.Step, step *Step) {
	kind, ok := action.Lookup(s.Action)
	if !ok {
		return // package scenarios has reported it
	}
	step.Timeout = time.Duration(*s.Timeout)
	if !kind.Aim.Takes(len(step.On)) {
		c.add(at+".on", fmt.Sprintf("action %q is aimed at %s", kind.ID, kind.Aim), "")
	}
	c.canDo(at, kind.ID, kind.Needs)
	deed, err := kind.New(s.With.Decode)
	if err != nil {
		c.decodeProblem(orPath(at, ".with", s.With.IsZero()), err)
		return
	}
	step.Deed = deed
	if n, ok := deed.(action.Needer); ok {
		c.canDo(at, kind.ID, n.Needs())
	}
	c.doable(at, step)
	if kind.Life {
		for _, name := range step.On {
			step.Targets = append(step.Targets, Aimed{Name: name, Node: name, Claims: faults.Whole(name)})
		}
	}
}

func (c *compiler) canDo(at, kind string, needs []faults.Ability) {
	for _, need := range c.can.lacks(needs) {
		c.add(at+".action", fmt.Sprintf("action %q needs the ability %q, which this runtime does not have", kind, need), "")
	}
}

// orPath is the path of a key, or of what should have it.
func orPath(at, key string, missing bool) string {
	if missing {
		return at
	}
	return at + key
}

// doable asks an action what it has to say of the topology.
func (c *compiler) doable(at string, step *Step) {
	if w, ok := step.Deed.(action.Waiter); ok && w.Until() != "" {
		if cond, ok := c.condition(at+".with.until", w.Until()); ok {
			step.Until = &cond
		}
	}
	if p, ok := step.Deed.(action.Particular); ok {
		for _, m := range p.Check(c.plan.Topology, step.On) {
			c.add(at+"."+m.Key, fmt.Sprintf("action %q: %s", step.Action, m.What), m.Wrong, m.Valid...)
		}
	}
}

// standbys: a fault that is put on a node that stands by finds nothing, unless
// somebody has started it by then.
func (c *compiler) standbys() {
	started := map[string][]string{} // by node: the steps that start it
	for _, s := range c.plan.Steps {
		if s.Action == "scale-out" {
			for _, name := range s.On {
				started[name] = append(started[name], s.ID)
			}
		}
	}
	for i, s := range c.plan.Steps {
		for _, a := range s.Targets {
			n, _ := c.plan.Topology.Node(a.Node)
			after := slices.ContainsFunc(started[a.Node], func(id string) bool { return c.follows(s, id) })
			if s.IsFault() && n.Standby && !after {
				c.add(fmt.Sprintf("timeline[%d].on", i), fmt.Sprintf("node %q stands by: only a step `after` one with action scale-out can act on it", a.Node), "")
			}
		}
	}
}

// Images are those that actions make nodes of.
func (p *Plan) Images() (list []string) {
	for _, s := range p.Steps {
		if i, ok := s.Deed.(action.Imager); ok && i.Image() != "" && !slices.Contains(list, i.Image()) {
			list = append(list, i.Image())
		}
	}
	return list
}

// Does is what the step puts or does: the kind of its fault or action.
func (s Step) Does() string {
	if s.IsFault() {
		return s.Kind.ID
	}
	return s.Action
}

// Text is what the step tells people; empty: nothing.
func (s Step) Text() string {
	if t, ok := s.Deed.(action.Speaker); ok {
		return t.Text()
	}
	return ""
}

// enlists tells whether a node ever runs: from the start, or by an action.
func (p *Plan) enlists(n topology.Node) bool {
	return !n.Standby || slices.ContainsFunc(p.Steps, func(s Step) bool {
		return s.Action == "scale-out" && slices.Contains(s.On, n.Name)
	})
}

// Enlisted lists the nodes with a role that run at some time.
func (p *Plan) Enlisted(r topology.Role) []topology.Node {
	return slices.DeleteFunc(p.Topology.WithRole(r), func(n topology.Node) bool { return !p.enlists(n) })
}

// Mailboxes are the places where mailboxes are read: the way in of users, else
// every store that runs at some time.
func (p *Plan) Mailboxes() []string {
	if way := p.Topology.Access.IMAP; way != "" {
		return []string{way}
	}
	return named(p.Enlisted(topology.Store))
}

// actionSentence is an action in plain language.
func actionSentence(s Step) string {
	said := fmt.Sprintf("%s, %q does %s", startSentence(s), s.ID, s.Action)
	switch {
	case s.Text() != "":
		said += fmt.Sprintf(": %q", s.Text())
	case s.Until != nil:
		said += " until " + s.Until.Text
	case len(s.On) > 1:
		said += " on " + strings.Join(s.On, ", then ")
	case len(s.On) == 1:
		said += " on " + s.On[0]
	}
	kind, _ := action.Lookup(s.Action)
	return fmt.Sprintf("%s; at most %v (%s)", said, s.Timeout, kind.Does)
}
