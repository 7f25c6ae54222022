package harness

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"maildrill/harness/control"
	"maildrill/harness/ledger"
	"maildrill/harness/planning"
	"maildrill/harness/topology"
)

// ErrDirty is wrapped by errors of what could not be proven gone.
var ErrDirty = errors.New("clean-up could not be proven")

// Up runs a topology without a script until the context ends or
// [Folder.RequestAbort] asks for it, and takes it down. ready is called when
// every node answers; from then on [Folder.Control] is served, and faults can be
// put on by hand, of the kinds that can allows (nil: all).
func Up(ctx context.Context, t topology.Topology, can *planning.Capabilities, c Config, ready func(topology.System)) error {
	r, err := newRig(t, c)
	if err != nil {
		return err
	}
	ctx, r.stop = context.WithCancelCause(ctx)
	defer r.stop(nil)
	err = r.start(ctx, topology.Options{})
	if err == nil {
		err = r.attend(ctx, can, ready)
		r.mu.Lock()
		err = errors.Join(append(r.failures, err)...)
		r.mu.Unlock()
	}
	end := ledger.Ending{How: "complete", Why: text(err), Wall: time.Now().UTC().Format(time.RFC3339Nano), Dirty: errors.Is(err, ErrDirty)}
	if err != nil {
		end.How = "error"
	}
	r.events.append(ledger.RunEnded, "", "", end)
	return errors.Join(err, r.file.Close(), r.journal.Close(), os.WriteFile(c.Folder.Gone(), []byte("down\n"), 0o644))
}

// attend does what it is asked for until it is to end, and leaves nothing.
func (r *rig) attend(ctx context.Context, can *planning.Capabilities, ready func(topology.System)) (err error) {
	outlasting := context.WithoutCancel(ctx)
	defer func() { err = errors.Join(err, r.takeDown(outlasting)) }()
	life, end := context.WithCancelCause(ctx)
	defer end(nil)
	desk := newManual(life, r, can)
	server, err := control.Serve(r.cfg.Folder.Control(), desk)
	if err != nil {
		return err
	}
	var watching sync.WaitGroup
	watching.Go(func() { r.hearBroken(life) })
	ready(r.system)
	r.until(ctx, statusTick, func() bool { _, asked := r.cfg.Folder.abortRequested(); return asked })
	end(errGoing)
	watching.Wait()
	if left := desk.finish(); left != nil {
		r.events.append(ledger.Residue, "", "", ledger.Leftovers{Items: strings.Split(left.Error(), "\n")})
		err = fmt.Errorf("%w: %w", ErrDirty, left)
	}
	limit, cancel := context.WithTimeout(outlasting, closeLimit)
	defer cancel()
	return errors.Join(err, server.Close(limit))
}

func (r *rig) takeDown(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, closeLimit)
	defer cancel()
	if err := r.system.Close(ctx); err != nil {
		return fmt.Errorf("%w: take the topology down: %w", ErrDirty, err)
	}
	return nil
}

// Gone is written when a topology that was brought up by itself is down.
func (f Folder) Gone() string { return filepath.Join(string(f), "down") }

// Control is the folder of the socket by which a topology that is up is reached.
func (f Folder) Control() string { return filepath.Join(string(f), "control") }
