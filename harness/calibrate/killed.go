package calibrate

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/pause"
	"maildrill/harness/record"
	"maildrill/harness/topology"
)

// killed kills drivers at random points of their work and judges what they
// left.
func killed(ctx context.Context, b *Bench) {
	b.several(ctx, "CAL-18 killed drivers", b.pick(3, 20), func(i int) {
		r := b.rand("kill %d", i)
		after := between(r, 0, 1100*time.Millisecond)
		lies := map[uint32]topology.Lie{}
		for len(lies) < 6 {
			lies[uint32(1+r.IntN(victimCopies))] = topology.Lie{Drop: true}
		}
		b.onRig(ctx, fmt.Sprintf("killed after %v", after.Round(time.Millisecond)), world(lies, nil), func(r *rig) error {
			dir, err := os.MkdirTemp(b.Dir, "victim")
			if err != nil {
				return err
			}
			if err := r.murder(ctx, dir, after); err != nil {
				return err
			}
			return errors.Join(b.alone(dir), r.continued(ctx, dir, lies))
		})
	})
	if b.Full {
		b.several(ctx, "CAL-18 killed drills", 6, func(i int) {
			after := between(b.rand("drill %d", i), 0, 10*time.Second)
			b.Case(fmt.Sprintf("a drill killed after %v", after.Round(time.Millisecond)), b.killedDrill(ctx, after))
		})
	}
}

// several runs something a number of times, a few at once.
func (b *Bench) several(ctx context.Context, what string, n int, do func(i int)) {
	inParallel(n, 3, func(i int) {
		if ctx.Err() == nil {
			b.say("%s: %d of %d", what, i+1, n)
			b.guarded(func() { do(i) })
		}
	})
}

// murder starts a driver and kills it some time after it began to drive.
func (r *rig) murder(ctx context.Context, dir string, after time.Duration) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	address, err := r.gate(ctx)
	if err != nil {
		return err
	}
	v, err := r.b.victim("drive", address, dir, fmt.Sprint(r.b.Seed))
	if err != nil {
		return err
	}
	defer v.end()
	if err := v.until("driving"); err != nil {
		return err
	}
	pause.For(ctx, after)
	return nil
}

// alone judges what the victim left, as `maildrill judge` would: its history
// stops, so nothing was shown, and no absence can be proven.
func (b *Bench) alone(dir string) error {
	h, err := reopen(dir)
	if err != nil {
		return err
	}
	r, err := b.Judge(h)
	if err == nil && (r.Verdict != record.Aborted || r.Accounting.Lost > 0) {
		err = fmt.Errorf("the history alone: verdict %s (%.200s), %d lost", r.Verdict, r.Reason, r.Accounting.Lost)
	}
	return err
}

// continued reads the system after the death of its driver, and judges both
// together: what was planted and acknowledged is lost, nothing else is, and what
// the ledger did not come to hear of is no phantom.
func (r *rig) continued(ctx context.Context, dir string, lies map[uint32]topology.Lie) error {
	h, err := reopen(dir)
	if err != nil {
		return err
	}
	left, err := entriesOf(h.Ledger)
	if err != nil {
		return err
	}
	r.events, r.entries = h.Events, left
	err = errors.Join(r.put(ledger.PhaseBegan, "", ledger.PhaseStart{Phase: "drain"}), r.drain(ctx, 0), r.sentinel(ctx, patience), r.scan(ctx, 2))
	if err != nil {
		return err
	}
	rec, err := r.judged()
	if err != nil {
		return err
	}
	var lost []uint32
	truth := map[uint32]bool{}
	for _, e := range left {
		if _, dropped := lies[e.Copy.Seq]; dropped && e.Kind == ledger.Outcome && e.Verdict == ledger.Accepted {
			lost, truth[e.Copy.Seq] = append(lost, e.Copy.Seq), true
		}
	}
	switch {
	case rec.Accounting.Lost != len(lost):
		err = fmt.Errorf("%d lost, acknowledged and dropped were %s", rec.Accounting.Lost, ranges(lost))
	case len(lost) > 0 && rec.Verdict == record.Passed:
		err = fmt.Errorf("passed with %d lost", len(lost))
	case rec.Verdict == record.Error:
		err = fmt.Errorf("the books do not balance: %.300s", rec.Reason)
	}
	return errors.Join(err, onlyTrue(rec, truth))
}
