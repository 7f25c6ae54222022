package faults

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// route says which traffic of a node a network fault is about. On a link it is
// that of the link alone.
type route struct {
	Peers     []string `yaml:"peers" json:"peers"`
	Port      int      `yaml:"port" json:"port"`
	Direction string   `yaml:"direction" json:"direction"`
	Family    string   `yaml:"family" json:"family"`
}

func (p route) check() error {
	switch {
	case p.Port < 0 || p.Port > 65535:
		return fmt.Errorf("port is %d; valid: 1 to 65535, or 0 for all", p.Port)
	case !slices.Contains([]string{"", "both", "to", "from"}, p.Direction):
		return fmt.Errorf("direction is %q; valid: both, to (the peers), from (them)", p.Direction)
	case !slices.Contains([]string{"", "any", "ipv4", "ipv6"}, p.Family):
		return fmt.Errorf("family is %q; valid: any, ipv4, ipv6", p.Family)
	}
	return nil
}

// spec is the rule on this path, without its action.
func (p route) spec(t Target) PacketSpec {
	s := PacketSpec{Peers: p.addresses(t), Direction: p.Direction, Family: p.Family}
	if s.Direction == "both" {
		s.Direction = ""
	}
	if s.Family == "any" {
		s.Family = ""
	}
	if port := p.port(t); port > 0 {
		s.Ports = []uint16{uint16(port)}
	}
	return s
}

func (p route) port(t Target) int {
	if t.Link != nil && p.Port == 0 {
		return t.Link.Port
	}
	return p.Port
}

// others are the nodes at the other end; none: everybody.
func (p route) others(t Target) []Peer {
	if t.Link != nil {
		return []Peer{t.Link.To}
	}
	var found []Peer
	for _, name := range p.Peers {
		if peer, ok := t.Peer(name); ok {
			found = append(found, peer)
		}
	}
	return found
}

func (p route) addresses(t Target) []netip.Addr {
	var all []netip.Addr
	for _, peer := range p.others(t) {
		all = append(all, peer.Addresses...)
	}
	return all
}

// unusedPort is a port on which nothing listens in a drill (discard, RFC 863): an
// attempt there is refused, unless the packets are lost.
const unusedPort = 9

// ways are where the node can try whether the path is open: of each node at the
// other end every address of the family, else of each node that there is.
func (p route) ways(t Target) []netip.AddrPort {
	others := p.others(t)
	if len(others) == 0 {
		others = slices.DeleteFunc(slices.Clone(t.Peers), func(o Peer) bool { return o.Name == t.Node.Name() })
	}
	var all []netip.AddrPort
	for _, o := range others {
		for _, a := range o.Addresses {
			if p.Family == "" || p.Family == "any" || (p.Family == "ipv4") == a.Unmap().Is4() {
				all = append(all, netip.AddrPortFrom(a.Unmap(), p.knock(t, o)))
			}
		}
	}
	return all
}

// knock is the port to try at a node: that of the fault, else the lowest of its
// services.
func (p route) knock(t Target, o Peer) uint16 {
	if port := p.port(t); port > 0 {
		return uint16(port)
	}
	lowest := 0
	for _, port := range o.Services {
		if lowest == 0 || port < lowest {
			lowest = port
		}
	}
	if lowest == 0 {
		return unusedPort
	}
	return uint16(lowest)
}

// knockTimeout bounds one attempt at an address of the drill's own network: a
// healthy one answers within a millisecond or two. One that must be healthy has
// patientKnock to show it, for its way may be late for another reason.
const (
	knockTimeout = 400 * time.Millisecond
	patientKnock = 3 * time.Second
)

// tried is how attempts at some addresses ended.
type tried struct {
	ways []netip.AddrPort
	errs []error
}

// try makes an attempt at each address, at the same time.
func try(ctx context.Context, from Node, ways []netip.AddrPort) (tried, error) {
	return tryFor(ctx, knockTimeout, from, ways)
}

func tryFor(ctx context.Context, limit time.Duration, from Node, ways []netip.AddrPort) (tried, error) {
	r := tried{ways: ways, errs: make([]error, len(ways))}
	if _, ok := from.(Visitor); !ok {
		return r, fmt.Errorf("nothing can be tried from %s", from.Name())
	}
	var wg sync.WaitGroup
	for i, to := range ways {
		wg.Go(func() { _, r.errs[i] = visit(ctx, from, Visit{To: to, Timeout: limit}) })
	}
	wg.Wait()
	return r, ctx.Err()
}

// missed are the addresses at which an attempt had no answer.
func (r tried) missed() (ways []netip.AddrPort) {
	for i, err := range r.errs {
		if errors.Is(err, ErrNoAnswer) {
			ways = append(ways, r.ways[i])
		}
	}
	return ways
}

// ended counts the attempts that ended in one of the ways.
func (r tried) ended(in ...error) int {
	n := 0
	for _, err := range r.errs {
		if slices.ContainsFunc(in, func(w error) bool { return errors.Is(err, w) }) {
			n++
		}
	}
	return n
}

// closed is how a path is seen that a fault has cut: attempts end in the way of
// the fault, and attempts at nodes that are none of its business do not.
type closed struct {
	route
	in    []error // the ways
	spare bool    // look at others too
}

// sees: while held every attempt must end so; at any other time one is too many.
func (c closed) sees(ctx context.Context, t Target, p phase) (Evidence, error) {
	ways := c.ways(t)
	if len(ways) == 0 {
		return Evidence{Detail: "there is nobody to look at"}, nil
	}
	r, err := try(ctx, t.Node, ways)
	if err != nil {
		return Evidence{}, err
	}
	cut := r.ended(c.in...)
	e := Evidence{
		Effective: cut > 0 && (p != held || cut == len(ways)), Partial: p == held && cut > 0 && cut < len(ways),
		Detail: fmt.Sprintf("%d of %d attempts from %s ended without an answer or in a reset", cut, len(ways), t.Node.Name()),
	}
	if p == held && c.spare {
		err = c.look(ctx, t, &e)
	}
	return e, err
}

// look tries the nodes that the fault is not about, and those that miss it once
// more: chance is not to say that they are hurt.
func (c closed) look(ctx context.Context, t Target, e *Evidence) error {
	mine := c.others(t)
	var ways []netip.AddrPort
	for _, o := range t.Peers {
		is := func(p Peer) bool { return p.Name == o.Name }
		if len(mine) == 0 || o.Name == t.Node.Name() || slices.ContainsFunc(mine, is) || len(o.Addresses) == 0 {
			continue
		}
		ways = append(ways, netip.AddrPortFrom(o.Addresses[0].Unmap(), route{}.knock(Target{}, o)))
	}
	r, err := try(ctx, t.Node, ways)
	if err == nil {
		r, err = tryFor(ctx, patientKnock, t.Node, r.missed())
	}
	if err != nil {
		return err
	}
	if hurt := len(r.missed()); hurt > 0 {
		e.BystanderHurt = true
		e.Detail += fmt.Sprintf("; %d of %d others do not answer it either", hurt, len(ways))
	}
	return nil
}
