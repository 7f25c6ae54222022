package harness

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"maildrill/faults"
	"maildrill/harness/ledger"
	"maildrill/harness/pause"
	"maildrill/harness/planning"
)

// readied are the faults that have work to do ahead of their step
// ([faults.Preparer]), by their id.
type readied struct {
	working sync.WaitGroup
	mu      sync.Mutex
	faults  map[string]*holding
}

// prepare begins with the work that faults have to do ahead, at the moment at
// which the load begins. What is due at once is done when it returns; what is due
// later follows.
func (r *run) prepare(ctx context.Context) {
	origin := r.clock() + time.Duration(r.plan.Scenario.Phases.Baseline) // of the timeline
	for _, s := range r.plan.Steps {
		if !s.IsFault() {
			continue
		}
		for _, aimed := range s.Targets {
			h, err := r.holding(s, aimed)
			if err != nil {
				r.fail(err)
				return
			}
			p, ok := h.fault.(faults.Preparer)
			if !ok {
				continue
			}
			r.traces.note(ctx) // before anything is kept for it
			if p.Ahead() == 0 {
				r.readies(ctx, h, p)
				continue
			}
			r.ready.working.Go(func() {
				if pause.For(ctx, origin+s.At-p.Ahead()-r.clock()) {
					r.readies(ctx, h, p)
				}
			})
		}
	}
}

func (r *run) readies(ctx context.Context, h *holding, p faults.Preparer) {
	h.used = r.occupied.keep()
	r.ready.add(h, h.prepare(ctx, p))
}

func (f *readied) add(h *holding, err error) {
	if err != nil {
		h.r.fail(fmt.Errorf("prepare %s on %s: %w", h.step.Kind.ID, h.node, lacked(err)))
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.faults == nil {
		f.faults = map[string]*holding{}
	}
	f.faults[h.id] = h
}

// take gives a fault that is prepared, once.
func (f *readied) take(id string) *holding {
	f.mu.Lock()
	defer f.mu.Unlock()
	h := f.faults[id]
	delete(f.faults, id)
	return h
}

// holding makes the fault of a step for one target, with a witness.
func (r *run) holding(s planning.Step, aimed planning.Aimed) (*holding, error) {
	h, err := r.rig.holding(s, aimed)
	if err != nil {
		return nil, err
	}
	if node, ok := r.bystander(); ok {
		h.target.Bystander = r.reach(node)
	}
	return h, nil
}

// prepare does the work, with its inverse held.
func (h *holding) prepare(ctx context.Context, p faults.Preparer) error {
	began := h.r.now()
	err := h.register(ctx)
	if err == nil {
		err = p.Prepare(ctx, h.target)
	}
	h.event(ledger.FaultPrepared, ledger.Call{Kind: h.step.Kind.ID, Began: began, Ended: h.r.now(), Error: text(err)})
	return err
}

// unprepare takes back what was done for steps that never came.
func (r *run) unprepare(ctx context.Context) {
	r.ready.working.Wait()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), revertLimit)
	defer cancel()
	var errs []error
	for id, h := range r.ready.faults {
		err := h.fault.Revert(ctx, h.target)
		h.used()
		if err == nil {
			err = h.release(ctx)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("take back what was done ahead for %s: %w", id, err))
		}
	}
	if err := errors.Join(errs...); err != nil {
		r.residue(err.Error())
	}
}
