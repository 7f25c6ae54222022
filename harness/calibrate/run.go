package calibrate

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"maildrill/harness/measure"
	"maildrill/harness/record"
)

// Options say what to run.
type Options struct {
	Full bool     // the long form: minutes instead of seconds
	Only []string // IDs; empty: all, and the mutants
	Seed uint64
	Dir  string // takes scratch files; must exist
	// Self starts this program again with the arguments of [Victim].
	Self     func(args ...string) *exec.Cmd
	Progress func(string) // nil is allowed
}

// IDs lists the calibrations.
func IDs() []string {
	var ids []string
	for _, c := range table {
		ids = append(ids, c.id)
	}
	return ids
}

// Run calibrates the instrument. The result is complete however it ends; its
// identity (ID, tool, wall clock) is the caller's to fill in. A context that
// ends fails what was not run.
func Run(ctx context.Context, o Options) (record.Calibration, error) {
	for _, id := range o.Only {
		if !slices.Contains(IDs(), id) {
			return record.Calibration{}, fmt.Errorf("unknown calibration %q; valid: %s", id, strings.Join(IDs(), ", "))
		}
	}
	out := record.Calibration{Schema: record.CalibrationSchema, Form: form(o), Seed: o.Seed}
	sound := map[string]bool{}
	for _, row := range rows(ctx, o) {
		sound[row.ID] = row.Result == record.RowPassed
		out.Rows = append(out.Rows, row)
		out.Cases += row.Cases
	}
	out.Mutants = mutate(ctx, o, sound)
	out.Passed, out.Summary = sumUp(out, o)
	return out, nil
}

// rows runs what was asked for: first what may run beside others, then what
// measures time or memory.
func rows(ctx context.Context, o Options) []record.CalibrationRow {
	var wanted []calibration
	for _, c := range table {
		if len(o.Only) == 0 || slices.Contains(o.Only, c.id) {
			wanted = append(wanted, c)
		}
	}
	out := make([]record.CalibrationRow, len(wanted))
	for _, alone := range []bool{false, true} {
		slots := atOnce
		if alone {
			slots = 1
		}
		inParallel(len(wanted), slots, func(i int) {
			if wanted[i].alone == alone {
				out[i] = wanted[i].run(ctx, o)
			}
		})
	}
	return out
}

func form(o Options) string {
	switch {
	case len(o.Only) > 0:
		return "partial"
	case o.Full:
		return "full"
	}
	return "quick"
}

func (o Options) bench(ctx context.Context) *Bench {
	return &Bench{ended: func() bool { return ctx.Err() != nil },
		Full: o.Full, Seed: o.Seed, Judge: measure.Judge, Dir: o.Dir, Self: o.Self, Progress: o.Progress}
}

// run runs one row with whole instruments.
func (c calibration) run(ctx context.Context, o Options) record.CalibrationRow {
	b, began := o.bench(ctx), time.Now()
	b.say("%s %s", c.id, c.title)
	row := record.CalibrationRow{ID: c.id, Title: c.title, Result: record.RowPassed}
	if c.pure != nil {
		b.guarded(func() { c.pure(b) })
	}
	if c.live != nil {
		b.guarded(func() { c.live(ctx, b) })
	}
	if ctx.Err() != nil {
		b.Case("the whole", ctx.Err())
	}
	row.Cases, row.Failed, row.Figures = b.cases, b.failed, b.figures
	if b.cases == 0 {
		b.Case("the whole", errors.New("no case was run"))
	}
	if b.failed > 0 {
		row.Result, row.Reason, row.Failed = record.RowFailed, b.reason, b.failed
	}
	row.Seconds = time.Since(began).Seconds()
	return row
}

// guarded turns a panic into a failed case: a checker that panics has not
// passed.
func (b *Bench) guarded(do func()) {
	defer func() {
		if p := recover(); p != nil {
			b.Case("panic", fmt.Errorf("%v\n%s", p, debug.Stack()))
		}
	}()
	do()
}

// sumUp joins everything: nothing at all is no pass.
func sumUp(c record.Calibration, o Options) (bool, string) {
	passed, caught := 0, 0
	for _, r := range c.Rows {
		if r.Result == record.RowPassed {
			passed++
		}
	}
	for _, m := range c.Mutants {
		if m.CaughtBy != "" {
			caught++
		}
	}
	said := fmt.Sprintf("%d calibrations, %d cases, %s", len(c.Rows), c.Cases, share(passed, len(c.Rows), "passed"))
	if len(o.Only) == 0 {
		said += fmt.Sprintf("; %d mutations, %s", len(c.Mutants), share(caught, len(c.Mutants), "caught"))
	}
	return passed == len(c.Rows) && caught == len(c.Mutants) && len(c.Rows) > 0, said
}

func share(n, of int, what string) string {
	if n == of {
		return "all " + what
	}
	return fmt.Sprintf("%d %s", n, what)
}
