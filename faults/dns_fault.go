package faults

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// nameParams are the parameters of a kind of DNS fault.
type nameParams interface {
	// nodes are those that the parameters name.
	nodes() []string
	// plan says what is done to the name server of a target, or what is wrong
	// with it; the nodes need not run yet.
	plan(Target) (namePlan, error)
}

// namePlan is one DNS fault on one name server.
type namePlan struct {
	spec NameSpec
	// clients are the nodes that it is for; none: all.
	clients []string
	// asks is the question in whose answer it shows, sign how.
	asks asked
	sign func(told) bool
	// wait is how long an answer is waited for; tcp: the question is asked by TCP
	// too.
	wait time.Duration
	tcp  bool
	// stale: the answers are out of date, and caches keep them.
	stale bool
}

// answerWait is how long an answer is waited for that takes a millisecond.
const answerWait = 400 * time.Millisecond

// nameFault is a DNS fault as the compiler sees it.
type nameFault struct {
	Fault
	params nameParams
}

var (
	_ Named      = nameFault{}
	_ Particular = nameFault{}
)

// Names implements [Named].
func (f nameFault) Names() []string { return f.params.nodes() }

// Check implements [Particular].
func (f nameFault) Check(t Target) error {
	if p, ok := t.Peer(t.Node.Name()); ok && !slices.Contains(p.Roles, "dns") {
		return errors.New("it acts on a name server: aim it at the node with the role dns")
	}
	_, err := f.params.plan(t)
	return err
}

// newDNS makes the faults of one kind; defaults hold where no parameter is
// given.
func newDNS[P nameParams](kind string, defaults P) func(func(any) error) (Fault, error) {
	return func(decode func(any) error) (Fault, error) {
		p := defaults
		if err := decode(&p); err != nil {
			return nil, err
		}
		f, err := newRuled(kind, p, &ruled{mechanism: Names,
			place: func(t Target) ([]placed, error) { return placeNames(t, p) },
			sees: func(ctx context.Context, t Target, at phase) (Evidence, error) {
				return seeNames(ctx, t, p, at)
			},
		})
		return nameFault{f, p}, err
	}
}

func placeNames(t Target, p nameParams) ([]placed, error) {
	plan, err := planNames(t, p)
	return []placed{{t.Node, plan.spec}}, err
}

// planNames makes the plan for nodes that run.
func planNames(t Target, p nameParams) (namePlan, error) {
	plan, err := p.plan(t)
	if err != nil {
		return plan, err
	}
	for _, name := range plan.clients {
		peer, ok := t.Peer(name)
		if !ok || len(peer.Addresses) == 0 {
			return plan, fmt.Errorf("no address of the client %q is known", name)
		}
		for _, a := range peer.Addresses {
			plan.spec.Clients = append(plan.spec.Clients, a.Unmap())
		}
	}
	return plan, nil
}

// seeNames asks as the clients would.
func seeNames(ctx context.Context, t Target, params nameParams, at phase) (Evidence, error) {
	plan, err := planNames(t, params)
	if err != nil {
		return Evidence{}, err
	}
	server, err := serverOf(t)
	if err != nil {
		return Evidence{}, err
	}
	l := nameLook{server: server, asked: plan.asks, wait: max(plan.wait, answerWait), tcp: plan.tcp}
	e, asker := plan.shown(ctx, t, l)
	hurt, spared := plan.spares(ctx, t, l, asker)
	e.BystanderHurt = hurt
	e.Detail += "; " + spared + "; " + plan.caches(ctx, t, at)
	if d := plan.spec.Effect.Delay; d > 0 && at == held {
		seen := e.Measured[0].Seen
		e.Measured[0].Asked, e.Measured[0].Within = d.Seconds(), within(seen, d.Seconds())
	} else {
		e.Measured = nil
	}
	return e, nil
}

// within tells whether a delay is as near as promised: 10 % or 5 ms.
func within(seen, asked float64) bool {
	off := max(seen-asked, asked-seen)
	return off <= 0.1*asked || off <= 0.005
}

// shown looks for the sign from each client, or from one if it is for all.
func (p namePlan) shown(ctx context.Context, t Target, l nameLook) (Evidence, Node) {
	var e Evidence
	var words []string
	var asker Node
	seen, looks := 0, 0
	for _, n := range p.askers(t) {
		a := l.from(ctx, n)
		if a.failed != nil && len(p.clients) == 0 && n.Name() != t.Node.Name() {
			continue // it is down, or has no network: another one looks
		}
		asker = n
		looks++
		if a.failed == nil && p.sign(a) {
			seen++
		}
		words = append(words, fmt.Sprintf("%s asks %s: %s", n.Name(), l.asked, a))
		e.Measured = []Measured{{What: "delay", Unit: "s", Seen: a.after.Seconds()}}
		if len(p.clients) == 0 {
			break
		}
	}
	e.Effective = looks > 0 && seen == looks
	e.Partial = seen > 0 && seen < looks
	e.Detail = strings.Join(words, ", ")
	return e, asker
}

// askers are the nodes from which the fault is looked at.
func (p namePlan) askers(t Target) (nodes []Node) {
	if len(p.clients) > 0 {
		for _, name := range p.clients {
			if peer, ok := t.Peer(name); ok {
				nodes = append(nodes, peer.Node)
			}
		}
		return nodes
	}
	return append(t.others(askerRoles...), t.Node)
}

// askerRoles is the order in which nodes are asked from: the vantage first, which
// no other fault can hurt.
var askerRoles = []string{"outside", "relay", "mx", ""}

// others are the nodes that can be looked from, by role; the last role may be
// empty: all that are left.
func (t Target) others(roles ...string) (nodes []Node) {
	for _, role := range roles {
		for _, peer := range t.Peers {
			_, can := peer.Node.(Visitor)
			fits := role == "" || slices.Contains(peer.Roles, role)
			if can && fits && peer.Name != t.Node.Name() && !slices.ContainsFunc(nodes, func(n Node) bool { return n.Name() == peer.Name }) {
				nodes = append(nodes, peer.Node)
			}
		}
	}
	return nodes
}

// serverOf is where the name server answers.
func serverOf(t Target) (netip.AddrPort, error) {
	p, ok := t.Peer(t.Node.Name())
	if !ok || len(p.Addresses) == 0 {
		return netip.AddrPort{}, errors.New("its address is not known")
	}
	port := p.Services["dns"]
	if port == 0 {
		port = 53
	}
	return netip.AddrPortFrom(p.Addresses[0], uint16(port)), nil
}
