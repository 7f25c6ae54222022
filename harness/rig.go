package harness

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/topology"
)

// rig is what faults are held on: a system that runs, and the files that say
// what is done to it. A run has one, and so has a topology that is up by itself.
type rig struct {
	cfg      Config
	topology topology.Topology
	clock    func() time.Duration // since the start of the run, monotonic
	began    time.Time            // wall clock at its zero
	file     *ledger.Events
	events   *eventLog
	journal  *journal
	system   topology.System
	live     *live
	stop     context.CancelCauseFunc // ends the play
	broken   context.Context         // ends when an instrument breaks
	breaks   context.CancelFunc

	mu       sync.Mutex
	left     []string
	failures []error
	// unwritten is why the history is not whole: it cannot tell this itself.
	unwritten error
}

// newRig makes the files that every rig writes. The system comes later.
func newRig(t topology.Topology, c Config) (*rig, error) {
	if c.Lease == 0 {
		c.Lease = defaultLease
	}
	started := time.Now()
	r := &rig{cfg: c, topology: t, live: newLive(), began: started, clock: func() time.Duration { return time.Since(started) }}
	r.broken, r.breaks = context.WithCancel(context.Background())
	var err error
	if r.file, err = ledger.CreateEvents(c.Folder.Events()); err != nil {
		return nil, err
	}
	if r.journal, err = createJournal(c.Folder.Journal()); err != nil {
		return nil, err
	}
	r.events = &eventLog{log: r.file, clock: r.clock, observe: c.Observe, broken: r.lose}
	return r, nil
}

// start brings the system up, with what the options say of its faults.
func (r *rig) start(ctx context.Context, o topology.Options) error {
	o.RunID, o.Lease, o.LogDir, o.Progress = r.cfg.Folder.ID(), r.cfg.Lease, r.cfg.Folder.Logs(), r.cfg.Progress
	system, err := r.cfg.Runtime.Start(ctx, r.topology, o)
	if err != nil {
		return fmt.Errorf("start topology %s: %w", r.topology.Name, err)
	}
	r.system = system
	environment, tuned := r.described()
	r.events.append(ledger.RunStarted, "", "", ledger.Start{
		Wall: time.Now().UTC().Format(time.RFC3339Nano), Environment: environment, Tuned: tuned})
	return nil
}

// residue notes something that is left; it makes the run dirty.
func (r *rig) residue(item string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.left = append(r.left, item)
}

// lose notes that the history cannot be written any more.
func (r *rig) lose(err error) {
	err = fmt.Errorf("the history cannot be written any more: %w", err)
	if errors.As(err, new(*fs.PathError)) { // the disk is to blame, not maildrill
		err = &topology.Unavailable{Err: err, Remedy: "see to the disk that the run folder is on, or name another with --out"}
	}
	r.mu.Lock()
	r.unwritten = cmp.Or(r.unwritten, err)
	r.mu.Unlock()
	r.fail(err)
}

// silence is why the history is not whole, nil if it is.
func (r *rig) silence() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.unwritten
}

// fail notes a defect of the instrument and ends the play.
func (r *rig) fail(err error) {
	r.mu.Lock()
	r.failures = append(r.failures, err)
	r.mu.Unlock()
	if r.stop != nil {
		r.stop(err)
	}
}

// hearBroken waits for damage to the system's own instruments, which ends the
// play.
func (r *rig) hearBroken(ctx context.Context) {
	w, ok := r.system.(topology.Watcher)
	if !ok {
		return
	}
	select {
	case err, open := <-w.Broken():
		if open && err != nil {
			r.fail(fmt.Errorf("the instrument broke: %w", err))
			r.breaks()
		}
	case <-ctx.Done():
	}
}

// until polls a condition; false: the context ended first.
func (r *rig) until(ctx context.Context, every time.Duration, holds func() bool) bool {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return false
		}
	}
	return true
}

func (r *rig) now() ledger.Seconds { return ledger.Seconds(r.clock()) }

func (r *rig) described() (environment, tuned map[string]string) {
	if rep, ok := r.system.(topology.Reporter); ok {
		return rep.Environment(), rep.Tuned()
	}
	return nil, nil
}
