package calibrate

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/measure"
	"maildrill/harness/record"
	"maildrill/harness/topology"
)

// rollback is a fault after which everything accepted since an earlier moment
// is gone, or some of it.
func rollback(back time.Duration, keep func(seq uint32) bool) (t *tape, on time.Duration) {
	t = drilled()
	on = t.faults[0].on
	t.lies = map[uint32]topology.Lie{}
	for seq := uint32(1); int(seq) <= t.copies; seq++ {
		if read := accept(seq); read > on-back && read < on-t.faults[0].look && !keep(seq) {
			t.lies[seq] = topology.Lie{Drop: true}
		}
	}
	t.goals = []measure.Objective{{Name: "loss", Unit: "copies"}, {Name: "rpo", Max: 100, Unit: "s"}}
	return t, on
}

// accept is when the reply to a copy was read.
func accept(seq uint32) time.Duration { return time.Duration(seq)*tick + latency }

func setbacks(b *Bench) {
	for i := range b.pick(40, 400) {
		r := b.rand("rollback %d", i)
		back := between(r, 200*time.Millisecond, 8*time.Second)
		t, _ := rollback(back, func(uint32) bool { return false })
		b.about(fmt.Sprintf("a rollback by %.3f s", back.Seconds()), t, func(r record.Record) error {
			return errors.Join(reaches(r, back), count(r, "lost", len(t.lies)), dense(r, true))
		})
	}
	holes, _ := rollback(3*time.Second, func(seq uint32) bool { return seq%5 != 0 })
	b.about("holes", holes, func(r record.Record) error {
		return errors.Join(count(r, "lost", len(holes.lies)), dense(r, false))
	})
	nothing, _ := rollback(0, nil)
	b.about("nothing lost", nothing, func(r record.Record) error {
		return errors.Join(reaches(r, 0), passed(r))
	})
	during, on := rollback(0, nil)
	during.lies = every([]uint32{uint32((on + 2*time.Second) / tick), uint32((on + 3*time.Second) / tick)}, topology.Lie{Drop: true})
	b.about("lost only during the fault", during, func(r record.Record) error {
		return errors.Join(reaches(r, 0), count(r, "lost", 2), lowest(r))
	})
	first, _ := rollback(time.Hour, func(uint32) bool { return false })
	b.about("everything back to the first", first, func(r record.Record) error {
		if m := measured(r, "rpo"); m == nil || m.High != nil {
			return errors.New("the upper end is not open, though no older copy was kept")
		}
		return nil
	})
	open, _ := rollback(2*time.Second, func(uint32) bool { return false })
	open.event = scans(func(s *ledger.ScanResult) { s.Unread = []string{"u1@drill.test: no"} })
	b.about("copies whose fate is unknown", open, func(r record.Record) error {
		if m := measured(r, "rpo"); m == nil || m.High != nil || r.Accounting.Unknown != len(open.lies) {
			return fmt.Errorf("the upper end is not open: %+v", r.Accounting)
		}
		return nil
	})
	few, _ := rollback(0, nil)
	few.copies, few.change = 120, func(s *spec) { s.Rate = 10 }
	few.entry = func(e *ledger.Entry) bool { return e.Copy.Seq < 100 }
	b.about("too few accepts before the fault", few, func(r record.Record) error {
		if r.Verdict == record.Passed {
			return errors.New("passed without power")
		}
		return nil
	})
}

func reaches(r record.Record, back time.Duration) error {
	m := measured(r, "rpo")
	if m == nil {
		return errors.New("no recovery point was measured")
	}
	return wrap("recovery point", contains(*m, back))
}

// lowest: a loss during the fault is no setback at all.
func lowest(r record.Record) error {
	if m := measured(r, "rpo"); m.Low != 0 || m.High == nil || *m.High > 1 {
		return fmt.Errorf("recovery point %s, though nothing accepted before is lost", shown(*m))
	}
	return nil
}

func count(r record.Record, name string, want int) error {
	if got := counted(r)[name]; got != want {
		return fmt.Errorf("%s is %d, true are %d", name, got, want)
	}
	return nil
}

// dense: a clean rollback loses everything since its point, holes do not.
func dense(r record.Record, clean bool) error {
	for _, o := range r.Objectives {
		if o.Name == "rpo" && strings.Contains(o.Reason, "100 %") != clean && o.Measured.Low > 0 {
			return fmt.Errorf("density told as %q", o.Reason)
		}
	}
	return nil
}
