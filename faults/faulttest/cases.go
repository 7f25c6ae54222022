package faulttest

import (
	"context"
	"errors"
	"fmt"

	"maildrill/faults"
)

// looks is how often a state that must last is looked at.
const looks = 3

// wholeLife is the plain course, with a negative control at both ends.
func wholeLife(ctx context.Context, s *subject) error {
	if err := s.negative(ctx, "negative control before the fault"); err != nil {
		return err
	}
	if err := s.inject(ctx); err != nil {
		return err
	}
	if err := s.lasts(ctx); err != nil {
		return err
	}
	return s.revert(ctx)
}

// lasts looks again at a fault that is held. One whose effect a supervisor
// undoes is injected again first, as the timeline does.
func (s *subject) lasts(ctx context.Context) error {
	r, repeats := s.fault.(faults.Repeater)
	for range looks {
		e, err := s.fault.Verify(ctx, s.target)
		if err != nil {
			return err
		}
		if repeats && r.Repeat() && e.Lapsed {
			if err := s.fault.Inject(ctx, s.target); err != nil {
				return err
			}
			continue
		}
		if !e.Installed || !e.Effective || e.BystanderHurt {
			return fmt.Errorf("while held: %+v", e)
		}
	}
	return nil
}

func twice(ctx context.Context, s *subject) error {
	if err := s.inject(ctx); err != nil {
		return fmt.Errorf("first: %w", err)
	}
	if err := s.inject(ctx); err != nil {
		return fmt.Errorf("second: %w", err)
	}
	if err := s.revert(ctx); err != nil {
		return fmt.Errorf("first: %w", err)
	}
	if err := s.revert(ctx); err != nil {
		return fmt.Errorf("second: %w", err)
	}
	return nil
}

// revertAlone: nothing is changed, not even the run of the main process.
func revertAlone(ctx context.Context, s *subject) error {
	before, err := identity(ctx, s.target.Node)
	if err != nil {
		return err
	}
	if err := s.revert(ctx); err != nil {
		return err
	}
	after, err := identity(ctx, s.target.Node)
	if err == nil && before != after {
		err = fmt.Errorf("a revert without inject restarted the node: %s, then %s", before, after)
	}
	return err
}

func identity(ctx context.Context, n faults.Node) (string, error) {
	st, ok := n.(faults.Stater)
	if !ok {
		return "", nil
	}
	s, err := st.State(ctx)
	return s.Identity, err
}

func again(ctx context.Context, s *subject) error {
	for i := range 2 {
		if i > 0 && s.o.Rest != nil {
			s.o.Rest()
		}
		if err := s.inject(ctx); err != nil {
			return fmt.Errorf("cycle %d: %w", i+1, err)
		}
		if err := s.revert(ctx); err != nil {
			return fmt.Errorf("cycle %d: %w", i+1, err)
		}
	}
	return nil
}

// cancelled cuts Inject short at each of its calls in turn. Whatever was done
// by then, Revert must take it back.
func cancelled(ctx context.Context, s *subject) error {
	real := s.target.Node
	for after := 1; ; after++ {
		if err := errors.Join(s.renew(), s.prepare(ctx)); err != nil {
			return err
		}
		cut, cancel := context.WithCancel(ctx)
		node := &interrupted{Node: real, cancel: cancel, left: after}
		s.target.Node = node
		err := s.fault.Inject(cut, s.target)
		cancel()
		s.target.Node = real
		if node.left <= 0 && err == nil && !node.finished {
			return fmt.Errorf("inject was cancelled at call %d and returned no error", after)
		}
		if err := s.revert(ctx); err != nil {
			return fmt.Errorf("cancelled at call %d: %w", after, err)
		}
		if node.left > 0 {
			return nil // Inject was through before it could be cut short
		}
	}
}

// inert: a node whose abilities say yes and do nothing proves nothing.
func inert(ctx context.Context, s *subject) error {
	s.target.Node = numb{s.target.Node}
	for i, p := range s.target.Peers {
		if p.Node != nil {
			s.target.Peers[i].Node = numb{p.Node}
		}
	}
	if err := s.fault.Inject(ctx, s.target); err != nil {
		return nil // to say so is even better
	}
	for range looks {
		e, err := s.fault.Verify(ctx, s.target)
		if err == nil && (e.Installed || e.Effective) {
			return fmt.Errorf("proven on a node to which nothing was done: %+v", e)
		}
	}
	return s.revert(ctx)
}

// restarted: somebody starts the node anew under the fault. What is seen then
// depends on the fault; that it can be reverted does not.
func restarted(ctx context.Context, s *subject) error {
	if err := s.inject(ctx); err != nil {
		return err
	}
	if err := restart(ctx, s.target.Node); err != nil {
		return fmt.Errorf("restart the node: %w", err)
	}
	if _, err := s.fault.Verify(ctx, s.target); err != nil {
		return fmt.Errorf("look at a restarted node: %w", err)
	}
	return s.revert(ctx)
}

// restart kills and starts a node, as far as its abilities go.
func restart(ctx context.Context, n faults.Node) error {
	st, ok := n.(faults.Stater)
	if !ok {
		return nil
	}
	s, err := st.State(ctx)
	if err != nil {
		return err
	}
	if p, ok := n.(faults.Pauser); ok && s.Paused {
		err = p.Resume(ctx)
	}
	if k, ok := n.(faults.Killer); ok && s.Running {
		err = errors.Join(err, k.Kill(ctx, false))
	}
	if b, ok := n.(faults.Starter); ok {
		err = errors.Join(err, b.Start(ctx))
	}
	return err
}

// undone: somebody who knows only the data, as it was before the fault, carries
// the inverse out.
func undone(ctx context.Context, s *subject) error {
	steps := s.fault.Undo(s.target)
	if len(steps) == 0 {
		return errors.New("there is no inverse as data")
	}
	if err := s.inject(ctx); err != nil {
		return err
	}
	for _, step := range steps {
		if err := carryOut(ctx, s.other(step.Node), step); err != nil {
			return fmt.Errorf("carry out %+v: %w", step, err)
		}
	}
	if err := s.renew(); err != nil {
		return err
	}
	return s.clean(ctx)
}

// other finds the node that a step is about; the target is one of its peers.
func (s *subject) other(name string) faults.Node {
	if p, ok := s.target.Peer(name); ok && p.Node != nil {
		return p.Node
	}
	return s.target.Node
}

// carryOut does one step of the inverse as a keeper would.
func carryOut(ctx context.Context, n faults.Node, u faults.Undo) error {
	if u.Node != n.Name() {
		return fmt.Errorf("there is no node %q", u.Node)
	}
	switch u.Verb {
	case "start":
		if b, ok := n.(faults.Starter); ok {
			return b.Start(ctx)
		}
	case "resume":
		if p, ok := n.(faults.Pauser); ok {
			return p.Resume(ctx)
		}
	case "rejoin":
		if i, ok := n.(faults.Isolator); ok {
			return i.Rejoin(ctx)
		}
	case "take":
		if r, ok := n.(faults.Ruler); ok {
			return r.Take(ctx, faults.Mechanism(u.Args["mechanism"]), u.Args["id"])
		}
	case "signal":
		if g, ok := n.(faults.Signaller); ok && u.Args["signal"] == "CONT" {
			_, err := g.Signal(ctx, u.Args["name"], u.Args["signal"])
			return err
		}
	}
	return errors.New("the node cannot do it")
}
