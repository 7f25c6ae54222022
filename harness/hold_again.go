package harness

import (
	"context"

	"maildrill/faults"
	"maildrill/harness/ledger"
	"maildrill/harness/pause"
)

// cycle goes off and on until the time is over or the count is reached.
func (h *holding) cycle(ctx context.Context, c faults.Cycler) {
	down, up, count := c.Cycle()
	for i := 1; pause.For(ctx, down) && (count == 0 || i < count); i++ {
		h.look(ctx, ledger.FaultProof)
		h.rest(true)
		if err := h.fault.Revert(ctx, h.target); err != nil || !pause.For(ctx, up) {
			return
		}
		h.rest(false)
		h.again(ctx)
		h.prove(ctx)
	}
}

// again injects once more, to the end even if the time of the fault is over
// meanwhile: half of an injection looks like a fault that was lost.
func (h *holding) again(ctx context.Context) {
	whole, cancel := context.WithTimeout(context.WithoutCancel(ctx), revertLimit)
	defer cancel()
	_ = h.inject(whole)
}

func (h *holding) rest(rests bool) {
	h.rests = rests
	if h.onlooker != nil {
		h.onlooker.turned(map[bool]string{true: "resting", false: "held"}[rests])
	}
}
