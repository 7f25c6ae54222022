package harness

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"maildrill/harness/ledger"
	"maildrill/harness/planning"
)

// occupied are the faults that are on, or not yet proven gone.
type occupied struct {
	mu   sync.Mutex
	list []*occupant
	// entered counts all that ever were; since are the steps of those that came
	// after traces were last compared.
	entered int
	since   []string
	kept    int // faults for which something is held ahead of their step
}

type occupant struct {
	step  planning.Step
	aimed planning.Aimed
	goes  bool          // its time is over, and it is being taken back
	gone  chan struct{} // closed when its fault is over
}

// enter lets a fault in unless it would meet one with which it cannot compose;
// leave is to be called when it is over.
func (o *occupied) enter(s planning.Step, a planning.Aimed) (leave func(), with *occupant, why planning.Collision) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, other := range o.list {
		if other.step.ID == s.ID {
			continue
		}
		if why, collides := planning.Collide(s, a, other.step, other.aimed); collides {
			return nil, other, why
		}
	}
	me := &occupant{step: s, aimed: a, gone: make(chan struct{})}
	o.list = append(o.list, me)
	o.entered++
	if s.IsFault() && !slices.Contains(o.since, s.ID) { // what an action leaves is what it was to do
		o.since = append(o.since, s.ID)
	}
	return func() { o.leave(me) }, nil, planning.Collision{}
}

// attend lets an action in for as long as it takes: whatever comes meanwhile waits.
// One that would meet a fault that is held is refused; one whose time is over, and
// another action, is waited for.
func (o *occupied) attend(ctx context.Context, s planning.Step, a planning.Aimed) (leave func(), err error) {
	for {
		leave, other, why := o.enter(s, a)
		switch {
		case leave != nil:
			o.ends(s, a)
			return leave, nil
		case !o.isGoing(other):
			return nil, fmt.Errorf("not done, because %s of step %q was still on %s: %s", other.step.Does(), other.step.ID, other.aimed.Name, why)
		}
		select {
		case <-other.gone:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// ends notes that the time of a fault is over.
func (o *occupied) ends(s planning.Step, a planning.Aimed) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, other := range o.list {
		if other.step.ID == s.ID && other.aimed.Name == a.Name {
			other.goes = true
		}
	}
}

func (o *occupied) isGoing(other *occupant) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return other.goes
}

func (o *occupied) leave(me *occupant) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.list = slices.DeleteFunc(o.list, func(other *occupant) bool { return other == me })
	close(me.gone)
}

// keep notes that something is held ahead of a fault, which others need not mind and
// which is no trace of theirs, until used is called.
func (o *occupied) keep() (used func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.kept++
	o.entered++
	return sync.OnceFunc(func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.kept--
	})
}

// quiet implements presence.
func (o *occupied) quiet() (steps []string, entered int, quiet bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.since), o.entered, len(o.list) == 0 && o.kept == 0
}

// compared implements presence.
func (o *occupied) compared(entered int) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.entered != entered || len(o.list) > 0 || o.kept > 0 {
		return false
	}
	o.since = nil
	return true
}

// admit lets a fault begin. Two steps whose times are in the plan do not overlap
// there. Whatever comes while another is being taken back, whose time is over,
// waits. One that comes earlier is refused, which is written down.
func (r *run) admit(ctx context.Context, s planning.Step, a planning.Aimed) (leave func(), ok bool) {
	for {
		leave, other, why := r.occupied.enter(s, a)
		switch {
		case leave != nil:
			return leave, true
		case !r.occupied.isGoing(other) && (!s.Fixed() || !other.step.Fixed()):
			r.events.append(ledger.FaultRefused, s.ID, a.Name, ledger.Refusal{Kind: s.Kind.ID, Why: why.Refusal()})
			return nil, false
		}
		select {
		case <-other.gone:
		case <-ctx.Done():
			return nil, false
		}
	}
}
