package faults

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
)

type backendParams struct {
	Port  int  `yaml:"port"`
	Proxy bool `yaml:"proxy"`
}

// proxiedPort is how far above a service's port maildrill's own servers take the
// connections of a balancer; the checks come to the service's own.
const proxiedPort = 10000

// deadBackend is one whose checks pass and that serves nobody.
type deadBackend struct{ backendParams }

func newBackendDead(decode func(any) error) (Fault, error) {
	const kind = "dep.balancer-backend-dead"
	p, err := decoded(decode, backendParams{Proxy: true})
	if err == nil && (p.Port < 0 || p.Port > 65535) {
		err = fmt.Errorf("port is %d; valid: 0 to 65535", p.Port)
	}
	if err != nil {
		return nil, err
	}
	b := deadBackend{p}
	spec := func(p passage) any { return StreamSpec{To: b.serves(p), Toxic: ToxicStall, Reset: true} }
	f, err := newOnWays(kind, p, overStreams, Streams, spec, b.at)
	return behindBalancer{f.(proxied), b}, err
}

// behindBalancer is a fault on the link from a balancer.
type behindBalancer struct {
	proxied
	deadBackend
}

// Check implements [Particular].
func (f behindBalancer) Check(t Target) error {
	if err := f.proxied.Check(t); err != nil {
		return err
	}
	if p, _ := t.Peer(t.Node.Name()); !slices.Contains(p.Roles, "balancer") {
		return fmt.Errorf("%s is no balancer; link.stall does it to any other", t.Node.Name())
	}
	if f.Port == t.Link.Port {
		return errors.New("the checks come to this port too: a balancer would notice at once. Give the one that its connections go to")
	}
	return nil
}

// serves are the addresses to which the balancer hands connections on.
func (b deadBackend) serves(p passage) []netip.AddrPort {
	var all []netip.AddrPort
	for _, to := range p.to {
		port := uint16(b.Port)
		if port == 0 {
			port = to.Port() + proxiedPort
		}
		all = append(all, netip.AddrPortFrom(to.Addr(), port))
	}
	return all
}

// localHeader begins a connection of a balancer's own in the PROXY protocol,
// version 2 (haproxy.org/download/2.6/doc/proxy-protocol.txt, section 2.2, LOCAL).
const localHeader = "\r\n\r\n\x00\r\nQUIT\n\x20\x00\x00\x00"

// at looks as the balancer's checks do, and as its connections do: the backend
// must greet the ones and not the others.
func (b deadBackend) at(ctx context.Context, p passage) (bool, string, error) {
	greeting := greeters[p.service].greeting
	_, checked := visit(ctx, p.from, Visit{To: p.to[0], Greeting: greeting, Timeout: lookTime})
	served := Visit{To: b.serves(p)[0], Hear: len(greeting), Timeout: lookTime}
	if b.Proxy {
		served.Say = []byte(localHeader)
	}
	s, err := visit(ctx, p.from, served)
	if ctx.Err() != nil {
		return false, "", ctx.Err()
	}
	dead := errors.Is(err, ErrNoGreeting) && len(s.Bytes) == 0
	return dead && checked == nil, fmt.Sprintf("checks: %v; connections: %q, %v", checked, s.Bytes, err), nil
}
