package hog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"

	"maildrill/harness/agent/cgroups"
)

// Role is the argument that makes a hog of this binary.
const Role = "hog"

// ErrUncounted says that the group went away before its count could be read: the
// kernel has killed all that was in it.
var ErrUncounted = errors.New("the control group is gone, and its count with it")

// Run lets a hog grow in a group until the kernel has killed somebody there, and
// tells how many, the hog itself apart: what was killed may give back too little
// before the kernel looks for the next. The hog takes at most that many bytes.
func Run(ctx context.Context, g cgroups.Group, most int64) (kills uint64, err error) {
	counter, err := g.Kills().Open()
	if err != nil {
		return 0, err
	}
	defer counter.Close()
	before, err := counter.Read()
	if err != nil {
		return 0, err
	}
	died, err := spawn(ctx, g, most)
	if err != nil {
		return 0, fmt.Errorf("take memory until the kernel kills: %w", err)
	}
	now, err := counter.Read()
	if err != nil {
		return 0, ErrUncounted
	}
	return others(before, now, died), nil
}

// others leaves the hog out. It may have been killed with its container, and not
// by the kernel for want of memory: then it is in no count.
func others(before, now, died uint64) uint64 { return now - before - min(died, now-before) }

// spawn starts a hog and waits for its end. died is 1 if it was killed itself.
func spawn(ctx context.Context, g cgroups.Group, most int64) (died uint64, err error) {
	// It dies with the thread that made it (prctl(2), PR_SET_PDEATHSIG).
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	c := exec.CommandContext(ctx, "/proc/self/exe", "agent", Role)
	c.Env, c.Stderr = []string{}, os.Stderr
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	in, err := c.StdinPipe()
	if err != nil {
		return 0, err
	}
	if err := c.Start(); err != nil {
		return 0, fmt.Errorf("start a hog: %w", err)
	}
	err = g.Join(c.Process.Pid)
	if err == nil {
		err = json.NewEncoder(in).Encode(order{Counter: g.Kills(), Most: most})
	}
	if err != nil {
		_ = c.Process.Kill()
		return 0, errors.Join(err, c.Wait())
	}
	err = c.Wait()
	if s, ok := c.ProcessState.Sys().(syscall.WaitStatus); ok && ctx.Err() == nil && s.Signaled() && s.Signal() == syscall.SIGKILL {
		return 1, nil
	}
	return 0, err
}
