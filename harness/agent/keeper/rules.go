package keeper

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"maildrill/faults"
)

// mechanism carries out the rules of one kind. It is the only writer of the
// state that they make up.
type mechanism interface {
	// put lets a rule stand; one with the same id is replaced.
	put(context.Context, node, faults.Rule) error
	// take takes a rule away, and returns when its effect is over. A node that is
	// down, and a rule that does not stand, are no errors.
	take(ctx context.Context, n node, id string) error
	// rules reads back what stands.
	rules(context.Context, node) ([]faults.Standing, error)
}

// mechanisms are those that there are, each with a file of its own.
func mechanisms() map[faults.Mechanism]mechanism {
	shared := &proxies{nodes: map[string]*nodeProxy{}}
	return map[faults.Mechanism]mechanism{
		faults.Packets:    &packets{specs: specs{}, treatments: treatments{}},
		faults.Interfaces: &nics{},
		faults.Streams:    proxied{faults.Streams, shared},
		faults.Dialogue:   proxied{faults.Dialogue, shared},
		faults.Disks:      newVolumes(),
		faults.Files:      newBelongings(),
		faults.Limits:     newGrants(),
		faults.Load:       &storms{},
		faults.Names:      names{},
		faults.Settings:   newSettings(),
		faults.Versions:   &versions{},
	}
}

func (n node) rule(ctx context.Context, verb string, r faults.Rule) (any, error) {
	m, ok := n.means[r.Mechanism]
	if !ok {
		return nil, fmt.Errorf("unknown mechanism %q", r.Mechanism)
	}
	switch verb {
	case verbPut:
		if !named(r.ID) || r.TTL <= 0 {
			return nil, fmt.Errorf("rule %q: a rule needs an id that can be the name of a file, and a time to live", r.ID)
		}
		return nil, m.put(ctx, n, r)
	case verbTake:
		return nil, m.take(ctx, n, r.ID)
	}
	standing, err := m.rules(ctx, n)
	return rulesReply{Rules: standing}, err
}

// named tells whether an id can be the name of a file: what a rule keeps, or puts
// into a volume, bears it.
func named(id string) bool { return filepath.IsLocal(id) && filepath.Base(id) == id && id != "." }

// failures are the ways in which a visit can fail, as they cross the session.
var failures = map[string]error{
	"refused": faults.ErrRefused, "no answer": faults.ErrNoAnswer, "no greeting": faults.ErrNoGreeting,
	"reset": faults.ErrReset, "unreachable": faults.ErrUnreachable,
	"no handshake": faults.ErrNoHandshake,
}

// visit makes one attempt from the node's network. How it failed is an answer,
// not an error.
func (n node) visit(ctx context.Context, v faults.Visit) (visitReply, error) {
	pid, err := n.namespace(ctx)
	if err != nil {
		return visitReply{}, err
	}
	sight, err := n.kernel.Visit(ctx, pid, v)
	reply := visitReply{Sight: sight}
	if err == nil {
		return reply, nil
	}
	for name, failure := range failures {
		if errors.Is(err, failure) {
			reply.Failure, reply.Text = name, err.Error()
			return reply, nil
		}
	}
	return reply, err
}

// meter sends a train of datagrams from the node's network to that of another.
func (n node) meter(ctx context.Context, t faults.Train) (faults.Journey, error) {
	other, err := n.peer(t.To)
	if err != nil {
		return faults.Journey{}, err
	}
	pid, err := n.namespace(ctx)
	if err != nil {
		return faults.Journey{}, err
	}
	far, err := other.namespace(ctx)
	if err != nil {
		return faults.Journey{}, err
	}
	return n.kernel.Meter(ctx, pid, far, t)
}
