package harness

import (
	"context"
	"sync"
	"time"

	"maildrill/harness/ledger"
)

// edge carries out a call that puts a fault on or takes it off, and looks at the
// fault all the while, for the call can take much longer than its effect. The
// bracket of the effect is then as wide as one look, not as the call. With cut,
// a look that is under way when the call returns is given up: another is due.
func (h *holding) edge(ctx context.Context, cut bool, call func()) {
	looks, stop := context.WithCancel(ctx)
	defer stop()
	over := make(chan struct{})
	var looking sync.WaitGroup
	looking.Go(func() { h.watchEdge(looks, over) })
	call()
	close(over)
	if cut {
		stop()
	}
	looking.Wait()
}

// watchEdge looks every edgeEvery, or as often as looks end. One that was cut
// short saw nothing, and is not written down.
func (h *holding) watchEdge(ctx context.Context, over <-chan struct{}) {
	for {
		next := time.NewTimer(edgeEvery)
		h.glance(ctx)
		select {
		case <-next.C:
		case <-over:
			next.Stop()
			return
		}
		select {
		case <-over:
			return
		default:
		}
	}
}

// glance looks at the target alone: the bystander is looked at while the fault
// is held.
func (h *holding) glance(ctx context.Context) {
	target := h.target
	target.Bystander = nil
	if p, _ := h.sight(ctx, target); ctx.Err() == nil {
		h.event(ledger.EffectSeen, p)
	}
}
