package docker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"maildrill/harness/pause"
)

// kept is the word by which a guard is told that the keeper lives.
const kept = "kept"

// Limits of what a guard does when its maildrill is gone: all of it, and the
// time in which an engine may still finish what it was asked for.
const (
	guardLimit  = 30 * time.Second
	guardSettle = 2 * time.Second
)

// Guard is the work of the command [Config.Guard]: it waits until its input
// ends, and removes the run unless it was told before that the keeper lives.
//
// The engine makes a container and starts it in two requests. A maildrill that
// is killed between the two leaves a keeper that never lives, and that nobody
// would remove.
func Guard(ctx context.Context, in io.Reader, run string) error {
	said, err := io.ReadAll(io.LimitReader(in, int64(len(kept))))
	if err != nil {
		return fmt.Errorf("guard run %s: %w", run, err)
	}
	if string(said) == kept {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, guardLimit)
	defer cancel()
	err = ForceCleanup(ctx, run)
	pause.For(ctx, guardSettle)
	return errors.Join(err, ForceCleanup(ctx, run))
}

// guard is a process that does the work of [Guard]; the zero value guards
// nothing.
type guard struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	say strings.Builder // its standard error
}

// startGuard begins to guard a run. The process is in a session of its own, so
// that what a terminal sends to maildrill does not reach it (setsid(2)).
func startGuard(command []string, run string) (*guard, error) {
	g := &guard{}
	if len(command) == 0 {
		return g, nil
	}
	cmd := exec.Command(command[0], append(slices.Clone(command[1:]), run)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cmd.Stderr = &g.say
	in, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return nil, fmt.Errorf("start the guard of the keeper's birth: %w", err)
	}
	g.cmd, g.in = cmd, in
	return g, nil
}

// dismiss lets the guard go: it has nothing to do. It may be called again.
func (g *guard) dismiss() error {
	if g.cmd == nil {
		return nil
	}
	_, err := io.WriteString(g.in, kept)
	err = errors.Join(err, g.in.Close(), g.cmd.Wait())
	g.cmd = nil
	if err != nil {
		return fmt.Errorf("the guard of the keeper's birth: %w: %s", err, strings.TrimSpace(g.say.String()))
	}
	return nil
}
