package calibrate

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"maildrill/harness/embedded/network"
	"maildrill/harness/ledger"
	"maildrill/harness/measure"
	"maildrill/harness/pause"
	"maildrill/harness/probe"
	"maildrill/harness/record"
	"maildrill/harness/topology"
)

// outagesLive breaks services that really run, many at the same time, and
// demands that each bracket holds the truth.
func outagesLive(ctx context.Context, b *Bench) {
	var wg sync.WaitGroup
	wg.Go(func() { b.guarded(func() { showingLess(ctx, b) }) })
	if b.Blunder == nil { // the spoiled checks are those of the store
		realOutages(ctx, b)
	}
	wg.Wait()
}

// pace is how a service is probed in real time.
type pace struct{ interval, timeout, stable time.Duration }

// slack is how much wider than interval and time-out a bracket may be on
// average: looks at the fault, and a machine that is busy.
const slack = 100 * time.Millisecond

// realOutages are seeded outages on loopback sockets: 200 of 0.3 s to 20 s, 40
// at a time, in the full form.
func realOutages(ctx context.Context, b *Bench) {
	n, longest := b.pick(12, 200), time.Duration(b.pick(1500, 20000))*time.Millisecond
	p := pace{interval, timeout, 2500 * time.Millisecond}
	if !b.Full {
		p = pace{100 * time.Millisecond, timeout / 2, time.Second}
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	var widths []time.Duration
	var repeated atomic.Int64
	slots := make(chan struct{}, 40)
	for i := range n {
		if ctx.Err() != nil {
			return
		}
		slots <- struct{}{}
		if i%40 == 0 {
			b.say("CAL-11 real outages: %d of %d", i, n)
		}
		wg.Go(func() {
			defer func() { <-slots }()
			r := b.rand("real outage %d", i)
			o := outage{kind: []string{refused, blackHoled, stalled}[i%3], length: between(r, 300*time.Millisecond, longest),
				lead: between(r, 5*p.interval, 7*p.interval), pace: p}
			var width time.Duration
			again, err := unstalled(func() (err error) { width, err = o.play(ctx, b.Judge); return err })
			repeated.Add(int64(again))
			b.Case(fmt.Sprintf("real outage %d (%s for %v)", i, o.kind, o.length.Round(time.Millisecond)), err)
			mu.Lock()
			defer mu.Unlock()
			widths = append(widths, width)
		})
	}
	wg.Wait()
	mean, bound := average(widths), p.interval+p.timeout+slack
	b.Figure("%d real outages of 0.3 s to %v, the truth inside of every bracket; mean width %.3f s, allowed %.3f s", n, longest, mean.Seconds(), bound.Seconds())
	if n := repeated.Load(); n > 0 {
		b.Figure("%d times an outage was played again, because this machine stood still meanwhile", n)
	}
	if mean > bound {
		b.Case("mean width", fmt.Errorf("%v, at most %v is allowed", mean, bound))
	}
}

// unstalled plays something in real time. If it went wrong, and this process
// did not get to run meanwhile, then the truth itself is not known, and it is
// played again: at most twice.
func unstalled(play func() error) (again int, err error) {
	for ; ; again++ {
		stop := lateness()
		err = play()
		if late := stop(); err == nil || late < slack || again == 2 {
			return again, err
		}
	}
}

// lateness measures by how much a timer is late at most, until stop.
func lateness() (stop func() time.Duration) {
	const step = 10 * time.Millisecond
	quit, done := make(chan struct{}), make(chan time.Duration)
	go func() {
		var worst time.Duration
		for last := time.Now(); ; last = time.Now() {
			select {
			case <-time.After(step):
				worst = max(worst, time.Since(last)-step)
			case <-quit:
				done <- worst
				return
			}
		}
	}()
	return func() time.Duration { close(quit); return <-done }
}

func average(all []time.Duration) (mean time.Duration) {
	for _, d := range all {
		mean += d / time.Duration(len(all))
	}
	return mean
}

// outage is one interruption of one host.
type outage struct {
	kind         string
	lead, length time.Duration
	pace
}

// moment is when something was done: between two readings of the clock.
type moment struct{ low, high time.Duration }

// play runs the host, its probes and its outage, and judges.
func (o outage) play(ctx context.Context, judge Judge) (width time.Duration, err error) {
	n := network.New()
	defer n.Close()
	client := n.Add("outside", "outside.test", []netip.Addr{netip.MustParseAddr("198.18.0.1")}, nil)
	server := n.Add("mx1", "mx1.test", []netip.Addr{netip.MustParseAddr("198.18.0.2")}, nil)
	h := &host{Host: server}
	if err := h.open(); err != nil {
		return 0, err
	}
	defer h.shut()
	began := time.Now()
	k, clock := &book{}, func() time.Duration { return time.Since(began) }
	p := probe.Prober{Dialer: way{n, client}, BounceDomain: bounceDomain, Account: account("probe@" + domain), Timeout: o.timeout}
	probing, stop := context.WithCancel(ctx)
	var done sync.WaitGroup
	done.Go(func() {
		probe.Schedule{Service: "mx", Node: "mx1", Check: p.MXAt("mx1"), Interval: o.interval, Limit: 2 * o.timeout, Clock: clock,
			Report: func(r ledger.ProbeResult, node string) { _ = k.Append(clock(), ledger.Probed, "", node, r) }}.Run(probing)
	})
	pause.For(ctx, o.lead)
	on := timed(clock, func() { err = h.fail(o.kind) })
	pause.For(ctx, o.length)
	off := timed(clock, func() { err = errors.Join(err, h.mend(o.kind)) })
	pause.For(ctx, o.stable+o.timeout+3*o.interval)
	stop()
	done.Wait()
	if err = errors.Join(err, ctx.Err()); err != nil {
		return 0, err
	}
	return o.compare(judge, k, on, off, clock())
}

func timed(clock func() time.Duration, do func()) (m moment) {
	m.low = clock()
	do()
	m.high = clock()
	return m
}

// compare judges what the probes saw against when the host really failed and
// came back.
func (o outage) compare(judge Judge, k *book, on, off moment, end time.Duration) (time.Duration, error) {
	t := newTape(0)
	t.baseline, t.observe = on.low, end
	t.services = map[string][]ledger.ProbeResult{"mx@mx1": nil}
	t.goals = []measure.Objective{{Name: "rto.mx@mx1", Max: 1e6, Unit: "s"}}
	t.change = func(s *spec) {
		s.Probe = measure.Probing{Interval: seconds(o.interval), Timeout: seconds(o.timeout), Stable: seconds(o.stable)}
	}
	t.faults = []fault{crash((on.low+on.high)/2, (off.low+off.high)/2)}
	t.faults[0].look = max(on.high-on.low, off.high-off.low) + time.Millisecond
	h := t.history()
	h.Events = append(h.Events, k.events...)
	r, err := judge(h)
	if err != nil {
		return 0, err
	}
	m := measured(r, "rto.mx@mx1")
	if m == nil || m.High == nil {
		return 0, errors.New("no recovery was measured")
	}
	width := time.Duration((*m.High - m.Low) * float64(time.Second))
	return width, errors.Join(overlaps("recovery", *m, off.low-on.high, off.high-on.low), o.started(r, on))
}

func (o outage) started(r record.Record, on moment) error {
	seen := r.Services["mx@mx1"].Outages
	if len(seen) == 0 && o.kind != refused && o.length < o.timeout+o.interval {
		return nil // every probe was answered within its time-out, if late
	}
	if len(seen) != 1 {
		return fmt.Errorf("%d outages reported", len(seen))
	}
	return overlaps("start", seen[0].Began, on.low, on.high)
}

// overlaps: the truth is itself known only between two readings.
func overlaps(what string, i record.Interval, low, high time.Duration) error {
	if high.Seconds() < i.Low-hair || i.High != nil && low.Seconds() > *i.High+hair {
		return fmt.Errorf("%s: true is %.4f to %.4f s, reported %s", what, low.Seconds(), high.Seconds(), shown(i))
	}
	return nil
}

// showingLess: stores that answer OK and are empty, or whose login works and
// nothing else, are down all the same.
func showingLess(ctx context.Context, b *Bench) {
	var wg sync.WaitGroup
	for name, s := range map[string]topology.Shown{"OK, and empty": {Empty: true}, "login works, SELECT says NO": {Closed: true}} {
		wg.Go(func() {
			veil := &topology.Veil{}
			b.onRig(ctx, name, world(nil, veil), func(r *rig) error {
				_, err := unstalled(func() error { return r.veiled(ctx, veil, s) })
				return err
			})
		})
	}
	wg.Wait()
}

// veiled probes a store while it shows less for a while.
func (r *rig) veiled(ctx context.Context, veil *topology.Veil, s topology.Shown) error {
	r.book = &book{}
	seed, err := r.prober.Seed(ctx, r.prober.MX("dns1", domain), "store1")
	if err != nil {
		return err
	}
	o := outage{kind: refused, pace: pace{100 * time.Millisecond, timeout, time.Second}}
	probing, stop := context.WithCancel(ctx)
	var done sync.WaitGroup
	done.Go(func() { r.probing(probing, "mx", r.prober.IMAP("store1", seed), o.interval, o.timeout) })
	pause.For(ctx, 500*time.Millisecond)
	on := timed(r.clock, func() { veil.Set(s) })
	pause.For(ctx, 700*time.Millisecond)
	off := timed(r.clock, func() { veil.Set(topology.Shown{}) })
	pause.For(ctx, o.stable+500*time.Millisecond)
	stop()
	done.Wait()
	for i := range r.events {
		r.events[i].Node = "mx1" // compared as an outage of a node
	}
	_, err = o.compare(r.b.Judge, r.book, on, off, r.clock())
	return err
}
