package harness

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"maildrill/harness/control"
	"maildrill/harness/planning"
)

// byHand is one fault that somebody asked for, on all of its targets.
type byHand struct {
	id    string
	ask   control.Ask
	step  planning.Step
	parts []*part
	since time.Time

	ctx    context.Context // ends when the fault is to be taken back
	end    context.CancelCauseFunc
	proven chan struct{} // closed when every part was seen in effect
	over   chan struct{} // closed when every part was reverted, or could not be
	again  sync.Mutex    // one more attempt at a time

	mu       sync.Mutex
	ended    bool     // no part is on any more
	left     []string // what is held for the nodes since, and was not before
	unproven int
	failure  *control.Refusal
	audience map[int]func(control.Line)
	listened int
}

func newByHand(life context.Context, ask control.Ask, step planning.Step) *byHand {
	f := &byHand{id: step.ID, ask: ask, step: step, since: time.Now(), unproven: len(step.Targets),
		proven: make(chan struct{}), over: make(chan struct{}), audience: map[int]func(control.Line){}}
	f.ctx, f.end = context.WithCancelCause(life)
	return f
}

// hold plays every part.
func (f *byHand) hold() {
	defer f.end(nil)
	var parts sync.WaitGroup
	for _, p := range f.parts {
		parts.Go(p.play)
	}
	parts.Wait()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ended = true
}

// isOn tells that a part is, or may be.
func (f *byHand) isOn() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return !f.ended || slices.ContainsFunc(f.parts, func(p *part) bool { return p.dirt() != nil })
}

// leaves notes what was left when no fault was on any more.
func (f *byHand) leaves(found []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.left = found
}

// takeBack returns when the fault is gone, or could not be proven gone. What was
// tried before is tried once more.
func (f *byHand) takeBack(why error) {
	select {
	case <-f.over:
		f.again.Lock()
		defer f.again.Unlock()
		for _, p := range f.parts {
			if p.dirt() != nil {
				p.takeBack()
			}
		}
	default:
		f.end(why)
		<-f.over
	}
}

// passes tells a fault that is over by itself.
func (f *byHand) passes() bool { return f.step.For == 0 }

// isGone tells that the fault is proven gone, or never was there.
func (f *byHand) isGone() bool {
	select {
	case <-f.over:
		return f.why() == nil
	default:
		return false
	}
}

// why tells what could not be proven gone.
func (f *byHand) why() error {
	var all []error
	for _, p := range f.parts {
		all = append(all, p.dirt())
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, item := range f.left {
		all = append(all, fmt.Errorf("left behind: %s", item))
	}
	return errors.Join(all...)
}

// fail notes why the fault did not come about, and takes back what there is.
func (f *byHand) fail(class control.Class, why string) {
	f.mu.Lock()
	if f.failure == nil {
		f.failure = &control.Refusal{Class: class, Why: why}
	}
	f.mu.Unlock()
	f.end(errors.New(why))
}

// bites notes that one more part was seen in effect.
func (f *byHand) bites() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.unproven--; f.unproven == 0 {
		close(f.proven)
	}
}

// outcome is what whoever asked for the fault is told in the end.
func (f *byHand) outcome() (*control.Fault, error) {
	f.mu.Lock()
	failure := f.failure
	f.mu.Unlock()
	state := f.state()
	switch {
	case state.State == "dirty":
		return nil, &control.Refusal{Class: control.Dirty, Why: f.why().Error(), Hint: "`maildrill revert " + f.id + "` tries again, `maildrill down` removes all"}
	case failure != nil:
		return nil, failure
	case !isClosed(f.proven):
		return nil, &control.Refusal{Class: control.Stopped, Why: fmt.Sprintf("%s was not proven before %v; it is gone", f.id, context.Cause(f.ctx))}
	}
	return &state, nil
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// state is how the fault stands.
func (f *byHand) state() control.Fault {
	s := control.Fault{ID: f.id, Kind: f.ask.Fault, On: f.ask.On, Set: f.ask.Set, Since: f.since, State: f.word(), Targets: []control.Target{}}
	for _, p := range f.parts {
		s.Targets = append(s.Targets, p.target())
	}
	why := f.why()
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case why != nil:
		s.Error = why.Error()
	case f.failure != nil:
		s.Error = f.failure.Why
	}
	if s.State == "held" && f.step.For > 0 {
		left := max(0, time.Until(f.since.Add(f.step.For)).Seconds())
		s.Left = &left
	}
	return s
}

func (f *byHand) word() string {
	reverting := slices.ContainsFunc(f.parts, func(p *part) bool { return p.is("reverting") })
	switch {
	case isClosed(f.over) && f.why() != nil:
		return "dirty"
	case isClosed(f.over):
		return "clean"
	case reverting || f.ctx.Err() != nil:
		return "reverting"
	case isClosed(f.proven):
		return "held"
	}
	return "beginning"
}

// listen lets somebody hear what happens to the fault, until the function that
// it gives is called.
func (f *byHand) listen(say func(control.Line)) (stop func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.listened++
	n := f.listened
	f.audience[n] = say
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.audience, n)
	}
}

// say tells all who listen, in the order in which they came.
func (f *byHand) say(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, n := range slices.Sorted(maps.Keys(f.audience)) {
		f.audience[n](control.Line{Say: fmt.Sprintf(format, args...)})
	}
}
