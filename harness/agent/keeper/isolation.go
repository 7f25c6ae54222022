package keeper

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// namespace gives a process that lives in the node's network namespace.
func (n node) namespace(ctx context.Context) (pid int, err error) {
	id := n.Holder
	if id == "" {
		id = n.Container
	}
	s, err := n.inspect(ctx, id)
	if err != nil {
		return 0, err
	}
	if s.Pid <= 0 {
		return 0, fmt.Errorf("network of %s: %w", n.name, errDown)
	}
	return s.Pid, nil
}

func (n node) isolate(ctx context.Context, ttl time.Duration) error {
	if ttl <= 0 {
		return fmt.Errorf("isolate %s: needs a time to live", n.name)
	}
	pid, err := n.namespace(ctx)
	if err != nil {
		return err
	}
	if err := n.kernel.Cut(pid, ttl); err != nil {
		return fmt.Errorf("isolate %s: %w", n.name, err)
	}
	return nil
}

// rejoin takes the isolation back. A namespace that is gone took it along.
func (n node) rejoin(ctx context.Context) error {
	pid, err := n.namespace(ctx)
	if errors.Is(err, errDown) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := n.kernel.Mend(pid); err != nil {
		return fmt.Errorf("rejoin %s: %w", n.name, err)
	}
	return nil
}

func (n node) dropped(ctx context.Context) (droppedReply, error) {
	pid, err := n.namespace(ctx)
	if errors.Is(err, errDown) {
		return droppedReply{}, nil
	}
	if err != nil {
		return droppedReply{}, err
	}
	packets, on, err := n.kernel.Dropped(pid)
	return droppedReply{Packets: packets, On: on}, err
}

// furnish points the node at the drill's name server and takes its way out, now
// and after each start that gives it a new network.
func (n node) furnish(ctx context.Context, conf string) error {
	n.names.Store(n.name, conf)
	pid, err := n.namespace(ctx)
	if err != nil {
		return err
	}
	if err := n.kernel.Seal(pid); err != nil {
		return fmt.Errorf("seal the network of %s: %w", n.name, err)
	}
	if conf == "" {
		return nil
	}
	if err := n.kernel.Resolve(pid, conf); err != nil {
		return fmt.Errorf("write resolv.conf of %s: %w", n.name, err)
	}
	return nil
}
