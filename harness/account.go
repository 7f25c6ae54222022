package harness

import (
	"context"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/pause"
	"maildrill/harness/topology"
)

// Rules of the accounting: loss is only said after the queues were read empty
// twice, a sentinel arrived, and two readings of every mailbox agree
// (measurement: quiescence).
const (
	drainPoll     = 500 * time.Millisecond
	drainAborted  = 10 * time.Second
	scansAtMost   = 4
	scanLimit     = 5 * time.Minute
	sentinelLimit = 30 * time.Second
)

// quietGap is the time between two readings that must agree: longer than one
// scan of the queue by the server, so that a message between two queues shows.
func quietGap(c topology.Clock) time.Duration {
	if c == topology.Production {
		return 5 * time.Second
	}
	return 2500 * time.Millisecond
}

// account finds out what became of every copy. A stop, be it during the play
// or now, leaves the queues a little time to empty: what is known is judged.
func (r *run) account(ctx, play context.Context, inst *instruments) {
	limit := time.Duration(r.plan.Scenario.Phases.Drain)
	r.enter("drain", limit)
	hurried, done := soonAfter(ctx, play, drainAborted)
	r.drain(hurried, inst, limit)
	done()
	r.enter("scan", 0)
	ctx, cancel := context.WithTimeout(ctx, scanLimit)
	defer cancel()
	ctx, done = soonAfter(ctx, r.broken, 0)
	defer done()
	inst.sentinel(ctx)
	inst.salter.place(ctx)
	r.scans(ctx, inst)
	if inst.stored != nil {
		inst.stored.Finish(ctx)
	}
	inst.readQueues(ctx)
	r.search(ctx, inst.salter.control())
}

// soonAfter is ctx until some time after another context has ended.
func soonAfter(ctx, other context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(other, func() { time.AfterFunc(d, cancel) })
	return ctx, func() { stop(); cancel() }
}

// drain reads the queues until two readings, a gap apart, find them empty.
func (r *run) drain(ctx context.Context, inst *instruments, limit time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	gap := quietGap(r.plan.Topology.Clock)
	for {
		if !r.until(ctx, drainPoll, func() bool { return inst.readQueues(ctx) == 0 }) {
			return
		}
		if !pause.For(ctx, gap) || inst.readQueues(ctx) == 0 {
			return
		}
	}
}

// scans reads every mailbox until two readings in a row agree.
func (r *run) scans(ctx context.Context, inst *instruments) {
	last := ""
	for n := 1; n <= scansAtMost; n++ {
		res := inst.scan(ctx, n)
		r.events.append(ledger.Scanned, "", "", res)
		if len(res.Unread) == 0 && res.Digest == last {
			return
		}
		last = res.Digest
		if !pause.For(ctx, time.Second) {
			return
		}
	}
}
