package calibrate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/emersion/go-imap/v2/imapclient"

	"maildrill/harness/identity"
	"maildrill/harness/ledger"
	"maildrill/harness/probe"
	"maildrill/harness/record"
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

// strangersLive puts foreign mail into a mailbox by APPEND.
func strangersLive(ctx context.Context, b *Bench) {
	for _, c := range []struct {
		name string
		text func(*rig) []byte
		want func(record.Record) error
	}{
		{"a phantom", func(r *rig) []byte { return r.message(r.key, 5000) }, phantom},
		{"mail of another run", func(r *rig) []byte { return r.message(identity.NewKey("another", 1), 3) }, func(r record.Record) error { return strange(r, "stale", 1) }},
		{"mail of nobody", func(*rig) []byte { return []byte("Subject: hello\r\n\r\nhello\r\n") }, func(r record.Record) error { return strange(r, "alien", 1) }},
	} {
		b.onRig(ctx, c.name, world(nil, nil), func(r *rig) error {
			rec, err := r.story(ctx, 40, 0, func() error { return r.add(ctx, "store1", r.topology.Accounts[0], c.text(r)) })
			return errors.Join(err, c.want(rec))
		})
	}
}

// message is one for u1 that bears a token of a run.
func (r *rig) message(k identity.Key, seq uint32) []byte {
	return rendered(k, seq, r.topology.Accounts[0].Address)
}

// rendered is a copy of a run as its driver would have made it.
func rendered(k identity.Key, seq uint32, to string) []byte {
	t := identity.Token{Run: k.Run, Seq: seq}
	return k.Render(nil, identity.Message{Token: t, Attempt: 1, From: k.VERP(t, bounceDomain), To: []string{to}, Size: 1 << 10, Date: time.Now()})
}

// add puts a message into an inbox by APPEND.
func (r *rig) add(ctx context.Context, store string, a topology.Account, text []byte) error {
	conn, err := r.system.Dial(ctx, store, topology.IMAP)
	if err != nil {
		return err
	}
	c := imapclient.New(conn, nil)
	defer c.Close()
	if err := c.Login(a.User, a.Password).Wait(); err != nil {
		return err
	}
	w := c.Append("INBOX", int64(len(text)), nil)
	if _, err := w.Write(text); err != nil {
		return err
	}
	if err := w.Close(); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	_, err = w.Wait()
	return err
}

// blindnessLive shows the scanner too little, in every way. Copies were dropped,
// but nobody may say so.
func blindnessLive(ctx context.Context, b *Bench) {
	lies := every([]uint32{5, 6, 20}, topology.Lie{Drop: true})
	veil := &topology.Veil{}
	b.onRig(ctx, "the system with a veil", world(lies, veil), func(r *rig) error {
		err := errors.Join(r.open(), r.load(ctx, 60, nil), r.put(ledger.PhaseBegan, "", ledger.PhaseStart{Phase: "drain"}), r.drain(ctx, 0))
		if err != nil {
			return err
		}
		before := r.book.copy()
		for _, c := range []struct {
			name, gate string
			shown      topology.Shown
		}{
			{"FETCH leaves some out", "mailboxes-read", topology.Shown{Skip: 3}},
			{"SEARCH leaves some out", "mailboxes-read", topology.Shown{Unfound: 3}},
			{"EXISTS counts too many", "mailboxes-read", topology.Shown{More: 1}},
			{"cut off in the middle", "mailboxes-read", topology.Shown{CutAfter: 2}},
			{"login works, SELECT says NO", "mailboxes-read", topology.Shown{Closed: true}},
			{"OK, and empty", "sentinel", topology.Shown{Empty: true}},
			{"a replica that stopped", "sentinel", topology.Shown{Until: time.Now()}},
		} {
			r.book = before.copy()
			var err error
			if c.gate == "sentinel" { // it would have to arrive where nothing is shown
				veil.Set(c.shown)
				err = r.sentinel(ctx, 300*time.Millisecond)
			} else { // everything else is proven
				veil.Set(topology.Shown{})
				err = r.sentinel(ctx, patience)
				veil.Set(c.shown)
			}
			err = errors.Join(err, r.scan(ctx, 2))
			var rec record.Record
			if err == nil {
				rec, err = r.judged()
			}
			if err == nil {
				err = inconclusive(c.gate)(rec)
			}
			b.Case(c.name, err)
		}
		veil.Set(topology.Shown{})
		r.book = before.copy()
		rec, err := r.finish(ctx)
		return errors.Join(err, truthOf(60, lies, false).differs(rec))
	})
	twoStores(ctx, b)
}

// twoStores: a copy that the first store lost is at the second.
func twoStores(ctx context.Context, b *Bench) {
	lies := every([]uint32{7}, topology.Lie{Drop: true})
	b.onRig(ctx, "a copy at the second store only", world(lies, nil, nil), func(r *rig) error {
		rec, err := r.story(ctx, 40, 0, func() error {
			to := r.recipient(7)
			return r.add(ctx, "store2", account(to), rendered(r.key, 7, to))
		})
		if err == nil && (rec.Accounting.Lost > 0 || rec.Accounting.Delivered != 40) {
			err = fmt.Errorf("%d delivered, %d lost: the second store was not read", rec.Accounting.Delivered, rec.Accounting.Lost)
		}
		return err
	})
}

// recipient finds out whom a copy was offered to.
func (r *rig) recipient(seq uint32) string {
	c := workload.Config{Rate: rigRate, Seed: int64(r.b.Seed), Limit: int(seq), Entry: workload.EntryMX}
	for _, a := range r.topology.Accounts[:users] {
		c.Mailboxes = append(c.Mailboxes, a.Address)
	}
	last := ""
	for s := workload.NewSchedule(c); ; {
		a, more := s.Next()
		if !more {
			return last
		}
		last = a.Recipients[0]
	}
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
