package calibrate

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

// clocks: the wall clock jumps, and the driver sleeps across the edges of a
// fault.
func clocks(b *Bench) {
	truth, err := b.judged(drilled())
	for _, jump := range []string{"2026-11-23T17:00:00Z", "2026-11-23T19:00:00Z"} {
		t := drilled()
		t.event = func(e *ledger.Event) bool {
			if e.Kind == ledger.RunEnded {
				edit(e, func(end *ledger.Ending) { end.Wall = jump })
			}
			return true
		}
		b.about("the wall clock jumps to "+jump, t, func(r record.Record) error {
			got, want := measured(r, "rto.mx"), measured(truth, "rto.mx")
			if err != nil || got == nil || want == nil || shown(*got) != shown(*want) || r.Verdict != truth.Verdict {
				return fmt.Errorf("judged differently: %s", r.Verdict)
			}
			return nil
		})
	}
	for _, edge := range []string{"injection", "recovery"} {
		for _, length := range []time.Duration{1020 * time.Millisecond, 1500 * time.Millisecond, 5 * time.Second} {
			t, off := sleeping(edge, length)
			b.about(fmt.Sprintf("asleep for %v across the %s", length, edge), t, func(r record.Record) error { return slept(r, off, length) })
		}
	}
	t := drilled()
	t.spy(ledger.Gap, ledger.Stall{From: seconds(25 * time.Second), To: seconds(25*time.Second + 150*time.Millisecond)})
	b.about("a nap far from any edge", t, passed)
	woken(b)
}

// woken: a probe that was under way when the instrument fell asleep is found
// timed out when it wakes up, though the service had answered long ago.
func woken(b *Bench) {
	t := drilled()
	f := t.faults[0]
	nap := ledger.Stall{From: seconds(f.off + 600*time.Millisecond), To: seconds(f.off + 1700*time.Millisecond)}
	for key, all := range t.services {
		all = slices.DeleteFunc(slices.Clone(all), func(p ledger.ProbeResult) bool { return p.Scheduled > nap.From && p.Scheduled < nap.To })
		for i, p := range all {
			if p.Scheduled <= nap.From && p.Scheduled+seconds(interval) > nap.From {
				all[i].OK, all[i].Error, all[i].End = false, "timed out", nap.To
			}
		}
		t.services[key] = all
	}
	t.spy(ledger.Gap, nap)
	b.about("asleep after the recovery, with a probe under way", t, func(r record.Record) error {
		m := measured(r, "rto.mx")
		if m == nil {
			return errors.New("nothing was measured")
		}
		return contains(*m, f.off-f.on)
	})
}

// spy adds an event right behind the start of the run.
func (t *tape) spy(kind string, data ledger.Stall) {
	after := t.event
	t.event = func(e *ledger.Event) bool {
		if e.Kind == ledger.FaultHeld {
			e.Kind, e.Step, e.Node, e.At = kind, "", "", data.To
			edit(e, func(s *ledger.Stall) { *s = data })
		}
		return after == nil || after(e)
	}
}

// sleeping is a drill whose instrument does not run around an edge: it makes no
// probe, and what ended meanwhile ends when it wakes up. The shortest sleep is
// one that the spacing of the probes alone does not tell.
func sleeping(edge string, length time.Duration) (*tape, time.Duration) {
	t := drilled()
	f := t.faults[0]
	at := map[string]time.Duration{"injection": f.on, "recovery": f.off}[edge]
	before := length * 29 / 40 // so that the shortest leaves out four probes and not five
	nap := ledger.Stall{From: seconds(at - before), To: seconds(at - before + length)}
	inside := func(s ledger.Seconds) bool { return s > nap.From && s < nap.To }
	for key, all := range t.services {
		all = slices.Clone(all)
		all = slices.DeleteFunc(all, func(p ledger.ProbeResult) bool { return inside(p.Scheduled) })
		for i := range all {
			if inside(all[i].End) {
				all[i].End = nap.To
			}
		}
		t.services[key] = all
	}
	t.spy(ledger.Gap, nap)
	return t, f.off - f.on
}

// slept: no false recovery time. Either a gate says that the instrument slept,
// and then nothing is concluded, or the bracket holds the truth and is as wide as
// the sleep.
func slept(r record.Record, truth, length time.Duration) error {
	gates := slices.ContainsFunc(r.Gates, func(g record.Gate) bool {
		return !g.Passed && (g.Name == "no-stall-at-edges" || g.Name == "probes-alive")
	})
	m := measured(r, "rto.mx")
	switch {
	case m == nil:
		return errors.New("nothing was measured")
	case gates && r.Verdict != record.Inconclusive:
		return fmt.Errorf("verdict %s, though the instrument slept", r.Verdict)
	case gates:
		return nil
	case m.High != nil && *m.High-m.Low < (length/2).Seconds():
		return fmt.Errorf("the bracket is not wider for it: %s", shown(*m))
	}
	return contains(*m, truth)
}

// slow: a driver that was too busy to send.
func slow(b *Bench) {
	for _, share := range []int{2, 10, 50} {
		t := newTape(500)
		skipped := func(seq uint32) bool { return int(seq)%100 < share }
		t.entry = func(e *ledger.Entry) bool {
			switch {
			case !skipped(e.Copy.Seq):
				return true
			case e.Kind == ledger.Outcome:
				*e = ledger.Entry{Kind: ledger.Unsent, Copy: e.Copy, Start: e.Start, Detail: "every session is busy"}
				return true
			}
			return e.Kind == ledger.Intent
		}
		b.about(fmt.Sprintf("%d %% unsent", share), t, func(r record.Record) error {
			return errors.Join(inconclusive("load-offered")(r), count(r, "unsent", 5*share), count(r, "lost", 0))
		})
	}
	saturated(b)
}
