package calibrate

import (
	"context"
	"errors"
	"fmt"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/probe"
	"maildrill/harness/topology"
	"maildrill/harness/workload"
)

// onRig runs one case on a system of its own.
func (b *Bench) onRig(ctx context.Context, name string, t topology.Topology, do func(*rig) error) {
	if b.done() {
		return
	}
	r, err := b.newRig(ctx, t)
	if err == nil {
		err = errors.Join(do(r), r.close())
	}
	b.Case(name, err)
}

// merged lets one system tell the lies of all cases, each about two copies.
func merged(cases []lieCase) (lies map[uint32]topology.Lie, copies int) {
	lies = map[uint32]topology.Lie{}
	next := uint32(4)
	told := map[topology.Lie]bool{}
	for _, c := range cases {
		for _, seq := range sorted(c.lies) {
			if l := c.lies[seq]; !told[l] {
				told[l] = true
				lies[next], lies[next+1] = l, l
				next += 4
			}
		}
	}
	return lies, max(60, int(next)+20)
}

// waiting counts the copies that stay in the queue.
func waiting(lies map[uint32]topology.Lie) (n int) {
	for _, l := range lies {
		if l.Hold >= forever {
			n++
		}
	}
	return n
}

// liesLive has the cases told by the system that runs.
func liesLive(cases func() []lieCase) func(context.Context, *Bench) {
	return func(ctx context.Context, b *Bench) {
		lies, copies := merged(cases())
		b.tells(ctx, "the system that runs", lies, copies)
	}
}

// tells runs a system that lies, and compares the record with the truth.
func (b *Bench) tells(ctx context.Context, name string, lies map[uint32]topology.Lie, copies int) {
	b.onRig(ctx, name, world(lies, nil), func(r *rig) error {
		rec, err := r.story(ctx, copies, waiting(lies), nil)
		if err == nil {
			err = truthOf(copies, lies, false).differs(rec)
		}
		return wrap(describe(lies), err)
	})
}

func perfect(b *Bench) {
	b.check("a perfect system", newTape(sample), truthOf(sample, nil, false))
	b.about("a perfect drill", drilled(), passed)
}

// perfectLive probes while it sends: nothing fails.
func perfectLive(ctx context.Context, b *Bench) {
	b.onRig(ctx, "a perfect system that runs", world(nil, nil), func(r *rig) error {
		seed, err := r.prober.Seed(ctx, r.prober.MX("dns1", domain), "store1")
		if err != nil {
			return err
		}
		probing, stop := context.WithCancel(ctx)
		done := make(chan struct{})
		go func() {
			defer close(done)
			r.probing(probing, "imap", r.prober.IMAP("store1", seed), 100*time.Millisecond, patience)
		}()
		rec, err := r.story(ctx, 150, 0, func() error { stop(); <-done; return nil })
		stop()
		if err != nil {
			return err
		}
		s := rec.Services["imap"]
		if s.Probes < 3 || s.Failed > 0 || len(s.Outages) > 0 {
			err = fmt.Errorf("imap: %d probes, %d failed, %d outages", s.Probes, s.Failed, len(s.Outages))
		}
		return errors.Join(err, truthOf(150, nil, false).differs(rec))
	})
}

// probing runs a schedule and writes down what it finds.
func (r *rig) probing(ctx context.Context, service string, check probe.Check, every, limit time.Duration) {
	if u := r.b.Blunder; u != nil && u.check != nil {
		check = u.check(check)
	}
	probe.Schedule{Service: service, Check: check, Interval: every, Limit: limit, Clock: r.clock,
		Report: func(p ledger.ProbeResult, node string) { _ = r.Append(r.clock(), ledger.Probed, "", node, p) }}.Run(ctx)
}

// slowLive overwhelms a driver that may hold one connection.
func slowLive(ctx context.Context, b *Bench) {
	lies := map[uint32]topology.Lie{}
	for seq := uint32(1); seq <= 400; seq += 40 {
		lies[seq] = topology.Lie{Reply: "stall"}
	}
	b.onRig(ctx, "one session for a thousand a second", world(lies, nil), func(r *rig) error {
		err := errors.Join(r.open(), r.load(ctx, 400, func(c *workload.Config) {
			c.Rate, c.Sessions, c.MaxQueue, c.ReplyTimeout = 1000, 1, 1, 100*time.Millisecond
		}), r.put(ledger.PhaseBegan, "", ledger.PhaseStart{Phase: "drain"}), r.drain(ctx, 0), r.sentinel(ctx, patience), r.scan(ctx, 2))
		if err != nil {
			return err
		}
		rec, err := r.judged()
		if err == nil && rec.Accounting.Unsent == 0 {
			err = errors.New("nothing was unsent")
		}
		return errors.Join(err, inconclusive("load-offered")(rec))
	})
}

// anythingLive is a random system that runs.
func anythingLive(ctx context.Context, b *Bench) {
	for i := range b.pick(1, 12) {
		b.tells(ctx, fmt.Sprintf("random system %d that runs", i), anyLies(b.rand("running system %d", i), sample), sample)
	}
}
