package faults

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// view is what one look from the outside showed.
type view struct {
	sign   bool   // the attempt failed in the way of the fault
	detail string // in words
}

// outside makes one attempt at the node and compares how it failed with the
// signs of the fault. Without a fault a sign must be seen twice in a row: it is
// the negative control, and one slow greeting of a busy server must not spoil
// it.
func outside(ctx context.Context, t Target, p phase, signs ...error) view {
	v := look(ctx, t, signs)
	if v.sign && p == idle {
		v = look(ctx, t, signs)
	}
	return v
}

func look(ctx context.Context, t Target, signs []error) view {
	if t.Reach == nil {
		return view{detail: "no service of its own to look at from the outside"}
	}
	err := t.Reach(ctx)
	if err == nil {
		return view{detail: "it greets"}
	}
	sign := slices.ContainsFunc(signs, func(s error) bool { return errors.Is(err, s) })
	return view{sign: sign, detail: "from the outside: " + err.Error()}
}

// bystanderHurt looks at the node that must stay unaffected. Two attempts in a
// row must fail: one may be slow for reasons of its own.
func bystanderHurt(ctx context.Context, t Target) bool {
	return t.Bystander != nil && t.Bystander(ctx) != nil && t.Bystander(ctx) != nil
}

// witness completes the evidence with the bystander. A look that was cut short
// saw nothing.
func witness(ctx context.Context, t Target, e Evidence) (Evidence, error) {
	e.BystanderHurt = e.BystanderHurt || bystanderHurt(ctx, t)
	if err := cutShort(ctx); err != nil {
		return Evidence{}, fmt.Errorf("cut short: %w", err)
	}
	return e, nil
}

// cutShort tells whether the time of a look is over. A connection with the same
// deadline may notice before the context does: its error is no sign of a fault.
func cutShort(ctx context.Context) error {
	if deadline, ok := ctx.Deadline(); ok && !time.Now().Before(deadline) {
		return context.DeadlineExceeded
	}
	return ctx.Err()
}

// describe puts the state of a node in words.
func describe(s State) string {
	switch {
	case s.Running && s.Paused:
		return "paused"
	case s.Running:
		return "running"
	}
	return fmt.Sprintf("exited with code %d", s.ExitCode)
}
