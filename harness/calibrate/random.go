package calibrate

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/measure"
	"maildrill/harness/record"
	"maildrill/harness/topology"
)

// choose draws one of several; the first is the likeliest.
func choose[T any](r *rand.Rand, first T, others ...T) T {
	if n := len(others); n > 0 && r.IntN(3) == 0 {
		return others[r.IntN(n)]
	}
	return first
}

// anyLie draws a lie of any kind.
func anyLie(r *rand.Rand) topology.Lie {
	l := topology.Lie{
		Reply:  choose(r, "", "cut", "451", "550"),
		Drop:   r.IntN(4) == 0,
		Report: choose(r, "", "failed", "delayed", "delivered", "malformed", "answerable", "astray"),
		Twice:  choose(r, "", "forked", "retried", "stored", "folders"),
		Damage: choose(r, "", "truncate", "flip", "splice", "header", "dots", "undots", "lf"),
		At:     1 + r.IntN(9),
		Folder: choose(r, "", "Junk", "Receipts"),
		Buried: r.IntN(12) == 0,
	}
	if r.IntN(8) == 0 {
		l.To = stranger
	}
	if l.Damage == "header" {
		l.To = "" // whose copy it is cannot be known then
	}
	if l.Buried || l.Folder != "" || l.To != "" {
		l.Twice = "" // one wonder at a time
	}
	return l
}

// anyLies draws a system.
func anyLies(r *rand.Rand, copies int) map[uint32]topology.Lie {
	all := map[uint32]topology.Lie{}
	for range r.IntN(12) {
		all[uint32(1+r.IntN(copies))] = anyLie(r)
	}
	if r.IntN(10) == 0 {
		all[uint32(1+r.IntN(copies))] = topology.Lie{Hold: forever}
	}
	return all
}

// anything: whatever the system does, the report is what it did. A failure is
// made smaller before it is told.
func anything(b *Bench) {
	for i := range b.pick(150, 3000) {
		if b.done() {
			return
		}
		lies := anyLies(b.rand("system %d", i), sample)
		report := func(lies map[uint32]topology.Lie) error {
			t := newTape(sample)
			t.lies = lies
			r, err := b.Judge(t.history())
			if err == nil {
				err = truthOf(sample, lies, false).differs(r)
			}
			return err
		}
		err := report(lies)
		if err != nil {
			lies, err = shrink(lies, report)
			err = fmt.Errorf("%w; the lies are %s", err, describe(lies))
		}
		b.Case(fmt.Sprintf("system %d", i), err)
	}
}

// shrink leaves out lies, and parts of lies, while the report stays wrong.
func shrink(lies map[uint32]topology.Lie, report func(map[uint32]topology.Lie) error) (map[uint32]topology.Lie, error) {
	last := report(lies)
	for smaller := true; smaller; {
		smaller = false
		for _, next := range simpler(lies) {
			if err := report(next); err != nil {
				lies, last, smaller = next, err, true
				break
			}
		}
	}
	return lies, last
}

// simpler lists systems that lie a little less.
func simpler(lies map[uint32]topology.Lie) (all []map[uint32]topology.Lie) {
	for _, seq := range sorted(lies) {
		less := maps.Clone(lies)
		delete(less, seq)
		all = append(all, less)
	}
	for _, seq := range sorted(lies) {
		for _, without := range []func(*topology.Lie){
			func(l *topology.Lie) { l.Reply = "" }, func(l *topology.Lie) { l.Drop = false }, func(l *topology.Lie) { l.Report = "" },
			func(l *topology.Lie) { l.Twice = "" }, func(l *topology.Lie) { l.Damage, l.At = "", 0 }, func(l *topology.Lie) { l.Folder = "" },
			func(l *topology.Lie) { l.Buried = false }, func(l *topology.Lie) { l.To = "" },
		} {
			one := lies[seq]
			if without(&one); one != lies[seq] {
				less := maps.Clone(lies)
				less[seq] = one
				all = append(all, less)
			}
		}
	}
	return all
}

func describe(lies map[uint32]topology.Lie) string {
	var words []string
	for _, seq := range sorted(lies) {
		words = append(words, fmt.Sprintf("%d: %+v", seq, lies[seq]))
	}
	return strings.Join(words, ", ")
}

// again judges twice, and from files that were written and read.
func again(b *Bench) {
	for i, t := range []*tape{newTape(sample), drilled(), mixed(b)} {
		if b.done() {
			return
		}
		b.Case(fmt.Sprintf("history %d", i+1), b.repeatable(t, fmt.Sprintf("again-%d", i)))
	}
}

func mixed(b *Bench) *tape {
	t := newTape(sample)
	t.lies = anyLies(b.rand("mixed"), sample)
	return t
}

func (b *Bench) repeatable(t *tape, name string) error {
	h := t.history()
	first, err := b.bytes(h)
	if err != nil {
		return err
	}
	second, err := b.bytes(h)
	if err != nil || !bytes.Equal(first, second) {
		return errors.Join(err, errors.New("judged twice, the records differ"))
	}
	dir, err := os.MkdirTemp(b.Dir, name)
	if err != nil {
		return err
	}
	copied, err := export(h, t.entries, dir)
	if err != nil {
		return err
	}
	third, err := b.bytes(copied)
	if err != nil || !bytes.Equal(first, third) {
		return errors.Join(err, errors.New("judged from a copy of the ledger, the record differs"))
	}
	return nil
}

func (b *Bench) bytes(h measure.History) ([]byte, error) {
	r, err := b.Judge(h)
	if err != nil {
		return nil, err
	}
	return record.Marshal(r)
}

// export writes a history to files, and opens them.
func export(h measure.History, entries []ledger.Entry, dir string) (measure.History, error) {
	events, err := ledger.CreateEvents(filepath.Join(dir, "events.jsonl"))
	if err != nil {
		return h, err
	}
	for _, e := range h.Events {
		if err := events.Append(time.Duration(e.At), e.Kind, e.Step, e.Node, e.Data); err != nil {
			return h, err
		}
	}
	log, err := ledger.Create(filepath.Join(dir, "ledger"))
	if err != nil {
		return h, err
	}
	for part := range slices.Chunk(entries, 100) {
		if err := log.Record(part...); err != nil {
			return h, err
		}
	}
	if err := errors.Join(events.Close(), log.Close()); err != nil {
		return h, err
	}
	return reopen(dir)
}

// reopen reads what export, or a victim, has written.
func reopen(dir string) (measure.History, error) {
	events, err := ledger.ReadEvents(filepath.Join(dir, "events.jsonl"))
	if err != nil && !errors.Is(err, ledger.ErrTornEvents) {
		return measure.History{}, err
	}
	reader, err := ledger.Open(filepath.Join(dir, "ledger"))
	return measure.History{Events: events, Ledger: reader}, err
}
