package harness

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/planning"
)

const (
	queuePoll  = 5 * time.Second
	stallTick  = 10 * time.Millisecond
	stallLimit = 100 * time.Millisecond
)

// watch starts what looks on during a run: guards, requests to abort, broken
// instruments, the stall meter, live queue depth and the status line. It ends
// with the context.
func (r *run) watch(ctx context.Context, inst *instruments) *sync.WaitGroup {
	var wg sync.WaitGroup
	wg.Go(func() { r.stallMeter(ctx) })
	wg.Go(func() { r.load(ctx) })
	wg.Go(func() { r.every(ctx, conditionPoll, r.guard) })
	wg.Go(func() { r.watchHealth(ctx) })
	if r.plan.Reads("lost") {
		look := missing{inst: inst}
		wg.Go(func() { r.every(ctx, missingPoll, func() { r.live.missed(look.look(ctx)) }) })
	} else {
		wg.Go(func() { r.every(ctx, queuePoll, func() { inst.queueDepth(ctx) }) })
	}
	if r.cfg.Status != nil {
		wg.Go(func() { r.every(ctx, statusTick, func() { r.cfg.Status(r.status(inst)) }) })
	}
	wg.Go(func() { r.hearBroken(ctx) })
	return &wg
}

func (r *run) every(ctx context.Context, d time.Duration, do func()) {
	tick := time.NewTicker(d)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			do()
		case <-ctx.Done():
			return
		}
	}
}

// guard ends the play if a guard's condition holds while the drill plays, or
// if another terminal asked for it.
func (r *run) guard() {
	if why, asked := r.cfg.Folder.abortRequested(); asked {
		r.stop(errors.New("asked to: " + strings.TrimSpace(why)))
		return
	}
	if !r.live.playing() {
		return // nothing is left to protect; what is known is judged
	}
	values := r.metrics()
	for _, g := range r.plan.Guards {
		if g.Holds(values) {
			r.events.append(ledger.GuardTripped, "", "", ledger.Ending{How: "guard", Why: g.Text})
			r.stop(fmt.Errorf("guard %s", g.Text))
			return
		}
	}
}

// metrics are the live values that conditions may name.
func (r *run) metrics() map[string]float64 {
	values := map[string]float64{"elapsed": r.clock().Seconds()}
	r.mu.Lock()
	counters := r.counters
	r.mu.Unlock()
	if counters != nil {
		for k, v := range counters() {
			values[k] = v
		}
	}
	for name, phase := range r.phases(r.clock()) {
		values[planning.CycleMetric(name)] = phase
	}
	values["queue"] = float64(r.live.status().Queue)
	if down, known := r.live.down(); known {
		values["down"] = float64(down)
	}
	if lost, known := r.live.missing(); known {
		values["lost"] = lost
	}
	return values
}

// stallMeter notices when this process did not get to run: an interval that
// an edge falls into is widened by the judge.
func (r *run) stallMeter(ctx context.Context) {
	tick := time.NewTicker(stallTick)
	defer tick.Stop()
	last := r.clock()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		now := r.clock()
		if late := now - last - stallTick; late > stallLimit {
			r.events.append(ledger.Gap, "", "", ledger.Stall{From: ledger.Seconds(last), To: ledger.Seconds(now)})
		}
		last = now
	}
}

func (r *run) status(inst *instruments) Status {
	s := r.live.status()
	s.At = r.clock()
	s.Mail = inst.counters()
	return s
}
