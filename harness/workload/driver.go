package workload

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"maildrill/harness/identity"
	"maildrill/harness/ledger"
)

// Driver offers the messages of a schedule and records what was answered.
type Driver struct {
	cfg      Config
	dialer   Dialer
	recorder ledger.Recorder
	key      identity.Key
	clock    func() time.Duration
	route    route
	tally    tally
	pool     pool
	queue    chan Arrival
	base     time.Duration // on the clock, when the schedule began
	fail     context.CancelCauseFunc
	over     atomic.Int64 // on the clock, when the workload ended; 0: it has not
}

// New makes a driver. The clock gives the time since the start of the run; it
// must be monotonic. The error names every mistake of the configuration.
func New(c Config, dialer Dialer, recorder ledger.Recorder, key identity.Key, clock func() time.Duration) (*Driver, error) {
	c = c.filled()
	if err := c.check(); err != nil {
		return nil, err
	}
	return &Driver{
		cfg: c, dialer: dialer, recorder: recorder, key: key, clock: clock,
		route: newRoute(c, dialer, clock),
		pool:  pool{most: c.Sessions, clock: clock},
		queue: make(chan Arrival, c.MaxQueue),
	}, nil
}

// Counters tells how the driver stands, all numbers at one moment.
func (d *Driver) Counters() Counters { return d.tally.snapshot() }

// errLinger cuts off what is still in flight long after the end.
var errLinger = errors.New("the workload ended")

// Run offers messages until ctx ends or the limit is reached, and returns when
// every message has an outcome. After ctx ended nothing new is begun: what waits
// becomes unsent, intents whose time did not come before the last moment are
// withdrawn, and what is in flight has Config.Linger to finish.
// An error means that the history could not be written. Run is called once.
func (d *Driver) Run(ctx context.Context) error {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	d.fail, d.base = fail, d.clock()
	context.AfterFunc(ctx, func() { d.over.Store(int64(d.clock())) })
	work, cut := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cut(nil)
	var sessions sync.WaitGroup
	for range d.cfg.Sessions {
		sessions.Go(func() { d.session(ctx, work) })
	}
	var keepers sync.WaitGroup
	defer keepers.Wait()
	committed := make(chan []Arrival, ahead/planEvery)
	keepers.Go(func() { d.plan(ctx, committed) })
	done := make(chan struct{})
	keepers.Go(func() { d.pool.keep(done) })
	d.offer(ctx, committed)
	close(d.queue)
	go func() { sessions.Wait(); close(done) }()
	d.linger(ctx, done, cut)
	<-done
	var broken *brokenHistory
	if errors.As(context.Cause(ctx), &broken) {
		return broken
	}
	return nil
}

// linger returns when done, or when what is in flight was cut off.
func (d *Driver) linger(ctx context.Context, done <-chan struct{}, cut context.CancelCauseFunc) {
	select {
	case <-done:
		return
	case <-ctx.Done():
	}
	limit := time.NewTimer(d.cfg.Linger)
	defer limit.Stop()
	select {
	case <-done:
	case <-limit.C:
		cut(errLinger)
	}
}

// session takes messages one after the other. Those that come after the end
// are unsent.
func (d *Driver) session(ctx, work context.Context) {
	y := &delivery{Driver: d, ended: func() bool { return ctx.Err() != nil }}
	for a := range d.queue {
		if y.ended() {
			d.tally.planned(-len(a.Recipients))
			d.leave(a)
			continue
		}
		for y.deliver(work, a); y.next.riding; {
			y.ride(work)
		}
	}
}

// errTurn is why a copy was not begun although its time had come.
const errTurn = "the workload ended before its turn"

// lastMoment is how shortly before the end an arrival may come due and not be
// begun: that is a matter of chance, and nobody's fault.
const lastMoment = 50 * time.Millisecond

// leave gives up an arrival that was not begun when the workload ended: it is
// unsent, or withdrawn if its time came in the last moment. It is not counted as
// planned yet.
func (d *Driver) leave(a Arrival) {
	over := time.Duration(d.over.Load())
	if over == 0 {
		over = d.clock()
	}
	if over-(d.base+a.At) < lastMoment {
		d.withdraw(a)
		return
	}
	d.tally.planned(len(a.Recipients))
	d.unsent(a, errTurn)
}

func (d *Driver) unsent(a Arrival, why string) {
	entries := make([]ledger.Entry, len(a.Recipients))
	for i := range a.Recipients {
		entries[i] = ledger.Entry{Kind: ledger.Unsent, Copy: copyOf(a, i), Start: d.clock(), Detail: why}
	}
	d.tally.unsent(len(entries))
	d.record(entries...)
}

func copyOf(a Arrival, rcpt int) ledger.Copy {
	return ledger.Copy{Stream: ledger.StreamWorkload, Seq: a.Seq, Rcpt: uint16(rcpt)}
}

// brokenHistory ends the workload: what cannot be written down is not sent.
type brokenHistory struct{ err error }

func (b *brokenHistory) Error() string { return fmt.Sprintf("record the workload: %v", b.err) }
func (b *brokenHistory) Unwrap() error { return b.err }

func (d *Driver) record(entries ...ledger.Entry) {
	if err := d.recorder.Record(entries...); err != nil {
		d.fail(&brokenHistory{err})
	}
}
