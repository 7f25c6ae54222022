package embedded

import (
	"context"
	"fmt"
	"io"
	"time"

	"maildrill/harness/embedded/mta"
	"maildrill/harness/pause"
	"maildrill/harness/topology"
)

// readyWithin bounds the dialogue that proves a node ready, unless its health
// says otherwise. Its listeners are open before that.
const readyWithin = time.Minute

// readyEvery is the time between two attempts.
const readyEvery = 25 * time.Millisecond

// Ready implements topology.Readier.
func (s *System) Ready(ctx context.Context, node string) error {
	n, ok := s.topology.Node(node)
	if !ok {
		return fmt.Errorf("no node is called %q", node)
	}
	for {
		err := s.ready(ctx, n)
		if err == nil || !pause.For(ctx, readyEvery) {
			return err
		}
	}
}

// ready speaks to the node as its health demands.
func (s *System) ready(ctx context.Context, n topology.Node) error {
	h := n.Health
	if h.Service == "" {
		return nil
	}
	if h.Timeout <= 0 {
		h.Timeout = readyWithin
	}
	ctx, cancel := context.WithTimeout(ctx, h.Timeout)
	defer cancel()
	conn, err := s.Dial(ctx, n.Name, h.Service)
	if err != nil {
		return err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	got := make([]byte, len(h.Expect))
	if _, err := io.ReadFull(conn, got); err != nil {
		return fmt.Errorf("read the greeting: %w", err)
	}
	if string(got) != h.Expect {
		return fmt.Errorf("greeting begins with %q, want %q", got, h.Expect)
	}
	return ctx.Err()
}

// timersInForce are the settings that a recovery time depends on.
func timersInForce(c topology.Clock) map[string]string {
	t := mta.TimersOf(c)
	return map[string]string{
		"mta.retry.min": t.RetryMin.String(), "mta.retry.max": t.RetryMax.String(), "mta.expiry": t.Expiry.String(),
		"mta.timeout.connect": t.Connect.String(), "mta.timeout.command": t.Command.String(),
		"supervisor.delay": supervisorDelay.String(),
	}
}
