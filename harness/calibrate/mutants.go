package calibrate

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"maildrill/harness/measure"
	"maildrill/harness/record"
)

// Mutant is a deliberately defective judge. If every calibration stays green
// with it, nothing would notice such a defect.
type Mutant struct {
	Name, What string
	Judge      Judge
}

// mutants lists the defective judges: those with a wrong rule inside, which
// package measure offers, and those that are made here by spoiling what goes
// into the judge or comes out of it.
func mutants() []Mutant {
	var wrong []Mutant
	for _, m := range measure.Mutants() {
		wrong = append(wrong, Mutant{Name: m.Name, What: m.What, Judge: m.Judge})
	}
	return slices.Concat(wrong, spoiledHistories(), spoiledRecords())
}

// mutate runs the pure calibrations with every mutant, and the live ones with
// every blunder, until one turns red. A row that is red without any counts for
// nothing. Where only some rows are run, there are none.
func mutate(ctx context.Context, o Options, sound map[string]bool) []record.CaughtMutant {
	if len(o.Only) > 0 {
		return nil
	}
	all := mutants()
	out := make([]record.CaughtMutant, len(all)+len(blunders))
	lib := &library{volumes: map[string]measure.History{}}
	var live sync.WaitGroup
	live.Go(func() {
		inParallel(len(blunders), atOnce, func(i int) { out[len(all)+i] = blunders[i].hunt(ctx, o, sound) })
	})
	inParallel(len(all), runtime.GOMAXPROCS(0), func(i int) { out[i] = all[i].hunt(ctx, o, lib, sound) })
	live.Wait()
	return out
}

// atOnce is how many running systems there are at the same time: they mostly
// wait.
const atOnce = 4

// inParallel calls do for each number below n, some at the same time.
func inParallel(n, slots int, do func(i int)) {
	var wg sync.WaitGroup
	free := make(chan struct{}, slots)
	for i := range n {
		free <- struct{}{}
		wg.Go(func() {
			defer func() { <-free }()
			do(i)
		})
	}
	wg.Wait()
}

// hunt tries the pure rows in their order.
func (m Mutant) hunt(ctx context.Context, o Options, lib *library, sound map[string]bool) record.CaughtMutant {
	out := record.CaughtMutant{Name: m.Name, What: m.What}
	for _, c := range table {
		if c.pure == nil || !sound[c.id] || ctx.Err() != nil {
			continue
		}
		b := o.bench(ctx)
		b.Full, b.hasty, b.Progress, b.Judge, b.written, b.row = false, true, nil, m.Judge, lib, c.id
		b.guarded(func() { c.pure(b) })
		if b.failed > 0 {
			out.CaughtBy, out.Reason = c.id, b.reason
			return out
		}
	}
	return out
}

// judged runs the judge on a tape.
func (b *Bench) judged(t *tape) (record.Record, error) {
	if b.written == nil {
		return b.Judge(t.history())
	}
	b.asked++
	return b.Judge(b.written.history(fmt.Sprintf("%s %d", b.row, b.asked), t))
}

// check judges a tape and compares the record with the truth.
func (b *Bench) check(name string, t *tape, want *truth) {
	b.about(name, t, want.differs)
}

// about judges a tape and asks one question about the record.
func (b *Bench) about(name string, t *tape, question func(record.Record) error) {
	if b.done() {
		return
	}
	r, err := b.judged(t)
	if err == nil {
		err = question(r)
	}
	b.Case(name, err)
}
