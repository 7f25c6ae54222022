package register

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// folder is a register in a folder that may be shared between hosts.
type folder string

func (d folder) where() string           { return string(d) }
func (d folder) file(name string) string { return filepath.Join(string(d), name) }

// read takes the lock only for a moment: a reader must not see half an append.
func (d folder) read(ctx context.Context) (Files, error) {
	unlock, err := d.lock(ctx, unix.LOCK_SH)
	if err != nil {
		return Files{}, err
	}
	defer unlock()
	return d.files()
}

func (d folder) files() (f Files, err error) {
	for _, part := range []struct {
		name string
		to   *[]byte
	}{{LeavesFile, &f.Leaves}, {CheckpointFile, &f.Checkpoint}, {pendingFile, &f.Pending}} {
		*part.to, err = os.ReadFile(d.file(part.name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return Files{}, fmt.Errorf("%w: %w", ErrUnreachable, err)
		}
	}
	if f.Leaves == nil && f.Checkpoint == nil {
		return Files{}, fmt.Errorf("%w in %s", ErrMissing, d)
	}
	return f, nil
}

// change writes in an order in which a crash leaves nothing that is not mended or
// was not decided: the pending file first, then the leaves, then the checkpoint.
func (d folder) change(ctx context.Context, next func(Files) (*step, error)) error {
	unlock, err := d.lock(ctx, unix.LOCK_EX)
	if err != nil {
		return err
	}
	defer unlock()
	f, err := d.files()
	if err != nil {
		return err
	}
	s, err := next(f)
	if err != nil {
		return err
	}
	if f.Pending != nil {
		if err := d.complete(f, s.from); err != nil {
			return fmt.Errorf("%w: complete the append that was cut off: %w", ErrUnreachable, err)
		}
	}
	if len(s.leaves) == 0 {
		return nil
	}
	return d.commit(s)
}

// complete brings an append to its end that somebody else began.
func (d folder) complete(was, full Files) error {
	if err := d.extend(was.Leaves, full.Leaves); err != nil {
		return err
	}
	if err := replace(d.file(CheckpointFile), full.Checkpoint); err != nil {
		return err
	}
	return d.settled()
}

func (d folder) commit(s *step) error {
	full := append(s.from.Leaves[:len(s.from.Leaves):len(s.from.Leaves)], s.leaves...)
	plan, err := pending{Leaves: string(s.leaves), Checkpoint: string(s.signed)}.marshal()
	if err != nil {
		return err
	}
	if err := replace(d.file(pendingFile), plan); err != nil {
		return fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	if err := d.extend(s.from.Leaves, full); err != nil {
		return fmt.Errorf("%w: %w (the next append completes this one)", ErrUnreachable, err)
	}
	if err := replace(d.file(CheckpointFile), s.signed); err != nil {
		return fmt.Errorf("%w: %w (the next append completes this one)", ErrUnreachable, err)
	}
	return d.settled()
}

// settled removes the pending file; that it stays does no harm.
func (d folder) settled() error {
	_ = os.Remove(d.file(pendingFile))
	return nil
}

// extend appends to the leaves what they lack, which are a beginning of full.
func (d folder) extend(have, full []byte) error {
	f, err := os.OpenFile(d.file(LeavesFile), os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteAt(full[len(have):], int64(len(have)))
	return errors.Join(err, f.Sync(), f.Close())
}

// create makes the folder and an empty register.
func (d folder) create(ctx context.Context, f Files) error {
	if err := os.MkdirAll(string(d), 0o755); err != nil {
		return fmt.Errorf("make the register: %w", err)
	}
	unlock, err := d.lock(ctx, unix.LOCK_EX)
	if err != nil {
		return err
	}
	defer unlock()
	if _, err := d.files(); !errors.Is(err, ErrMissing) {
		return errors.Join(fmt.Errorf("make the register: there is one in %s", d), err)
	}
	if err := d.extend(nil, f.Leaves); err != nil {
		return fmt.Errorf("make the register: %w", err)
	}
	if err := replace(d.file(CheckpointFile), f.Checkpoint); err != nil {
		return fmt.Errorf("make the register: %w", err)
	}
	return nil
}

// lockLimit bounds the wait for others, each of whom needs a few milliseconds.
const lockLimit = 30 * time.Second

// lock waits for the lock of the folder (flock(2)), which ends with the process.
func (d folder) lock(ctx context.Context, how int) (unlock func(), err error) {
	if _, err := os.Stat(string(d)); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w in %s", ErrMissing, d)
	}
	flags := os.O_CREATE | os.O_RDWR
	if how == unix.LOCK_SH {
		flags = os.O_RDONLY // who only reads leaves nothing
	}
	f, err := os.OpenFile(d.file(lockFile), flags, 0o644)
	if how == unix.LOCK_SH && errors.Is(err, fs.ErrNotExist) {
		return func() {}, nil // a copy that nobody has added to
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	ctx, cancel := context.WithTimeout(ctx, lockLimit)
	defer cancel()
	if err := await(ctx, func() error { return unix.Flock(int(f.Fd()), how|unix.LOCK_NB) }); err != nil {
		f.Close()
		return nil, fmt.Errorf("%w: lock %s: %w", ErrUnreachable, d, err)
	}
	return func() { f.Close() }, nil
}

// await tries until it is not locked any more.
func await(ctx context.Context, try func() error) error {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		if err := try(); !errors.Is(err, unix.EWOULDBLOCK) && !errors.Is(err, unix.EINTR) {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("somebody else holds it: %w", ctx.Err())
		}
	}
}

// replace puts a whole file in the place of another, durable when it returns.
func replace(path string, b []byte) error {
	tmp := path + ".new"
	f, err := os.OpenFile(tmp, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(tmp))
	}
	if err := os.Rename(tmp, path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
