package network

import (
	"fmt"
	"net/netip"
	"strconv"
	"sync/atomic"
	"time"

	"maildrill/harness/topology"
)

// Host is a node's place in the network.
type Host struct {
	name, dnsName string
	addrs         []netip.Addr

	network  *Network
	services map[topology.Service]int
	dropped  atomic.Uint64

	// Under network.mu.
	targets  map[int]string // loopback address that stands for a port
	isolated bool
	frozen   bool
	until    time.Time
	timer    *time.Timer // ends the isolation
}

// Isolate drops all traffic of the host until Rejoin, or until the ttl is
// over. A drop that is on is only prolonged.
func (h *Host) Isolate(ttl time.Duration) {
	h.network.change(func() {
		if !h.isolated {
			h.isolated, h.until = true, time.Time{}
			h.dropped.Store(0)
		}
		if until := time.Now().Add(ttl); until.After(h.until) {
			h.until = until
			h.stopTimer()
			h.timer = time.AfterFunc(ttl, func() { h.expire(until) })
		}
	})
}

// expire ends the isolation unless it was prolonged meanwhile.
func (h *Host) expire(until time.Time) {
	h.network.change(func() {
		if h.until.Equal(until) {
			h.isolated = false
		}
	})
}

// Rejoin lets traffic pass again.
func (h *Host) Rejoin() {
	h.network.change(func() {
		h.isolated, h.until = false, time.Time{}
		h.stopTimer()
	})
}

// stopTimer is called under network.mu.
func (h *Host) stopTimer() {
	if h.timer != nil {
		h.timer.Stop()
	}
}

// Dropped counts the connection attempts, writes and arrivals that met the
// isolation, and tells whether it is on.
func (h *Host) Dropped() (uint64, bool) {
	h.network.mu.RLock()
	defer h.network.mu.RUnlock()
	return h.dropped.Load(), h.isolated
}

// Freeze stops, or lets go on, what the host's processes send and receive.
func (h *Host) Freeze(frozen bool) {
	h.network.change(func() { h.frozen = frozen })
}

// Awake gives true, or false and a channel that is closed when that may have
// changed.
func (h *Host) Awake() (bool, <-chan struct{}) {
	frozen, changed := h.network.watch(func() bool { return h.frozen })
	return !frozen, changed
}

// Port is the port of a service: as the node says, else the well-known one; a
// decimal number is a service too.
func (h *Host) Port(service topology.Service) (int, error) {
	if port, ok := h.services[service]; ok {
		return port, nil
	}
	if port, ok := topology.DefaultPort[service]; ok {
		return port, nil
	}
	port, err := strconv.ParseUint(string(service), 10, 16)
	if err != nil || port == 0 {
		return 0, fmt.Errorf("unknown service %q", service)
	}
	return int(port), nil
}

// publish makes a loopback address stand for the port of a service, until
// withdraw is called.
func (h *Host) publish(service topology.Service, target string) (withdraw func(), err error) {
	port, err := h.Port(service)
	if err != nil {
		return nil, err
	}
	h.network.mu.Lock()
	defer h.network.mu.Unlock()
	if other, taken := h.targets[port]; taken {
		return nil, fmt.Errorf("port %d of %s is in use by %s", port, h.name, other)
	}
	h.targets[port] = target
	return func() { h.withdraw(port) }, nil
}

func (h *Host) withdraw(port int) {
	h.network.mu.Lock()
	defer h.network.mu.Unlock()
	delete(h.targets, port)
}

// target is the loopback address that stands for a port.
func (h *Host) target(port int) (string, bool) {
	h.network.mu.RLock()
	defer h.network.mu.RUnlock()
	t, ok := h.targets[port]
	return t, ok
}
