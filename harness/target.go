package harness

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

// target gives a fault its node and the two views that prove it.
func (r *run) target(s Step, name string) faults.Target {
	instance, ok := r.system.Instance(name)
	if !ok {
		r.fail(fmt.Errorf("node %s of step %s does not run", name, s.ID))
	}
	node, _ := r.plan.Topology.Node(name)
	t := faults.Target{Node: instance, Reach: r.reach(node), Hold: s.For}
	if b, ok := r.bystander(); ok {
		t.Bystander = r.reach(b)
	}
	return t
}

// bystander is a node that no step of the timeline acts on, a mail server if
// there is one, else the name server.
func (r *run) bystander() (topology.Node, bool) {
	faulted := map[string]bool{}
	for _, n := range r.plan.Faulted() {
		faulted[n] = true
	}
	var last topology.Node
	for _, n := range r.plan.Topology.Nodes {
		if faulted[n.Name] || n.Health.Service == "" {
			continue
		}
		if n.Has(topology.Store) || n.Has(topology.MX) {
			return n, true
		}
		last = n
	}
	return last, last.Name != ""
}

// reach makes one attempt at the node's own service, as a client would: dial,
// and read the greeting.
func (r *run) reach(n topology.Node) func(context.Context) error {
	if n.Health.Service == "" {
		return nil
	}
	return func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, reachLimit)
		defer cancel()
		conn, err := r.system.Dial(ctx, n.Name, n.Health.Service)
		if err != nil {
			return dialError(err)
		}
		defer conn.Close()
		return greeted(ctx, conn, n.Health.Expect)
	}
}

// dialError says in the terms of package faults how a connection failed.
func dialError(err error) error {
	switch {
	case errors.Is(err, topology.ErrRefused):
		return fmt.Errorf("%w: %v", faults.ErrRefused, err)
	case errors.Is(err, topology.ErrTimeout), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%w: %v", faults.ErrNoAnswer, err)
	}
	return err
}

func greeted(ctx context.Context, conn net.Conn, expect string) error {
	if expect == "" {
		return nil
	}
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetReadDeadline(deadline); err != nil {
			return err
		}
	}
	got := make([]byte, len(expect))
	if _, err := io.ReadFull(conn, got); err != nil {
		return fmt.Errorf("%w: %v", faults.ErrNoGreeting, err)
	}
	if string(got) != expect {
		return fmt.Errorf("greeting begins with %q, want %q", got, expect)
	}
	return nil
}
