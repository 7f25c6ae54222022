package keeper

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/docker/docker/api/types/container"

	"maildrill/harness/pause"
)

// deafAfter is the time in which the engine tells about a container that it has
// just paused.
const deafAfter = 2 * time.Second

func (n node) freeze(ctx context.Context, frozen bool) error {
	s, err := n.agreed(ctx)
	if err != nil || s.Paused == frozen || (!frozen && !s.Running) {
		return err
	}
	if !frozen {
		return n.engine.ContainerUnpause(ctx, n.Container)
	}
	if err := n.engine.ContainerPause(ctx, n.Container); err != nil {
		return err
	}
	return n.hear(ctx, s.Pid)
}

// agreed asks the engine until it says of a pause what the kernel says. The engine
// hears of its own pauses as events too, and one that comes late makes it believe
// for a moment in the pause before.
func (n node) agreed(ctx context.Context) (container.State, error) {
	limited, cancel := context.WithTimeout(ctx, deafAfter)
	defer cancel()
	for {
		s, err := n.inspect(ctx, n.Container)
		if err != nil || s.Paused == n.paused(s) || !pause.For(limited, 10*time.Millisecond) {
			return s, err
		}
	}
}

// paused is what the kernel says, or the engine where the kernel cannot.
func (n node) paused(s container.State) bool {
	if s.Pid <= 0 {
		return s.Paused
	}
	frozen, err := n.kernel.Frozen(s.Pid)
	if err != nil {
		return s.Paused
	}
	return frozen
}

// hear demands that the engine answers about a node that it has paused. A pause
// at the moment in which a program is being started in the container (`docker
// exec`) freezes that half-started program too, and the engine waits for it with
// its lock on the container: it neither tells of the container nor ends the pause.
// The kernel then thaws the group until the program has started; the engine
// starts no other in a container that it has paused.
func (n node) hear(ctx context.Context, pid int) error {
	err := n.listen(ctx)
	if !errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil {
		return err
	}
	if err := n.kernel.Freeze(pid, false); err != nil {
		return fmt.Errorf("thaw %s, for the engine is deaf: %w", n.name, err)
	}
	if _, err := n.inspect(ctx, n.Container); err != nil {
		return err
	}
	return n.still(ctx, pid)
}

// still freezes the group until all of it stands still: the kernel takes its time
// for a process that is just being made, and may have to be told again
// (freezer-subsystem.txt, FREEZING).
func (n node) still(ctx context.Context, pid int) error {
	limited, cancel := context.WithTimeout(ctx, deafAfter)
	defer cancel()
	for {
		if err := n.kernel.Freeze(pid, true); err != nil {
			return err
		}
		if frozen, err := n.kernel.Frozen(pid); frozen || err != nil { // of an error the proof tells
			return nil
		}
		if !pause.For(limited, 10*time.Millisecond) {
			return fmt.Errorf("%s does not stand still within %v", n.name, deafAfter)
		}
	}
}

func (n node) listen(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, deafAfter)
	defer cancel()
	_, err := n.inspect(ctx, n.Container)
	return err
}
