package keeper

import (
	"context"
	"errors"
	"fmt"

	"maildrill/faults"
	"maildrill/harness/agent/nameserver"
)

// names are the rules of the drill's name server, which keeps them itself. It
// is reached through the file system of its container, by no network.
type names struct{}

func (names) put(ctx context.Context, n node, r faults.Rule) error {
	c, err := control(ctx, n)
	if err == nil {
		err = c.Put(ctx, r)
	}
	if err != nil {
		return fmt.Errorf("put a rule on the name server %s: %w", n.name, err)
	}
	return nil
}

// take: a server that is down, or was only just started, has no rules.
func (names) take(ctx context.Context, n node, id string) error {
	c, err := control(ctx, n)
	if err == nil {
		err = c.Take(ctx, id)
	}
	if err == nil || without(err) {
		return nil
	}
	return fmt.Errorf("take a rule off the name server %s: %w", n.name, err)
}

func (names) rules(ctx context.Context, n node) ([]faults.Standing, error) {
	c, err := control(ctx, n)
	var found []faults.Standing
	if err == nil {
		found, err = c.Rules(ctx)
	}
	if without(err) {
		return nil, nil
	}
	return found, err
}

func without(err error) bool { return errors.Is(err, errDown) || errors.Is(err, nameserver.ErrAbsent) }

// control finds the server's socket by its process.
func control(ctx context.Context, n node) (nameserver.Control, error) {
	s, err := n.inspect(ctx, n.Container)
	if err != nil {
		return nameserver.Control{}, err
	}
	if s.Pid <= 0 {
		return nameserver.Control{}, errDown
	}
	return nameserver.Control{Path: proc(s.Pid, "root"+nameserver.Socket)}, nil
}
