package harness

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"maildrill/faults"
	"maildrill/harness/ledger"
	"maildrill/harness/pause"
	"maildrill/harness/planning"
	"maildrill/harness/topology"
)

// Rhythm of looking at a fault. The edges are looked at often, because the
// bracket of each edge is as wide as one look (measurement: 50 to 100 ms).
const (
	edgeEvery   = 75 * time.Millisecond
	holdEvery   = time.Second
	repeatEvery = 250 * time.Millisecond
	proveWithin = 5 * time.Second  // from the call to the proof that it bites
	cleanWithin = 45 * time.Second // from the revert to the proof that it is gone
	brokenAfter = 3 * time.Second  // the same, once an instrument has broken
	revertLimit = 60 * time.Second
)

// holding is one fault on one node or link, from its negative control to its proof of
// absence.
type holding struct {
	r        *rig
	step     planning.Step
	node     string
	fault    faults.Fault
	target   faults.Target
	id       string
	rests    bool     // a cycle has taken the fault back for a while
	onlooker onlooker // nil: nobody
	used     func()   // what was held ahead of it is not any more
}

// onlooker is told what happens to a fault, as it is written down: the kind and
// the data of each event, and the states of [FaultStatus].
type onlooker interface {
	saw(kind string, data any)
	turned(state string)
}

// hold plays one fault on one target. Whatever happens after its inverse was
// registered, the inverse is carried out, on a context of its own.
func (r *run) hold(ctx context.Context, s planning.Step, aimed planning.Aimed) {
	leave, ok := r.admit(ctx, s, aimed)
	if !ok {
		return
	}
	h := r.ready.take(s.ID + "/" + aimed.Name)
	defer func() {
		if h != nil {
			h.used()
		}
		leave()
		r.compareTraces(context.WithoutCancel(ctx))
	}()
	if h == nil {
		var err error
		if h, err = r.holding(s, aimed); err != nil {
			r.fail(err)
			return
		}
	}
	h.look(ctx, ledger.FaultControl)
	if err := h.register(ctx); err != nil {
		r.fail(err)
		return
	}
	if err := h.begin(ctx); errors.Is(err, errors.ErrUnsupported) { // of any other the proofs tell
		r.fail(lacked(err))
	}
	defer func() {
		if err := h.revert(context.WithoutCancel(ctx)); err != nil {
			r.residue(err.Error())
			return
		}
		if err := h.release(context.WithoutCancel(ctx)); err != nil {
			r.fail(err)
		}
	}()
	h.prove(ctx)
	h.status("held")
	h.keep(ctx)
	r.occupied.ends(s, aimed)
}

// lacked says of an error that tells of a host that cannot make the fault that it
// is the environment's.
func lacked(err error) error {
	if errors.Is(err, errors.ErrUnsupported) {
		err = fmt.Errorf("%w: this host cannot make the fault: %w", topology.ErrUnavailable, err)
	}
	return err
}

// holding makes the fault of a step for one of its targets. Nothing is touched.
func (r *rig) holding(s planning.Step, aimed planning.Aimed) (*holding, error) {
	fault, err := s.Make()
	if err != nil {
		return nil, fmt.Errorf("make fault %s: %w", s.Kind.ID, err)
	}
	target, err := r.target(s, aimed)
	if err != nil {
		return nil, err
	}
	return &holding{r: r, step: s, node: aimed.Name, fault: fault, target: target, id: s.ID + "/" + aimed.Name, used: func() {}}, nil
}

// register puts the inverse on disk and with the keeper, before the fault.
func (h *holding) register(ctx context.Context) error {
	undo := h.fault.Undo(h.target)
	err := h.r.journal.write(JournalLine{ID: h.id, State: "held", Undo: undo})
	if keeper, ok := h.r.system.(topology.Undoer); ok && err == nil {
		err = keeper.Hold(ctx, h.id, undoSteps(undo))
	}
	if err != nil {
		return fmt.Errorf("register the inverse of %s on %s: %w", h.step.Kind.ID, h.node, err)
	}
	h.event(ledger.FaultHeld, nil)
	return nil
}

// begin injects, and looks at the fault all the while.
func (h *holding) begin(ctx context.Context) (err error) {
	h.status("injecting")
	h.edge(ctx, false, func() { err = h.inject(ctx) })
	return err
}

func (h *holding) inject(ctx context.Context) error {
	began := h.r.now()
	h.event(ledger.FaultInjecting, ledger.Call{Kind: h.step.Kind.ID, Began: began})
	err := h.fault.Inject(ctx, h.target)
	h.event(ledger.FaultInjected, ledger.Call{Kind: h.step.Kind.ID, Began: began, Ended: h.r.now(), Error: text(err)})
	return err
}

// prove looks until the fault bites, or gives up: an unproven fault is not an
// error here, the judge makes the run inconclusive.
func (h *holding) prove(ctx context.Context) bool {
	limit, cancel := context.WithTimeout(ctx, proveWithin)
	defer cancel()
	return h.r.until(limit, edgeEvery, func() bool {
		e := h.look(limit, ledger.FaultProof)
		return e.Installed && e.Effective
	})
}

// keep holds the fault for its time, proving again and again that it is still
// there.
func (h *holding) keep(ctx context.Context) {
	limit, cancel := context.WithTimeout(ctx, h.step.For)
	defer cancel()
	if c, ok := h.fault.(faults.Cycler); ok {
		h.cycle(limit, c)
		return
	}
	every := holdEvery
	repeater, repeats := h.fault.(faults.Repeater)
	if repeats = repeats && repeater.Repeat(); repeats {
		every = repeatEvery
	}
	for pause.For(limit, every) {
		e := h.look(limit, ledger.FaultProof)
		if repeats && limit.Err() == nil && e.Lapsed {
			h.again(limit)
		}
	}
}

// revert takes the fault back and proves it gone. It may be called again if it
// could not.
func (h *holding) revert(ctx context.Context) error {
	h.status("reverting")
	ctx, cancel := context.WithTimeout(ctx, revertLimit)
	defer cancel()
	h.last(ctx)
	began := h.r.now()
	h.event(ledger.FaultReverting, ledger.Call{Kind: h.step.Kind.ID, Began: began})
	var err error
	h.edge(ctx, true, func() {
		err = h.fault.Revert(ctx, h.target)
		h.event(ledger.FaultReverted, ledger.Call{Kind: h.step.Kind.ID, Began: began, Ended: h.r.now(), Error: text(err)})
	})
	if err == nil {
		err = h.clean(ctx)
	}
	if err != nil {
		h.status("dirty")
		return fmt.Errorf("%s on %s could not be proven gone: %w", h.step.Kind.ID, h.node, err)
	}
	h.status("clean")
	return nil
}

// last looks whether the fault was there to its end. What one attempt misses
// is looked at once more: chance is not to say that a fault is gone.
func (h *holding) last(ctx context.Context) {
	if h.rests {
		return
	}
	if e := h.look(ctx, ledger.FaultProof); !e.Installed || !e.Effective {
		h.look(ctx, ledger.FaultProof)
	}
}

// clean looks until nothing of the fault is seen any more; the error says what
// was seen last. With a broken instrument that may never be: what is left is taken
// down with the system, and the sooner the better.
func (h *holding) clean(ctx context.Context) error {
	limit, cancel := context.WithTimeout(ctx, cleanWithin)
	defer cancel()
	limit, done := soonAfter(limit, h.r.broken, brokenAfter)
	defer done()
	var e look
	gone := h.r.until(limit, edgeEvery, func() bool {
		e = h.look(limit, ledger.FaultClean)
		return e.Error == "" && !e.Installed && !e.Effective
	})
	if gone {
		return nil
	}
	return fmt.Errorf("installed: %v, effective: %v; %s", e.Installed, e.Effective, cmp.Or(e.Error, e.Detail))
}

// release forgets the inverse of a fault that was proven gone.
func (h *holding) release(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, revertLimit)
	defer cancel()
	if keeper, ok := h.r.system.(topology.Undoer); ok {
		if err := keeper.Release(ctx, h.id); err != nil {
			return fmt.Errorf("release the inverse of %s: %w", h.id, err)
		}
	}
	return h.r.journal.write(JournalLine{ID: h.id, State: "clean"})
}

// look asks the fault for evidence and writes down what it said.
func (h *holding) look(ctx context.Context, kind string) look {
	p, lapsed := h.sight(ctx, h.target)
	h.event(kind, p)
	h.r.live.proof(h.id, p)
	return look{Proof: p, Lapsed: lapsed}
}

// sight is one look, not yet written down.
func (h *holding) sight(ctx context.Context, target faults.Target) (p ledger.Proof, lapsed bool) {
	p.Began = h.r.now()
	e, err := h.fault.Verify(ctx, target)
	p.Ended, p.Error = h.r.now(), text(err)
	p.Installed, p.Effective, p.BystanderHurt = e.Installed, e.Effective, e.BystanderHurt
	p.Counters, p.Counts, p.Detail = e.Counters, e.Counts, e.Detail
	p.Partial, p.By = e.Partial, e.By
	for _, m := range e.Measured {
		p.Measured = append(p.Measured, ledger.Measured(m))
	}
	return p, e.Lapsed
}

// look is one reading of a fault, with what only the timeline needs to know.
type look struct {
	ledger.Proof
	Lapsed bool
}

func (h *holding) event(kind string, data any) {
	h.r.events.append(kind, h.step.ID, h.node, data)
	if h.onlooker != nil {
		h.onlooker.saw(kind, data)
	}
}

func (h *holding) status(state string) {
	h.r.live.fault(h.id, FaultStatus{Step: h.step.ID, Kind: h.step.Kind.ID, State: state})
	if h.onlooker != nil {
		h.onlooker.turned(state)
	}
}

func undoSteps(undo []faults.Undo) []topology.Undo {
	var steps []topology.Undo
	for _, u := range undo {
		steps = append(steps, topology.Undo(u))
	}
	return steps
}
