package faulttest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"maildrill/faults"
)

// Member is one fault of a pair.
type Member struct {
	Kind faults.Kind
	// With decodes its parameters, as [Options.With] does.
	With func(any) error
	// Target gives the target, healthy.
	Target func(*testing.T) faults.Target
}

// Pair runs two faults together: each is proven while the other is on, and the
// second is still proven when the first is gone. The two must be allowed to be on
// together ([faults.Clash]). Of the options With and Quick have no meaning.
func Pair(t *testing.T, a, b Member, o Options) {
	t.Helper()
	var pair [2]*subject
	for i, m := range []Member{a, b} {
		o.With = m.With
		s, err := newSubject(m.Kind, m.Target(t), o)
		if err != nil {
			t.Fatal(err)
		}
		pair[i] = s
	}
	if err := together(t.Context(), pair[0], pair[1]); err != nil {
		t.Fatal(errors.Join(err, pair[0].abandon(t.Context()), pair[1].abandon(t.Context())))
	}
}

// stages of a pair, in their order.
var stages = []struct {
	name string
	do   func(ctx context.Context, a, b *subject) error
}{
	{"the first before all", func(ctx context.Context, a, _ *subject) error { return a.negative(ctx, "negative control") }},
	{"the second before all", func(ctx context.Context, _, b *subject) error { return b.negative(ctx, "negative control") }},
	{"put the first on", func(ctx context.Context, a, _ *subject) error { return a.inject(ctx) }},
	{"the second beside the first", func(ctx context.Context, _, b *subject) error { return b.negative(ctx, "negative control") }},
	{"put the second on", func(ctx context.Context, _, b *subject) error { return b.inject(ctx) }},
	{"the first beside the second", func(ctx context.Context, a, _ *subject) error { return a.lasts(ctx) }},
	{"the second lasts", func(ctx context.Context, _, b *subject) error { return b.lasts(ctx) }},
	{"take the first off", func(ctx context.Context, a, _ *subject) error { return a.gone(ctx) }},
	{"the second without the first", func(ctx context.Context, _, b *subject) error { return b.lasts(ctx) }},
	{"take the second off", func(ctx context.Context, _, b *subject) error { return b.revert(ctx) }},
	{"the first after all", func(ctx context.Context, a, _ *subject) error { return a.clean(ctx) }},
}

func together(ctx context.Context, a, b *subject) error {
	if of, with, clash := faults.Clash(faults.ClaimsOf(a.fault, a.target), faults.ClaimsOf(b.fault, b.target)); clash {
		return fmt.Errorf("%s and %s may not be on together: one claims %s, the other %s", a.kind.ID, b.kind.ID, of, with)
	}
	for _, s := range stages {
		if err := s.do(ctx, a, b); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return nil
}

// gone takes the fault off and waits until nothing of it is seen. Whether the
// service greets is a matter of the other fault too.
func (s *subject) gone(ctx context.Context) error {
	if err := s.fault.Revert(ctx, s.target); err != nil {
		return err
	}
	return s.await(ctx, "prove gone", func(e faults.Evidence) bool { return !e.Installed && !e.Effective && !e.BystanderHurt })
}
