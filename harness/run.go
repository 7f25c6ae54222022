package harness

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
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
	*rig
	plan   *planning.Plan
	key    identity.Key
	ledger *ledger.Log
	ready  readied
	// occupied are the faults that others must not meet.
	occupied occupied
	traces   traces
	counters func() map[string]float64
	playing  atomic.Int64 // when the timeline began, in nanoseconds; 0: not yet
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
	defer r.breaks()
	runErr := r.execute(ctx, play)
	r.end(play, runErr)
	runErr = errors.Join(runErr, r.silence(), r.file.Close(), r.ledger.Close(), r.journal.Close())
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
	r := &run{plan: p, key: identity.NewKey(c.Folder.ID(), c.Seed)}
	if err := os.WriteFile(c.Folder.Scenario(), p.Source, 0o644); err != nil {
		return nil, fmt.Errorf("write the replay file: %w", err)
	}
	var err error
	if r.rig, err = newRig(p.Topology, c); err != nil {
		return nil, err
	}
	if r.ledger, err = ledger.Create(c.Folder.Ledger()); err != nil {
		return nil, err
	}
	r.traces = traces{r: r.rig, faults: &r.occupied}
	r.events.append(ledger.RunPlanned, "", "", r.specification())
	return r, nil
}

// specification writes down, before the run begins, all that the judge needs.
func (r *run) specification() measure.Spec {
	c, spec := r.cfg, r.plan.Spec()
	spec.Run = record.Run{ID: c.Folder.ID(), Started: r.began.UTC().Format(time.RFC3339Nano),
		Runtime: c.Runtime.Name(), Seed: c.Seed, Trial: c.Trial, Trials: c.Trials, Tool: c.Tool, Register: c.Register}
	spec.Simulated, spec.Salt, spec.Series = c.Runtime.Simulated(), saltCount(), c.Series
	if c.Series != nil {
		spec.Run.Series = c.Series.ID
	}
	return spec
}

// execute is the run from the first container to the last.
func (r *run) execute(ctx, play context.Context) error {
	if err := r.start(play, topology.Options{Faulted: r.plan.Faulted(), Needs: r.plan.Needs(), Images: r.plan.Images()}); err != nil {
		return unlessStopped(play, err)
	}
	defer r.down(context.WithoutCancel(ctx))
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
	r.compareTraces(context.WithoutCancel(ctx))
	if ctx.Err() == nil && r.broken.Err() == nil {
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
	defer r.unprepare(play)
	r.prepare(play)
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
	r.traces.note(play)
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
	left, failed := r.left, append(slices.Clone(r.failures), err)
	r.mu.Unlock()
	failures := errors.Join(failed...)
	if len(left) > 0 {
		r.events.append(ledger.Residue, "", "", ledger.Leftovers{Items: left})
	}
	end := ledger.Ending{How: "complete", Wall: time.Now().UTC().Format(time.RFC3339Nano), Dirty: len(left) > 0}
	switch {
	case failures != nil:
		end.How, end.Why, end.Lacking = "error", failures.Error(), lacking(failed)
	case play.Err() != nil:
		end.How, end.Why = "aborted", context.Cause(play).Error()
		r.events.append(ledger.Aborted, "", "", end)
	}
	r.events.append(ledger.RunEnded, "", "", end)
}

// lacking tells whether all that went wrong is the environment's.
func lacking(failed []error) bool {
	return !slices.ContainsFunc(failed, func(err error) bool { return err != nil && !errors.Is(err, topology.ErrUnavailable) })
}

func (r *run) serviceKeys() []string {
	var keys []string
	for _, s := range r.plan.Services {
		keys = append(keys, s.Key())
	}
	return keys
}
