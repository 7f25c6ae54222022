package faulttest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"maildrill/faults"
)

// subject is the fault under test with its target.
type subject struct {
	kind   faults.Kind
	fault  faults.Fault
	target faults.Target
	o      Options
}

func newSubject(kind faults.Kind, target faults.Target, o Options) (*subject, error) {
	s := &subject{kind: kind, target: target, o: o.filled()}
	return s, s.renew()
}

// renew makes a fault that remembers nothing.
func (s *subject) renew() error {
	fault, err := s.kind.New(s.o.With)
	if err != nil {
		return fmt.Errorf("make %s: %w", s.kind.ID, err)
	}
	s.fault = fault
	return nil
}

// negative: one look sees nothing on.
func (s *subject) negative(ctx context.Context, when string) error {
	e, err := s.fault.Verify(ctx, s.target)
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", when, err)
	case e.Installed || e.Effective:
		return fmt.Errorf("%s: installed %v, effective %v: %s", when, e.Installed, e.Effective, e.Detail)
	case e.BystanderHurt:
		return fmt.Errorf("%s: the bystander is hurt", when)
	}
	return nil
}

// inject calls Inject and waits for the proof.
func (s *subject) inject(ctx context.Context) error {
	if err := s.prepare(ctx); err != nil {
		return err
	}
	if err := s.fault.Inject(ctx, s.target); err != nil {
		return err
	}
	return s.proven(ctx)
}

// prepare does what a fault needs ahead.
func (s *subject) prepare(ctx context.Context) error {
	p, ok := s.fault.(faults.Preparer)
	if !ok {
		return nil
	}
	err := p.Prepare(ctx, s.target)
	if err == nil && s.o.Between != nil {
		s.o.Between()
	}
	return err
}

// abandonLimit bounds the revert after a case that has failed.
const abandonLimit = 30 * time.Second

// abandon takes the fault back whatever became of it: a red case must not make
// those after it red.
func (s *subject) abandon(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), abandonLimit)
	defer cancel()
	return s.fault.Revert(ctx, s.target)
}

// proven waits until a look sees the fault installed and effective, and the
// bystander well.
func (s *subject) proven(ctx context.Context) error {
	return s.await(ctx, "prove", func(e faults.Evidence) bool { return e.Installed && e.Effective && !e.BystanderHurt })
}

// revert calls Revert and waits until nothing is seen any more.
func (s *subject) revert(ctx context.Context) error {
	if err := s.fault.Revert(ctx, s.target); err != nil {
		return err
	}
	return s.clean(ctx)
}

// clean waits until a look sees nothing on, and the service greets again.
func (s *subject) clean(ctx context.Context) error {
	off := func(e faults.Evidence) bool {
		return !e.Installed && !e.Effective && !e.BystanderHurt && s.serves(ctx)
	}
	if err := s.await(ctx, "prove gone", off); err != nil {
		return err
	}
	return s.negative(ctx, "a second look at what was gone")
}

func (s *subject) serves(ctx context.Context) bool {
	return s.target.Reach == nil || s.target.Reach(ctx) == nil
}

// await looks until the evidence is as wanted.
func (s *subject) await(ctx context.Context, what string, wanted func(faults.Evidence) bool) error {
	limit, cancel := context.WithTimeout(ctx, s.o.Within)
	defer cancel()
	tick := time.NewTicker(s.o.Every)
	defer tick.Stop()
	var last faults.Evidence
	for {
		e, err := s.fault.Verify(limit, s.target)
		if err == nil {
			last = e
		}
		if err == nil && wanted(e) {
			return nil
		}
		select {
		case <-tick.C:
		case <-limit.Done():
			return fmt.Errorf("%s %s within %v: last seen %+v: %w", what, s.kind.ID, s.o.Within, last, errors.Join(err, limit.Err()))
		}
	}
}
