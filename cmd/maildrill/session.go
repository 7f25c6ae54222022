package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"maildrill/harness"
	"maildrill/harness/planning"
	"maildrill/harness/record"
	"maildrill/harness/schedule"
	"maildrill/harness/topology"
	"maildrill/reports/evidence/register"
	"maildrill/reports/evidence/seal"
)

// drill is one trial of one scenario.
type drill struct {
	plan    *planning.Plan
	trials  *trials
	trial   int // counts from 1, re-runs included
	rerunOf int // the declared trial that it is made in place of; 0: it is one
	seed    int64
}

// slot is the declared trial that the drill stands for.
func (d drill) slot() int { return cmp.Or(d.rerunOf, d.trial) }

// session runs drills, some at the same time, and hands signals to them.
type session struct {
	p       *process
	o       runOptions
	trials  []*trials
	runtime func(ctx context.Context, name, scratch string) (topology.Runtime, error)
	codes   []int // of what went wrong beside the trials
	// registration is how the runs are registered and sealed; nil: they are not.
	registration *registration
	prompt       *prompt
	// images is how long it took to make sure that the server images are there.
	images time.Duration
	host   schedule.Host
}

var (
	errInterrupted = errors.New("interrupted: the faults are reverted, what was seen is judged")
	errTimeout     = errors.New("the drill took longer than its time-out")
)

// play runs the drills. The first signal ends the play of those that run and
// starts no more; the second ends their accounting too.
func (s *session) play(ctx context.Context) ([]result, error) {
	whole, second := context.WithCancel(ctx)
	defer second()
	play, first := context.WithCancelCause(whole)
	defer first(nil)
	done := make(chan struct{})
	defer close(done)
	go s.signals(done, func() { first(errInterrupted) }, second)

	s.prepare(play)
	s.all(func(t *trials) bool {
		if play.Err() != nil {
			t.interrupt()
			return false
		}
		d, more := t.next()
		if more {
			d.seed = s.seed(d)
			t.made = append(t.made, s.one(whole, play, d))
		}
		return more
	})
	results := s.results()
	if len(results) == 0 {
		return nil, &exitError{code: record.ExitAborted, err: errInterrupted}
	}
	s.summarize()
	return results, nil
}

// all calls step for every scenario again and again until it says that there
// is no more to do: in turns, so many at the same time as the host has room for,
// but never twice at the same time for the same one. So the system of a trial is
// gone before the next trial of its series starts.
func (s *session) all(step func(*trials) bool) {
	q := newQueue(s.trials, s.host, s.p.Stderr)
	if len(s.trials) > 1 {
		fmt.Fprintf(s.p.Stderr, "%d drills, %s\n", len(s.trials), roughly(q.remaining()))
	}
	var wg sync.WaitGroup
	for t, more := q.take(); more; t, more = q.take() {
		wg.Go(func() { q.back(t, step(t)) })
	}
	wg.Wait()
}

// results of all trials: first those of the first trials, in the order in which
// the scenarios were named.
func (s *session) results() []result {
	var all []result
	for _, t := range s.trials {
		all = append(all, t.made...)
	}
	slices.SortStableFunc(all, func(a, b result) int {
		return cmp.Or(a.drill.trial-b.drill.trial, a.drill.trials.place-b.drill.trials.place)
	})
	return all
}

// summarize writes and prints what each series says.
func (s *session) summarize() {
	for _, t := range s.trials {
		if t.interrupted {
			s.codes = append(s.codes, record.ExitAborted)
		}
		if t.id == "" || len(t.made) == 0 {
			continue
		}
		if err := s.p.writeSeries(s.o.out, t.summary()); err != nil {
			s.codes = append(s.codes, s.report(err))
		}
	}
}

func (s *session) signals(done <-chan struct{}, first, second func()) {
	for _, act := range []func(){first, second} {
		select {
		case sig := <-s.p.Signals:
			fmt.Fprintf(s.p.Stderr, "maildrill: %v\n", sig)
			act()
		case <-done:
			return
		}
	}
}

// one runs one trial from the run folder to the reports, and seals it however it
// ended.
func (s *session) one(whole, play context.Context, d drill) result {
	began := time.Now()
	r := result{drill: d}
	err := s.drill(whole, play, &r)
	r.took = time.Since(began)
	r.code = codeOf(r.record, err, s.report)
	if err := s.seal(whole, r, err); err != nil {
		r.unsealed = s.report(err)
		r.code = record.Worst(r.code, r.unsealed)
	}
	return r
}

// seal closes what has started. A run that did not has no folder.
func (s *session) seal(ctx context.Context, r result, runErr error) error {
	if r.folder == "" {
		return nil
	}
	c := seal.Closing{Folder: r.folder, Run: r.run(), Record: r.record, Exit: r.code, Place: r.place}
	if r.record == nil {
		c.Reason = "no record could be made"
	}
	err := s.registration.seal(ctx, c)
	if err == nil {
		r.mark.End()
	} else {
		r.mark.Leave()
	}
	return err
}

// codeOf merges what the record and the error say. The record tells a defect
// from what the environment lacked, so that reports and process agree.
func codeOf(rec *record.Record, err error, report func(error) int) int {
	switch {
	case rec == nil:
		return report(err)
	case err == nil:
		return record.ExitCode(*rec)
	}
	return record.Worst(record.ExitCode(*rec), report(err))
}

// report prints an error and gives its exit code.
func (s *session) report(err error) int {
	var e *exitError
	if !errors.As(failure(err), &e) {
		return exitDefect
	}
	fmt.Fprintf(s.p.Stderr, "maildrill: %v\n", e.err)
	if e.hint != "" {
		fmt.Fprintf(s.p.Stderr, "hint: %s\n", e.hint)
	}
	return e.code
}

// drill plays one trial and writes its reports. The result tells what was made,
// also if there is an error.
func (s *session) drill(whole, play context.Context, r *result) error {
	d := r.drill
	id := harness.NewRunID(time.Now(), d.plan.Scenario.Metadata.Name)
	scratch := filepath.Join(s.o.out, id, "scratch")
	defer os.RemoveAll(scratch)
	rt, err := s.runtime(play, s.o.runtime, scratch)
	if err != nil {
		return err
	}
	folder, err := createFolder(s.o.out, id)
	if err != nil {
		return err
	}
	if err := s.enrol(play, r, rt, folder); err != nil {
		return errors.Join(err, folder.Discard())
	}
	r.folder = string(folder)
	if s.p.began != nil {
		s.p.began(folder)
	}
	play, stop := s.bounded(play, d.plan)
	defer stop()
	display := newDisplay(s.p, d.plan, string(folder), len(s.trials) > 1 || d.trials.id != "")
	defer display.close()
	rec, err := harness.Run(whole, play, d.plan, harness.Config{
		Runtime: rt, Folder: folder, Seed: d.seed, Trial: d.trial, Trials: d.trials.rule.N,
		Series: d.trials.known(d.rerunOf), Tool: tool(), Register: r.place, Keep: s.o.keep, Lease: s.o.lease,
		Observe: s.p.observe, Status: s.p.both(display.status), Progress: display.progress,
		Ask: display.asks(s.prompt, string(folder)), Tell: display.tell,
	})
	display.close()
	if rec == nil {
		return err
	}
	r.record = rec
	if reportErr := writeReports(folder, *rec); err == nil {
		err = reportErr
	}
	s.p.printResult(*rec, folder)
	return err
}

// enrol takes the place of a trial in the register.
func (s *session) enrol(ctx context.Context, r *result, rt topology.Runtime, folder harness.Folder) (err error) {
	plan := r.drill.plan
	start := register.Start{Scenario: plan.Scenario.Metadata.Name, SHA256: plan.Spec().Scenario.SHA256, Topology: digestOf(plan.Topology),
		Runtime: rt.Name(), Simulated: rt.Simulated(), Audit: plan.Scenario.Audit, Required: s.o.mustRegister(r.drill.trials), Trial: r.drill.trial, Series: r.drill.trials.id, Tool: tool()}
	r.place, r.mark, err = s.registration.enrol(ctx, folder.ID(), string(folder), start)
	return err
}

// bounded ends a drill that takes much longer than its plan allows.
func (s *session) bounded(play context.Context, plan *planning.Plan) (context.Context, context.CancelFunc) {
	limit := s.o.timeout
	if limit == 0 {
		limit = 2*plan.Worst() + 10*time.Minute
	}
	return context.WithTimeoutCause(play, limit, errTimeout)
}

func (s *session) seed(d drill) int64 {
	if s.o.seed != 0 {
		return s.o.seed + int64(d.trial) - 1
	}
	return time.Now().UnixNano() & 0x7fffffff
}
