package harness

import (
	"context"
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
	revertLimit = 60 * time.Second
)

// holding is one fault on one node, from its negative control to its proof of
// absence.
type holding struct {
	r      *run
	step   planning.Step
	node   string
	fault  faults.Fault
	target faults.Target
	id     string
}

// hold plays one fault on one target. Whatever happens after its inverse was
// registered, the inverse is carried out, on a context of its own.
func (r *run) hold(ctx context.Context, s planning.Step, node string) {
	fault, err := s.Make()
	if err != nil {
		r.fail(fmt.Errorf("make fault %s: %w", s.Kind.ID, err))
		return
	}
	h := &holding{r: r, step: s, node: node, fault: fault, target: r.target(s, node), id: s.ID + "/" + node}
	h.look(ctx, ledger.FaultControl)
	if err := h.register(ctx); err != nil {
		r.fail(fmt.Errorf("register the inverse of %s on %s: %w", s.Kind.ID, node, err))
		return
	}
	h.status("injecting")
	h.edge(ctx, false, func() { h.inject(ctx) })
	defer h.revert(context.WithoutCancel(ctx))
	h.prove(ctx)
	h.status("held")
	h.keep(ctx)
}

// register puts the inverse on disk and with the keeper, before the fault.
func (h *holding) register(ctx context.Context) error {
	undo := h.fault.Undo(h.target)
	if err := h.r.journal.write(JournalLine{ID: h.id, State: "held", Undo: undo}); err != nil {
		return err
	}
	if keeper, ok := h.r.system.(topology.Undoer); ok {
		if err := keeper.Hold(ctx, h.id, undoSteps(undo)); err != nil {
			return err
		}
	}
	h.event(ledger.FaultHeld, nil)
	return nil
}

func (h *holding) inject(ctx context.Context) {
	began := h.r.now()
	h.event(ledger.FaultInjecting, ledger.Call{Kind: h.step.Kind.ID, Began: began})
	err := h.fault.Inject(ctx, h.target)
	h.event(ledger.FaultInjected, ledger.Call{Kind: h.step.Kind.ID, Began: began, Ended: h.r.now(), Error: text(err)})
}

// prove looks until the fault bites, or gives up: an unproven fault is not an
// error here, the judge makes the run inconclusive.
func (h *holding) prove(ctx context.Context) {
	limit, cancel := context.WithTimeout(ctx, proveWithin)
	defer cancel()
	h.r.until(limit, edgeEvery, func() bool {
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
			h.inject(limit)
		}
	}
}

// cycle goes off and on until the time is over or the count is reached.
func (h *holding) cycle(ctx context.Context, c faults.Cycler) {
	down, up, count := c.Cycle()
	for i := 1; pause.For(ctx, down) && (count == 0 || i < count); i++ {
		h.look(ctx, ledger.FaultProof)
		if err := h.fault.Revert(ctx, h.target); err != nil || !pause.For(ctx, up) {
			return
		}
		h.inject(ctx)
		h.prove(ctx)
	}
}

// revert takes the fault back and proves it gone.
func (h *holding) revert(ctx context.Context) {
	h.status("reverting")
	ctx, cancel := context.WithTimeout(ctx, revertLimit)
	defer cancel()
	h.look(ctx, ledger.FaultProof)
	began := h.r.now()
	h.event(ledger.FaultReverting, ledger.Call{Kind: h.step.Kind.ID, Began: began})
	var err error
	h.edge(ctx, true, func() {
		err = h.fault.Revert(ctx, h.target)
		h.event(ledger.FaultReverted, ledger.Call{Kind: h.step.Kind.ID, Began: began, Ended: h.r.now(), Error: text(err)})
	})
	if err != nil || !h.clean(ctx) {
		h.status("dirty")
		h.r.residue(fmt.Sprintf("%s on %s could not be proven gone: %s", h.step.Kind.ID, h.node, text(err)))
		return
	}
	h.status("clean")
	h.release(ctx)
}

// clean looks until nothing of the fault is seen any more.
func (h *holding) clean(ctx context.Context) bool {
	limit, cancel := context.WithTimeout(ctx, cleanWithin)
	defer cancel()
	return h.r.until(limit, edgeEvery, func() bool {
		e := h.look(limit, ledger.FaultClean)
		return e.Error == "" && !e.Installed && !e.Effective
	})
}

func (h *holding) release(ctx context.Context) {
	if keeper, ok := h.r.system.(topology.Undoer); ok {
		if err := keeper.Release(ctx, h.id); err != nil {
			h.r.fail(fmt.Errorf("release the inverse of %s: %w", h.id, err))
		}
	}
	if err := h.r.journal.write(JournalLine{ID: h.id, State: "clean"}); err != nil {
		h.r.fail(err)
	}
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
	p.Counters, p.Detail = e.Counters, e.Detail
	return p, e.Lapsed
}

// look is one reading of a fault, with what only the timeline needs to know.
type look struct {
	ledger.Proof
	Lapsed bool
}

func (h *holding) event(kind string, data any) {
	h.r.events.append(kind, h.step.ID, h.node, data)
}

func (h *holding) status(state string) {
	h.r.live.fault(h.id, FaultStatus{Step: h.step.ID, Kind: h.step.Kind.ID, State: state})
}

func undoSteps(undo []faults.Undo) []topology.Undo {
	var steps []topology.Undo
	for _, u := range undo {
		steps = append(steps, topology.Undo(u))
	}
	return steps
}
