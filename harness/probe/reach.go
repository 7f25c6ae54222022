package probe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"maildrill/faults"
	"maildrill/harness/topology"
)

// reachLimit bounds one look at a node from the outside: long enough for a
// healthy server under load, short enough to bracket an edge.
const reachLimit = 700 * time.Millisecond

// Reach makes the view of a node from the outside that proves a fault
// ([faults.Target]): one connection to the service, whose first bytes must be
// the greeting. An empty greeting asks for the connection alone. The errors
// wrap those of package faults.
func Reach(d Dialer, node string, service topology.Service, greeting string) func(context.Context) error {
	return func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, reachLimit)
		defer cancel()
		conn, err := d.Dial(ctx, node, service)
		if err != nil {
			return unreached(err)
		}
		defer conn.Close()
		return greeted(ctx, conn, greeting)
	}
}

// unreached says in the terms of package faults how a connection failed.
func unreached(err error) error {
	switch {
	case errors.Is(err, topology.ErrRefused):
		return fmt.Errorf("%w: %v", faults.ErrRefused, err)
	case errors.Is(err, topology.ErrTimeout), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%w: %v", faults.ErrNoAnswer, err)
	}
	return err
}

func greeted(ctx context.Context, conn net.Conn, greeting string) error {
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetReadDeadline(deadline); err != nil {
			return fmt.Errorf("bound the wait for a greeting: %w", err)
		}
	}
	got := make([]byte, len(greeting))
	if _, err := io.ReadFull(conn, got); err != nil {
		return fmt.Errorf("%w: %v", faults.ErrNoGreeting, err)
	}
	if string(got) != greeting {
		return fmt.Errorf("greeting begins with %q, want %q", got, greeting)
	}
	return nil
}
