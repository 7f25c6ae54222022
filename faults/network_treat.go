package faults

import (
	"context"
	"errors"
	"fmt"
	"math/bits"
	"net/netip"
	"slices"
	"strings"
)

// treated is a fault under which packets still arrive: late, slower, broken,
// twice or out of order. It is seen by trains of datagrams that the rule treats
// as it does the system's own packets.
type treated struct {
	route route
	spec  PacketSpec // without the path
	train Train      // without the ends
	// shows tells whether one direction shows the fault, and what was seen.
	shows func(Passing) (bool, string)
	// compares gives what was asked for and seen in one direction that shows it,
	// and how many packets of the system's own met the rule meanwhile; nil: the
	// counters of the rule say it.
	compares func(p Passing, others uint64) []Measured
}

func newTreated(kind string, params any, f treated) (Fault, error) {
	if err := f.route.check(); err != nil {
		return nil, err
	}
	r := &ruled{mechanism: Packets, names: f.route.Peers, check: f.check, place: f.place, sees: f.sees}
	if f.compares == nil {
		r.measures = func(rules []Standing) []Measured {
			return sharesOf(strings.TrimPrefix(kind, "net."), float64(f.spec.Share)/million, rules)
		}
	}
	return newRuled(kind, params, r)
}

func (f treated) place(t Target) ([]placed, error) {
	path, spec := f.route.spec(t), f.spec
	spec.Peers, spec.Ports, spec.Direction, spec.Family = path.Peers, path.Ports, path.Direction, path.Family
	return []placed{{t.Node, spec}}, nil
}

// check: somebody must be there to send trains to.
func (f treated) check(t Target) error {
	if len(f.ends(t)) == 0 {
		return errors.New("no node is at the other end, so that nothing could be measured")
	}
	return f.route.meets(t)
}

// ends are the nodes that trains go to: those at the other end, or of everybody
// the first.
func (f treated) ends(t Target) []Peer {
	if mine := f.route.others(t); len(mine) > 0 {
		return mine
	}
	return first(t, func(Peer) bool { return true })
}

// first is the first node other than the target's that may be taken.
func first(t Target, may func(Peer) bool) []Peer {
	for _, o := range t.Peers {
		if o.Name != t.Node.Name() && may(o) {
			return []Peer{o}
		}
	}
	return nil
}

// sees sends a train to each end. While held, every direction that the fault is
// about must show it, and the way to a node that is none of its business must
// not; at any other time one that shows it is one too many.
func (f treated) sees(ctx context.Context, t Target, known phase) (Evidence, error) {
	e := Evidence{Effective: known == held}
	var said []string
	for _, o := range f.ends(t) {
		before, _ := f.met(ctx, t)
		j, err := f.send(ctx, t, o)
		if err != nil {
			return Evidence{}, err
		}
		after, err := f.met(ctx, t)
		if err != nil {
			return Evidence{}, err
		}
		for _, p := range f.directions(j) {
			shows, what := f.shows(p.Passing)
			said = append(said, fmt.Sprintf("%s %s: %s", p.name, o.Name, what))
			if known == held {
				e.Effective = e.Effective && shows
			} else {
				e.Effective = e.Effective || shows
			}
			if known == held && shows && f.compares != nil {
				e.Measured = append(e.Measured, f.compares(p.Passing, after-before)...)
			}
		}
	}
	e.Detail = strings.Join(said, "; ")
	if known == held {
		return f.spares(ctx, t, e)
	}
	return e, nil
}

// spares looks for a way that the fault is not about and that does not show it.
// One that does may be under another fault of its own, or have had bad luck: the
// next is tried, and if none is free of it, this fault is on ways that are none of
// its business. One that cannot be measured, because its end is down, says nothing.
func (f treated) spares(ctx context.Context, t Target, e Evidence) (Evidence, error) {
	mine := f.route.others(t)
	if len(mine) == 0 {
		return e, nil
	}
	hurt := ""
	for _, o := range t.Peers {
		if len(o.Addresses) == 0 || o.Name == t.Node.Name() || slices.ContainsFunc(mine, func(m Peer) bool { return m.Name == o.Name }) {
			continue
		}
		j, err := f.send(ctx, t, o)
		if ctx.Err() != nil {
			return e, ctx.Err()
		}
		if err != nil || len(j.There.Came)+len(j.Back.Came) == 0 {
			continue
		}
		shown := f.shown(o, j)
		if shown == "" {
			return e, nil
		}
		hurt += shown
	}
	e.BystanderHurt, e.Detail = hurt != "", e.Detail+hurt
	return e, nil
}

// shown tells in which directions a way shows the fault; empty: in none.
func (f treated) shown(o Peer, j Journey) (words string) {
	for _, p := range f.directions(j) {
		if shows, what := f.shows(p.Passing); shows {
			words += fmt.Sprintf("; the way %s %s too: %s", p.name, o.Name, what)
		}
	}
	return words
}

// met counts the system's own packets that met the rule so far.
func (f treated) met(ctx context.Context, t Target) (n uint64, err error) {
	r, ok := t.Node.(Ruler)
	if !ok {
		return 0, fmt.Errorf("%s takes no rules", t.Node.Name())
	}
	standing, err := r.Rules(ctx, Packets)
	for _, s := range standing {
		n += s.Counters[PacketsMet]
	}
	return n, err
}

// direction is one of a train, by its name.
type direction struct {
	name string
	Passing
}

func (f treated) directions(j Journey) []direction {
	to, from := direction{"to", j.There}, direction{"from", j.Back}
	switch f.route.Direction {
	case "to":
		return []direction{to}
	case "from":
		return []direction{from}
	}
	return []direction{to, from}
}

// send sends one train.
func (f treated) send(ctx context.Context, t Target, o Peer) (Journey, error) {
	n, ok := t.Node.(PathMeter)
	if !ok {
		return Journey{}, fmt.Errorf("no path can be measured from %s", t.Node.Name())
	}
	self, _ := t.Peer(t.Node.Name())
	train := f.train
	train.To, train.Port = o.Name, uint16(f.route.port(t))
	if train.Here, train.There, ok = f.pair(self.Addresses, o.Addresses); !ok {
		return Journey{}, fmt.Errorf("%s and %s have no addresses of the same family", self.Name, o.Name)
	}
	return n.Meter(ctx, train)
}

// pair finds an address of each that are on one network: those that have most
// of their first bits in common.
func (f treated) pair(here, there []netip.Addr) (a, b netip.Addr, ok bool) {
	best := -1
	for _, h := range here {
		for _, o := range there {
			h, o := h.Unmap(), o.Unmap()
			wanted := f.route.Family == "" || f.route.Family == "any" || (f.route.Family == "ipv4") == h.Is4()
			if h.Is4() == o.Is4() && wanted && common(h, o) > best {
				a, b, best = h, o, common(h, o)
			}
		}
	}
	return a, b, best >= 0
}

// common counts the bits at the front that two addresses share. A family that
// comes first is preferred, so longer addresses count no more than short ones.
func common(a, b netip.Addr) int {
	x, y := a.AsSlice(), b.AsSlice()
	for i := range x {
		if x[i] != y[i] {
			return min(32, i*8+bits.LeadingZeros8(x[i]^y[i]))
		}
	}
	return 32
}
