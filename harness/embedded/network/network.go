package network

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"maildrill/harness/topology"
)

// Network connects the hosts of one system. It is safe for concurrent use.
type Network struct {
	mu      sync.RWMutex
	hosts   []*Host
	changed chan struct{} // closed and made anew when the state of a host changes
	conns   map[*conn]struct{}
	closed  bool
	flushes sync.WaitGroup // writers of what waited while a host was cut off
}

// New makes a network without hosts.
func New() *Network {
	return &Network{changed: make(chan struct{}), conns: map[*conn]struct{}{}}
}

// Add makes a host with its planned addresses. The services say which port each
// service name means there. Hosts are added before the first connection.
func (n *Network) Add(name, dnsName string, addrs []netip.Addr, services map[topology.Service]int) *Host {
	h := &Host{network: n, name: name, dnsName: dnsName, addrs: addrs, services: services, targets: map[int]string{}}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.hosts = append(n.hosts, h)
	return h
}

// find gives the host of a node's name, DNS name (in any case, with or without
// its final dot) or planned address.
func (n *Network) find(name string) (*Host, error) {
	literal, _ := netip.ParseAddr(name)
	literal, dnsName := literal.Unmap(), strings.TrimSuffix(name, ".")
	n.mu.RLock()
	defer n.mu.RUnlock()
	for _, h := range n.hosts {
		if h.name == name || strings.EqualFold(h.dnsName, dnsName) || slices.Contains(h.addrs, literal) {
			return h, nil
		}
	}
	return nil, fmt.Errorf("%w: no node is called %q", topology.ErrUnreachable, name)
}

// change alters the state of a host and wakes everybody who waits for one.
func (n *Network) change(alter func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	alter()
	close(n.changed)
	n.changed = make(chan struct{})
	for c := range n.conns {
		if !c.path.cut() {
			n.release(c)
		}
	}
}

// release lets out what waited in a connection whose path is whole again.
// n.mu is held.
func (n *Network) release(c *conn) {
	if c.pending.Load() {
		n.flushes.Go(c.flush)
	}
}

// watch evaluates a question about the hosts, and gives the channel that is
// closed when the answer may be another.
func (n *Network) watch(question func() bool) (bool, <-chan struct{}) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return !n.closed && question(), n.changed
}

func (n *Network) forget(c *conn) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.conns, c)
}

// Close ends every connection, and waits for what the network started.
// Listeners belong to those who opened them.
func (n *Network) Close() {
	n.mu.Lock()
	if n.closed {
		n.mu.Unlock()
		return
	}
	n.closed = true
	close(n.changed)
	n.changed = make(chan struct{})
	conns := n.conns
	n.conns = map[*conn]struct{}{}
	for _, h := range n.hosts {
		h.stopTimer()
	}
	n.mu.Unlock()
	for c := range conns {
		c.abandon()
	}
	n.flushes.Wait()
}
