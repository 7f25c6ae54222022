package harness

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"maildrill/harness/control"
	"maildrill/harness/planning"
	"maildrill/scenarios"
)

// manual holds the faults that people ask for, on a topology that is up. It
// implements control.Desk.
type manual struct {
	r    *rig
	can  *planning.Capabilities
	life context.Context // ends when the topology goes down

	mu      sync.Mutex
	asked   map[string]int // faults so far by kind, which their ids count
	touched map[string]int // how often each node was touched
	faults  []*byHand      // all that were ever asked for
	since   []string       // those that came after traces were last compared

	traces traces
}

func newManual(life context.Context, r *rig, can *planning.Capabilities) *manual {
	m := &manual{r: r, can: can, life: life, asked: map[string]int{}, touched: map[string]int{}}
	m.traces = traces{r: r, faults: m}
	return m
}

var (
	errAsked              = errors.New("somebody took it back")
	errLeft               = errors.New("whoever asked for it went away")
	errGoing              = errors.New("the topology is going down")
	_        control.Desk = (*manual)(nil)
)

// Inject implements control.Desk.
func (m *manual) Inject(ctx context.Context, ask control.Ask, say func(control.Line)) (*control.Fault, error) {
	f, err := m.admit(ask)
	if err != nil {
		return nil, err
	}
	say(control.Line{ID: f.id, Say: f.id + ": " + ask.Fault + " on " + ask.On})
	defer f.listen(say)()
	go m.play(f)
	select {
	case <-f.proven:
	case <-f.over:
	case <-ctx.Done():
		f.end(errLeft)
	}
	if f.ask.For > 0 || f.passes() || ctx.Err() != nil {
		m.await(ctx, f)
	}
	return f.outcome()
}

// await waits until a fault is over. It is taken back if whoever asked for it
// leaves.
func (m *manual) await(ctx context.Context, f *byHand) {
	select {
	case <-f.over:
	case <-ctx.Done():
		f.end(errLeft)
		<-f.over
	}
}

// admit makes the fault that is asked for and gives it an id, if it may be held
// beside those that are.
func (m *manual) admit(ask control.Ask) (*byHand, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.life.Err() != nil {
		return nil, &control.Refusal{Class: control.Usage, Why: errGoing.Error()}
	}
	id := fmt.Sprintf("%s-%d", ask.Fault, m.asked[ask.Fault]+1)
	step, err := planning.ByHand(m.r.topology, m.can, id, planning.Wish{Fault: ask.Fault, On: ask.On, Set: ask.Set, For: ask.For})
	if err != nil {
		return nil, refused(err)
	}
	f := newByHand(m.life, ask, step)
	for _, other := range m.faults {
		if why := collision(other.step, step); why != "" && !other.isGone() {
			return nil, &control.Refusal{Class: control.Usage, Why: why,
				Hint: "take that one back first: maildrill revert " + other.id}
		}
	}
	if err := m.aim(f); err != nil {
		return nil, err
	}
	m.asked[ask.Fault]++
	m.faults, m.since = append(m.faults, f), append(m.since, id)
	return f, nil
}

// refused says what is wrong with a wish.
func refused(err error) *control.Refusal {
	var problems scenarios.Problems
	var lacking *planning.Lacking
	switch {
	case errors.As(err, &lacking):
		return &control.Refusal{Class: control.Lacking, Why: err.Error(), Hint: "it can do " + strings.Join(lacking.Possible, ", ") + "; for the others bring the topology up on real servers: --runtime docker"}
	case errors.As(err, &problems):
		return &control.Refusal{Class: control.Usage, Why: err.Error(), Hint: "`maildrill list faults` shows all, `maildrill list faults ID` one with its parameters"}
	}
	return &control.Refusal{Class: control.Broken, Why: err.Error()}
}

// Revert implements control.Desk.
func (m *manual) Revert(ctx context.Context, what control.Reversion, say func(control.Line)) (*control.Reverted, error) {
	chosen, err := m.choose(what)
	if err != nil {
		return nil, err
	}
	end := &control.Reverted{Faults: []control.Fault{}}
	var wg sync.WaitGroup
	for _, f := range chosen {
		if f.isGone() {
			end.Already = append(end.Already, f.id)
			continue
		}
		stop := f.listen(say)
		wg.Go(func() { defer stop(); f.takeBack(errAsked) })
	}
	wg.Wait()
	m.settle() // of what was tried once more
	for _, f := range chosen {
		end.Faults = append(end.Faults, f.state())
	}
	return end, ctx.Err()
}

// choose finds the faults that are to be taken back.
func (m *manual) choose(what control.Reversion) ([]*byHand, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if what.All {
		return slices.DeleteFunc(slices.Clone(m.faults), (*byHand).isGone), nil
	}
	var ids []string
	for _, f := range m.faults {
		if f.id == what.ID {
			return []*byHand{f}, nil
		}
		if !f.isGone() {
			ids = append(ids, f.id)
		}
	}
	return nil, &control.Refusal{Class: control.Usage, Why: fmt.Sprintf("no fault %q was ever on", what.ID),
		Hint: "held: " + cmp.Or(strings.Join(ids, ", "), "none")}
}

// finish takes everything back, whatever the life of the topology does.
func (m *manual) finish() error {
	m.mu.Lock()
	all := slices.DeleteFunc(slices.Clone(m.faults), (*byHand).isGone)
	m.mu.Unlock()
	var wg sync.WaitGroup
	for _, f := range all {
		wg.Go(func() { f.takeBack(errGoing) })
	}
	wg.Wait()
	var left []error
	for _, f := range all {
		if !f.isGone() {
			left = append(left, fmt.Errorf("%s: %w", f.id, f.why()))
		}
	}
	return errors.Join(left...)
}
