package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"maildrill/harness/programme"
	"maildrill/reports/history/store"
	"maildrill/scenarios"
)

// keeper runs the drills of a programme in this process, and hands signals on.
type keeper struct {
	p      *process
	o      scheduleOptions
	r      scheduledRun
	plan   *programme.Plan
	folder *programme.Folder

	mu     sync.Mutex
	drills map[chan os.Signal]bool // that run
	ran    []ranDrill
}

// ranDrill is what --json prints of a drill that was run.
type ranDrill struct {
	Item    string `json:"item"`
	Planned string `json:"planned"`
	Attempt int    `json:"attempt"`
	Exit    int    `json:"exit"`
}

// stateError is about the folder in which the scheduler remembers.
func stateError(err error) error {
	if err == nil {
		return nil
	}
	return &exitError{code: exitEnvironment, err: err, hint: "--state names the folder in which the scheduler remembers; it must be writable"}
}

// keep opens the programme and the folder of its scheduler.
func (p *process) keep(o scheduleOptions, r scheduledRun) (*keeper, error) {
	if err := checkRuntime(r.runtime); err != nil {
		return nil, err
	}
	plan, err := p.programmePlan(o)
	if err != nil {
		return nil, err
	}
	folder, err := programme.OpenFolder(o.folder())
	if err != nil {
		return nil, stateError(err)
	}
	return &keeper{p: p, o: o, r: r, plan: plan, folder: folder, drills: map[chan os.Signal]bool{}}, nil
}

// scheduler runs drills under a context that no signal ends: they have signals of
// their own.
func (k *keeper) scheduler(drills context.Context) *programme.Scheduler {
	return &programme.Scheduler{Plan: k.plan, Folder: k.folder, Now: k.now, Tell: k.tell, Done: k.done, Run: k.run(drills)}
}

func (k *keeper) now() time.Time { return time.Now() }

func (k *keeper) tell(text string) {
	fmt.Fprintf(k.p.Stderr, "%s %s\n", asWall(time.Now(), k.plan), text)
}

// listen gives a context that the first signal ends. Each signal is one for all
// drills that run, too.
func (k *keeper) listen(parent context.Context) (context.Context, func()) {
	ctx, stop := context.WithCancel(parent)
	done := make(chan struct{})
	go func() {
		for {
			select {
			case s := <-k.p.Signals:
				stop()
				k.handOn(s)
			case <-done:
				return
			}
		}
	}()
	return ctx, func() { stop(); close(done) }
}

func (k *keeper) handOn(s os.Signal) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for drill := range k.drills {
		select {
		case drill <- s:
		default: // it has heard two
		}
	}
}

// run runs what an item names. It must end as it declares, where it declares an end.
func (k *keeper) run(ctx context.Context) func(context.Context, scenarios.ProgrammeItem, programme.Task) int {
	return func(_ context.Context, it scenarios.ProgrammeItem, t programme.Task) int {
		signals := make(chan os.Signal, 2)
		k.mu.Lock()
		k.drills[signals] = true
		k.mu.Unlock()
		code := k.alone(signals).drilled(ctx, k.options(it))
		k.mu.Lock()
		defer k.mu.Unlock()
		delete(k.drills, signals)
		k.ran = append(k.ran, ranDrill{t.Item, t.Planned, t.Attempt, code})
		return code
	}
}

// alone is a process for one drill: with signals of its own, and without the
// standard output if that is for JSON.
func (k *keeper) alone(signals <-chan os.Signal) *process {
	own := *k.p
	own.Signals, own.Keyboard = signals, false
	if own.json {
		own.json, own.Stdout = false, own.Stderr
	}
	return &own
}

func (k *keeper) options(it scenarios.ProgrammeItem) runOptions {
	o := runOptions{jobs: 1, runtime: k.r.runtime, out: k.o.out, lease: usualLease, register: k.r.register, registered: k.r.registered}
	if suite, ok := it.Suite(); ok {
		o.suites = []string{suite}
	} else {
		o.names = []string{k.plan.Beside(it.Drill)}
		doc, _, err := scenarios.Find(o.names[0])
		o.declared = err == nil && doc != nil && doc.Scenario != nil && doc.Scenario.Expect != nil
	}
	return o
}

// usualLease is that of `maildrill run`.
const usualLease = 5 * time.Second

// drilled runs drills and gives the exit code that they would have by themselves.
func (p *process) drilled(ctx context.Context, o runOptions) int {
	err := p.runDrills(ctx, o)
	if err == nil {
		return exitPassed
	}
	var known *exitError
	if !errors.As(err, &known) {
		known = &exitError{code: exitDefect, err: err}
	}
	if known.err != nil {
		fmt.Fprintf(p.Stderr, "maildrill: %v\n", known.err)
	}
	if known.hint != "" {
		fmt.Fprintf(p.Stderr, "hint: %s\n", known.hint)
	}
	return known.code
}

// done lists what was done so far. Nothing was where no run ever was.
func (k *keeper) done(ctx context.Context) ([]programme.Evidence, error) {
	held, err := k.p.exercises(k.o.exercises)
	if err != nil || !exists(k.o.out) {
		return exercised(held), err
	}
	ctx = context.WithoutCancel(ctx)
	s, err := store.Open(ctx, k.o.out)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	if _, err := s.Sync(ctx); err != nil {
		return nil, err
	}
	runs, err := s.Runs(ctx, store.Filter{}.Query())
	return append(evidenceOf(runs, nil), exercised(held)...), err
}
