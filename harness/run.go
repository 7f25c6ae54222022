package harness

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"maildrill/harness/identity"
	"maildrill/harness/ledger"
	"maildrill/harness/measure"
	"maildrill/harness/pause"
	"maildrill/harness/planning"
	"maildrill/harness/record"
	"maildrill/harness/topology"
)

// Limits of the stages that clean up; they run on contexts of their own, so
// that no signal can cut them short.
const (
	closeLimit = 2 * time.Minute
	statusTick = 250 * time.Millisecond
)

// run is one execution of a plan.
type run struct {
	plan    *planning.Plan
	cfg     Config
	clock   func() time.Duration // since the start of the run, monotonic
	began   time.Time            // wall clock at its zero
	key     identity.Key
	file    *ledger.Events
	events  *eventLog
	ledger  *ledger.Log
	journal *journal
	system  topology.System
	live    *live
	stop    context.CancelCauseFunc // ends the play

	mu       sync.Mutex
	left     []string
	failures []error
	counters func() map[string]float64

	playing atomic.Int64 // when the timeline began, in nanoseconds; 0: not yet
}

// Run plays a plan and judges it. Two contexts bound it: when play ends, the
// timeline stops, every fault is reverted, and what was seen is judged; when
// ctx ends too, the accounting is cut short as well. Faults are reverted and
// the system is taken down in every case.
//
// The record is nil only if the run folder could not be written at all. An
// error that wraps [topology.ErrUnavailable] is the environment's.
func Run(ctx, play context.Context, p *planning.Plan, c Config) (*record.Record, error) {
	r, err := open(p, c)
	if err != nil {
		return nil, err
	}
	play, r.stop = context.WithCancelCause(play)
	defer r.stop(nil)
	runErr := r.execute(ctx, play)
	r.end(play, runErr)
	if err := errors.Join(r.file.Close(), r.ledger.Close(), r.journal.Close()); err != nil {
		runErr = errors.Join(runErr, err)
	}
	rec, err := Judge(c.Folder)
	if err != nil {
		return nil, errors.Join(runErr, err)
	}
	if err := WriteRecord(c.Folder, rec); err != nil {
		return nil, errors.Join(runErr, err)
	}
	return rec, runErr
}

// open makes the files of the run folder and writes the plan down.
func open(p *planning.Plan, c Config) (*run, error) {
	if c.Lease == 0 {
		c.Lease = defaultLease
	}
	started := time.Now()
	r := &run{plan: p, cfg: c, live: newLive(), began: started, clock: func() time.Duration { return time.Since(started) }}
	r.key = identity.NewKey(c.Folder.ID(), c.Seed)
	if err := os.WriteFile(c.Folder.Scenario(), p.Source, 0o644); err != nil {
		return nil, fmt.Errorf("write the replay file: %w", err)
	}
	var err error
	if r.file, err = ledger.CreateEvents(c.Folder.Events()); err != nil {
		return nil, err
	}
	if r.ledger, err = ledger.Create(c.Folder.Ledger()); err != nil {
		return nil, err
	}
	if r.journal, err = createJournal(c.Folder.Journal()); err != nil {
		return nil, err
	}
	r.events = &eventLog{log: r.file, clock: r.clock, observe: c.Observe, broken: r.fail}
	r.events.append(ledger.RunPlanned, "", "", r.specification())
	return r, nil
}

// specification writes down, before the run begins, all that the judge needs.
func (r *run) specification() measure.Spec {
	c, spec := r.cfg, r.plan.Spec()
	spec.Run = record.Run{ID: c.Folder.ID(), Started: r.began.UTC().Format(time.RFC3339Nano),
		Runtime: c.Runtime.Name(), Seed: c.Seed, Trial: c.Trial, Trials: c.Trials, Tool: c.Tool}
	spec.Simulated, spec.Salt, spec.Series = c.Runtime.Simulated(), saltCount(), c.Series
	if c.Series != nil {
		spec.Run.Series = c.Series.ID
	}
	return spec
}

// execute is the run from the first container to the last.
func (r *run) execute(ctx, play context.Context) error {
	system, err := r.cfg.Runtime.Start(play, r.plan.Topology, topology.Options{
		RunID: r.cfg.Folder.ID(), Lease: r.cfg.Lease, LogDir: r.cfg.Folder.Logs(),
		Faulted: r.plan.Faulted(), Progress: r.cfg.Progress,
	})
	if err != nil {
		return unlessStopped(play, fmt.Errorf("start topology %s: %w", r.plan.Topology.Name, err))
	}
	r.system = system
	defer r.down(context.WithoutCancel(ctx))
	environment, tuned := r.described()
	r.events.append(ledger.RunStarted, "", "", ledger.Start{
		Wall: time.Now().UTC().Format(time.RFC3339Nano), Environment: environment, Tuned: tuned})
	inst, err := r.instruments(play)
	if err != nil {
		return unlessStopped(play, err)
	}
	defer inst.close()
	aux, stopAux := context.WithCancel(ctx)
	watched := r.watch(aux, inst)
	defer func() { stopAux(); watched.Wait() }()
	r.stages(play, inst)
	inst.stopLoad()
	if ctx.Err() == nil {
		r.account(ctx, play, inst)
	}
	return nil
}

// unlessStopped drops an error that is only the echo of a stop: the run then
// ends as aborted, with the cause of the stop as its reason.
func unlessStopped(play context.Context, err error) error {
	if play.Err() != nil && errors.Is(err, play.Err()) {
		return nil
	}
	return err
}

// stages are the parts of the drill that a stop cuts short.
func (r *run) stages(play context.Context, inst *instruments) {
	ph := r.plan.Scenario.Phases
	r.enter("baseline", time.Duration(ph.Baseline))
	inst.startLoad(play)
	if !pause.For(play, time.Duration(ph.Baseline)) {
		return
	}
	r.enter("gate", 0)
	if ok, which := r.live.healthy(r.serviceKeys()); !ok {
		r.events.append(ledger.GuardTripped, "", "", ledger.Ending{How: "gate", Why: "not healthy before the fault: " + which})
		return
	}
	r.enter("timeline", 0)
	r.timeline(play)
	if play.Err() != nil {
		return
	}
	r.enter("observe", time.Duration(ph.Observe))
	pause.For(play, time.Duration(ph.Observe))
}

func (r *run) enter(phase string, lasts time.Duration) {
	until := time.Duration(0)
	if lasts > 0 {
		until = r.clock() + lasts
	}
	r.live.enter(phase, until)
	r.events.append(ledger.PhaseBegan, "", "", ledger.PhaseStart{Phase: phase})
}

// down takes the system away and writes down what could not be proven gone.
func (r *run) down(ctx context.Context) {
	if r.cfg.Keep {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, closeLimit)
	defer cancel()
	if err := r.system.Close(ctx); err != nil {
		r.residue(fmt.Sprintf("take the topology down: %v", err))
	}
}

// end closes the history. Nothing is written after it.
func (r *run) end(play context.Context, err error) {
	r.mu.Lock()
	left, failures := r.left, errors.Join(append(r.failures, err)...)
	r.mu.Unlock()
	if len(left) > 0 {
		r.events.append(ledger.Residue, "", "", ledger.Leftovers{Items: left})
	}
	end := ledger.Ending{How: "complete", Wall: time.Now().UTC().Format(time.RFC3339Nano), Dirty: len(left) > 0}
	switch {
	case failures != nil:
		end.How, end.Why = "error", failures.Error()
	case play.Err() != nil:
		end.How, end.Why = "aborted", context.Cause(play).Error()
		r.events.append(ledger.Aborted, "", "", end)
	}
	r.events.append(ledger.RunEnded, "", "", end)
}

// residue notes something that is left; it makes the run dirty.
func (r *run) residue(item string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.left = append(r.left, item)
}

// fail notes a defect of the instrument and ends the play.
func (r *run) fail(err error) {
	r.mu.Lock()
	r.failures = append(r.failures, err)
	r.mu.Unlock()
	if r.stop != nil {
		r.stop(err)
	}
}

func (r *run) now() ledger.Seconds { return ledger.Seconds(r.clock()) }

func (r *run) serviceKeys() []string {
	var keys []string
	for _, s := range r.plan.Services {
		keys = append(keys, s.Key())
	}
	return keys
}

func (r *run) described() (environment, tuned map[string]string) {
	if rep, ok := r.system.(topology.Reporter); ok {
		return rep.Environment(), rep.Tuned()
	}
	return nil, nil
}
