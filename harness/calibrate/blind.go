package calibrate

import (
	"context"
	"errors"
	"fmt"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
	"maildrill/harness/topology"
	"maildrill/harness/workload"
)

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
		for name, shown := range map[string]topology.Shown{"nothing is hidden": {}, "every FETCH is cut off in the middle": {CutAfter: 2}} {
			veil.Set(shown)
			r.book = before.copy()
			rec, err := r.finish(ctx)
			b.Case(name, errors.Join(err, truthOf(60, lies, false).differs(rec)))
		}
		return nil
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
