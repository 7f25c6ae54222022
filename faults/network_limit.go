package faults

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"time"
)

// connLimit is net.conn-limit.
type connLimit struct {
	most int
	port int
}

// mostTried bounds how many connections a look makes.
const mostTried = 50

func newConnLimit(decode func(any) error) (Fault, error) {
	with := struct {
		Limit int `yaml:"limit"`
		Port  int `yaml:"port"`
	}{Limit: 5}
	if err := decode(&with); err != nil {
		return nil, err
	}
	switch {
	case with.Limit < 1 || with.Limit > mostTried:
		return nil, fmt.Errorf("limit is %d; valid: 1 to %d", with.Limit, mostTried)
	case with.Port < 0 || with.Port > 65535:
		return nil, fmt.Errorf("port is %d; valid: 1 to 65535, or 0 for the node's first service", with.Port)
	}
	f := connLimit{most: with.Limit, port: with.Port}
	return newRuled("net.conn-limit", with, &ruled{mechanism: Packets, check: f.check, place: f.place, sees: f.sees})
}

// own is the port of the node's that is limited.
func (f connLimit) own(t Target) (Peer, uint16) {
	self, _ := t.Peer(t.Node.Name())
	return self, route{Port: f.port}.knock(Target{}, self)
}

func (f connLimit) check(t Target) error {
	self, port := f.own(t)
	for _, open := range self.Services {
		if open == int(port) {
			return nil
		}
	}
	return fmt.Errorf("nothing listens on port %d of %s", port, self.Name)
}

func (f connLimit) place(t Target) ([]placed, error) {
	_, port := f.own(t)
	spec := PacketSpec{Ports: []uint16{port}, Protocol: "tcp", Direction: "from", Action: "drop", Beyond: uint32(f.most)}
	return []placed{{t.Node, spec}}, nil
}

// sees opens more connections at the same time than are allowed. They are
// counted apart from those of the system, so that a look takes none of them.
func (f connLimit) sees(ctx context.Context, t Target, _ phase) (Evidence, error) {
	self, port := f.own(t)
	from := visitor(t)
	if from == nil || len(self.Addresses) == 0 {
		return Evidence{}, errors.New("no other node can try it")
	}
	v := Visit{To: netip.AddrPortFrom(self.Addresses[0], port), Hear: 1 << 10, Timeout: heldOpen}
	errs := make([]error, f.most+3)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { _, errs[i] = visit(ctx, from, v) })
	}
	wg.Wait()
	shut := tried{errs: errs}.ended(ErrNoAnswer)
	return Evidence{Effective: shut > 0, Detail: fmt.Sprintf("%d of %d connections at the same time were not taken", shut, len(errs))}, ctx.Err()
}

// heldOpen is how long a look keeps its connections.
const heldOpen = 600 * time.Millisecond

// visitor is another node that can make attempts.
func visitor(t Target) Node {
	for _, p := range t.Peers {
		if _, ok := p.Node.(Visitor); ok && p.Name != t.Node.Name() {
			return p.Node
		}
	}
	return nil
}

func addrPort(a netip.Addr, port int) netip.AddrPort {
	return netip.AddrPortFrom(a.Unmap(), uint16(port))
}
