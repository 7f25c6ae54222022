package keeper

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"maildrill/faults"
	"maildrill/harness/agent/blockdev"
)

// originals is the folder, in the keeper's volume, of what reverts need.
const originals = Images + "/originals"

// originals is that of one rule.
func (n node) originals(rule string) string { return filepath.Join(originals, n.name, rule) }

// device finds the device of a volume, and where the node mounts it.
func (n node) device(volume string) (device, path string, err error) {
	path, ok := n.Disks[volume]
	if !ok {
		return "", "", fmt.Errorf("volume %q of %s is not a disk of its own: give it a size", volume, n.name)
	}
	if device = n.disks.device(Image(n.run, n.name, volume)); device == "" {
		return "", "", fmt.Errorf("volume %s of %s has no device yet", volume, n.name)
	}
	return device, path, nil
}

// inVolume acts on the root of a volume's file system. While the node lives it
// is the one that its servers see; of a node that is down it is mounted here, for
// as long as that takes.
func (n node) inVolume(ctx context.Context, volume string, act func(root string, pid int) error) error {
	device, path, err := n.device(volume)
	if err != nil {
		return err
	}
	s, err := n.inspect(ctx, n.Container)
	if err != nil {
		return err
	}
	if s.Running && s.Pid > 0 {
		return throughMount(s.Pid, path, device, act)
	}
	at, err := os.MkdirTemp("", "volume-")
	if err != nil {
		return err
	}
	defer os.Remove(at)
	kind, err := blockdev.Kind(device)
	if err != nil {
		return err
	}
	if err := unix.Mount(device, at, kind, 0, ""); err != nil {
		return fmt.Errorf("mount %s: %w", device, err)
	}
	return errors.Join(act(at, 0), unix.Unmount(at, 0))
}

// throughMount acts on what a process sees at a path, if it is on the device.
func throughMount(pid int, path, device string, act func(root string, pid int) error) error {
	dir, err := openOn(pid, path, device)
	if err != nil {
		return err
	}
	defer dir.Close()
	return act(fmt.Sprintf("/proc/self/fd/%d", dir.Fd()), pid)
}

// touchFailures are the ways in which a touch can fail, as they cross the session.
var touchFailures = map[string]struct{ kernel, ours error }{
	"no space": {unix.ENOSPC, faults.ErrNoSpace}, "read-only": {unix.EROFS, faults.ErrReadOnly}, "input/output": {unix.EIO, faults.ErrInputOutput},
}

type touchReply struct {
	Felt    faults.Felt `json:"felt"`
	Failure string      `json:"failure,omitempty"`
	Text    string      `json:"text,omitempty"`
}

// touch tries a volume as the node's servers find it. How it failed is an
// answer, not an error.
func (n node) touch(ctx context.Context, t faults.Touch) (touchReply, error) {
	if t.Try == faults.TryRun {
		return n.runs(ctx, t.Run)
	}
	device, path, err := n.device(t.Volume)
	if err != nil {
		return touchReply{}, err
	}
	s, err := n.inspect(ctx, n.Container)
	if err != nil {
		return touchReply{}, err
	}
	if !s.Running || s.Pid <= 0 {
		return touchReply{Felt: faults.Felt{Down: true}}, nil
	}
	felt, err := n.tries(t, proc(s.Pid, filepath.Join("root", path)), device)
	reply := touchReply{Felt: felt}
	for name, f := range touchFailures {
		if errors.Is(err, f.kernel) {
			reply.Failure, reply.Text = name, err.Error()
			return reply, nil
		}
	}
	return reply, err
}

func (n node) tries(t faults.Touch, root, device string) (felt faults.Felt, err error) {
	on, err := blockdev.On(root, device)
	if err != nil || !on {
		felt.Elsewhere = err == nil
		return felt, err
	}
	switch t.Try {
	case faults.TryRoom:
		felt.Took, err = blockdev.Create(root, t.Bytes)
	case faults.TryCreate:
		felt.Took, err = blockdev.Create(root, 0)
	case faults.TryMark:
		felt.Marked = blockdev.Marked(root, t.Rule)
	case faults.TryGone:
		if v, ok := n.means[faults.Disks].(*volumes); ok {
			felt.Changed, err = v.gone(n, root, t.Rule)
		}
	case faults.TryCompare:
		if b, ok := n.means[faults.Files].(*belongings); ok {
			felt.Changed, err = b.compare(n, root, t.Rule)
		}
	default:
		err = fmt.Errorf("nobody knows how to try %q", t.Try)
	}
	return felt, err
}

// Touch implements faults.Toucher.
func (r Remote) Touch(ctx context.Context, t faults.Touch) (faults.Felt, error) {
	var reply touchReply
	if err := r.ask(ctx, verbTouch, order{Touch: t}, &reply); err != nil {
		return faults.Felt{}, err
	}
	if reply.Failure == "" {
		return reply.Felt, nil
	}
	return reply.Felt, fmt.Errorf("%w: %s", touchFailures[reply.Failure].ours, reply.Text)
}

// expire takes a rule away when its time is over, whoever is alive then.
func expire(m mechanism, n node, r faults.Rule) *time.Timer {
	return time.AfterFunc(r.TTL, func() {
		ctx, cancel := context.WithTimeout(context.Background(), orderLimit)
		defer cancel()
		_ = m.take(ctx, n, r.ID)
	})
}
