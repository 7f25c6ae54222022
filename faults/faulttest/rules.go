package faulttest

import (
	"context"
	"net/netip"
	"slices"
	"time"

	"maildrill/faults"
)

// rule is one that was put, and what is true of it.
type rule struct {
	faults.Rule
	hidden, void bool
}

// mechanisms are those of the node in memory: all.
var mechanisms = []faults.Mechanism{
	faults.Packets, faults.Interfaces, faults.Streams, faults.Dialogue, faults.Names, faults.Limits, faults.Disks, faults.Files, faults.Load, faults.Settings, faults.Versions,
}

// Mechanisms are all that there are.
func (n *Node) Mechanisms() []faults.Mechanism { return mechanisms }

// Put lets a rule stand.
func (n *Node) Put(ctx context.Context, r faults.Rule) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.did(ctx, "put "+string(r.Mechanism)); err != nil {
		return err
	}
	n.ttl = r.TTL
	n.strike(r.Mechanism, r.ID)
	if !n.lie(RuleSpares) {
		n.rules = append(n.rules, rule{Rule: r, void: n.lie(RulePretends)})
		n.putLimit(n.rules[len(n.rules)-1])
	}
	return nil
}

// Take takes a rule away.
func (n *Node) Take(ctx context.Context, m faults.Mechanism, id string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.did(ctx, "take "+string(m)); err != nil {
		return err
	}
	switch {
	case n.lie(TakeHides):
		for i, r := range n.rules {
			n.rules[i].hidden = r.hidden || r.Mechanism == m && r.ID == id
		}
	case !n.lie(TakeFails):
		n.tookLimits(m, id)
		n.strike(m, id)
	}
	return nil
}

func (n *Node) strike(m faults.Mechanism, id string) {
	n.rules = slices.DeleteFunc(n.rules, func(r rule) bool { return r.Mechanism == m && r.ID == id })
}

// Rules lists what stands.
func (n *Node) Rules(ctx context.Context, m faults.Mechanism) ([]faults.Standing, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	var found []faults.Standing
	for _, r := range n.rules {
		if r.Mechanism == m && !r.hidden {
			found = append(found, faults.Standing{ID: r.ID, Spec: r.Spec, Left: r.TTL})
		}
	}
	if show := shown[m]; show != nil {
		found = show(n, found)
	}
	return found, ctx.Err()
}

// shown adds to the rules of a mechanism what is read back with them.
var shown = map[faults.Mechanism]func(*Node, []faults.Standing) []faults.Standing{}

// Visit makes an attempt that every rule of the node has its effect on, and at
// the node in memory every rule of that one.
func (n *Node) Visit(ctx context.Context, v faults.Visit) (faults.Sight, error) {
	if err := ctx.Err(); err != nil {
		return faults.Sight{}, err
	}
	sight := faults.Sight{Connected: time.Millisecond, Greeted: 2 * time.Millisecond, Heard: 3 * time.Millisecond}
	if n.host != nil && n.host.at(v.To.Addr()) {
		leave := n.host.enter()
		defer leave()
		if err := n.host.suffer(v, &sight); err != nil {
			return sight, err
		}
	}
	err := n.suffer(v, &sight)
	return sight, err
}

// suffer applies the rules in the order in which they were put.
func (n *Node) suffer(v faults.Visit, sight *faults.Sight) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, r := range n.rules {
		if effect := effects[r.Mechanism]; effect != nil && !r.void {
			if err := effect(n, r.Rule, v, sight); err != nil {
				return err
			}
		}
	}
	return nil
}

func (n *Node) at(a netip.Addr) bool { return slices.Contains(addressesOf(ownNumber), a) }

// effects is what a rule of each mechanism does to an attempt from the node, or
// at it.
var effects = map[faults.Mechanism]func(*Node, faults.Rule, faults.Visit, *faults.Sight) error{
	faults.Packets:    filtered,
	faults.Interfaces: func(*Node, faults.Rule, faults.Visit, *faults.Sight) error { return faults.ErrUnreachable },
}

// ownNumber is the host number of the node in memory.
const ownNumber = 2

func addressesOf(number byte) []netip.Addr {
	return []netip.Addr{
		netip.AddrFrom4([4]byte{198, 18, 0, number}),
		netip.AddrFrom16([16]byte{0xfd, 15: number}),
	}
}

// peers are the node itself and three others, from which attempts at it can be
// made.
func (n *Node) peers() []faults.Peer {
	other := func(name string) *Node { return &Node{name: name, running: true, host: n} }
	return []faults.Peer{
		{Name: n.name, Host: n.name + ".drill.test", Server: "postfix", Roles: []string{"mx"}, Node: n, Addresses: addressesOf(ownNumber),
			Services: map[string]int{"smtp": 25}, Volumes: []faults.Volume{{Name: "mail", Path: "/var/mail", Type: "ext4", Size: 64 << 20}}},
		{Name: "store1", Host: "store1.drill.test", Server: "dovecot", Roles: []string{"store"}, Node: other("store1"),
			Addresses: addressesOf(3), Services: map[string]int{"lmtp": 24, "imap": 143}},
		{Name: "dns1", Host: "dns1.drill.test", Server: "dns", Roles: []string{"dns"}, Node: other("dns1"), Addresses: addressesOf(5),
			Services: map[string]int{"dns": 53}},
		{Name: "outside", Host: "outside.drill.test", Server: "outside", Roles: []string{"outside"}, Node: other("outside"), Addresses: addressesOf(4)},
	}
}
