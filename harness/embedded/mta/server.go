package mta

import (
	"context"
	"fmt"
	"log"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"maildrill/harness/topology"
)

// Config is what a server needs to know of its node and of the drill.
type Config struct {
	Node     topology.Node
	Topology topology.Topology
	// Addrs are the node's own planned addresses: mail is never sent there.
	Addrs []netip.Addr
	// Dir keeps the queue, over any number of lives.
	Dir string
	// Dial connects to a service of another node, as the network allows.
	Dial func(ctx context.Context, host string, service topology.Service) (net.Conn, error)
	// Awake tells whether the node's processes may run, and gives a channel
	// that is closed when that may have changed.
	Awake func() (bool, <-chan struct{})
	// Holds tells whether nodes are in the states that a planted lie waits for.
	// Nil: they never are.
	Holds func([]topology.Trouble) bool
	Log   *log.Logger
}

// Port is a listener that can end its connections too.
type Port interface {
	net.Listener
	// Cut stops listening and resets every connection.
	Cut()
}

// Server is one life of a mail server.
type Server struct {
	config   Config
	timers   Timers
	spool    spool
	arrivals chan *queued
	stopping chan struct{}
	ids      sequence

	mu      sync.Mutex
	flush   chan struct{} // closed and made anew by Flush
	waiting []*queued     // read back by Open
	slots   map[string]chan struct{}
	dice    *rand.Rand // among exchangers of equal preference
}

// queued is a message on its way. Only its carrier touches it.
type queued struct{ envelope }

// Open reads the queue back from disk.
func Open(c Config) (*Server, error) {
	sp, err := openSpool(c.Dir)
	if err != nil {
		return nil, err
	}
	if err := sp.sweep(); err != nil {
		return nil, fmt.Errorf("sweep the queue: %w", err)
	}
	s := &Server{config: c, timers: TimersOf(c.Topology.Clock), spool: sp, arrivals: make(chan *queued),
		stopping: make(chan struct{}), flush: make(chan struct{}), slots: map[string]chan struct{}{}, dice: rand.New(rand.NewPCG(1, 1))}
	envelopes, err := sp.list()
	if err != nil {
		return nil, err
	}
	for _, e := range envelopes {
		s.waiting = append(s.waiting, &queued{e})
	}
	return s, nil
}

// Run serves and delivers until the context ends, and returns when nothing of
// it runs any more. A server runs once.
func (s *Server) Run(ctx context.Context, ports map[topology.Service]Port) {
	var wg sync.WaitGroup
	for service, port := range ports {
		wg.Go(func() { serve(ctx, s.smtp(service), port) })
	}
	for _, q := range s.waiting {
		wg.Go(func() { s.carry(ctx, q) })
	}
	s.waiting = nil
	for ctx.Err() == nil {
		select {
		case q := <-s.arrivals:
			wg.Go(func() { s.carry(ctx, q) })
		case <-ctx.Done():
		}
	}
	close(s.stopping)
	wg.Wait()
}

// Flush tries the whole queue now.
func (s *Server) Flush() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.flush)
	s.flush = make(chan struct{})
}

func (s *Server) flushed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.flush
}

// enqueue returns when the message is on stable storage; its delivery begins
// now, or in the node's next life.
func (s *Server) enqueue(e envelope, message []byte) error {
	if err := s.spool.put(e, message); err != nil {
		return err
	}
	select {
	case s.arrivals <- &queued{e}:
	case <-s.stopping:
	}
	return nil
}

// hasAccount tells whether a mailbox of the drill is known by the address. A
// domain without any account takes everything.
func (s *Server) hasAccount(address string) bool {
	domain, known := domainOf(address), false
	for _, a := range s.config.Topology.Accounts {
		if strings.EqualFold(a.Address, address) {
			return true
		}
		known = known || domainOf(a.Address) == domain
	}
	return !known
}

// local tells whether mail for the address is delivered from here.
func (s *Server) local(address string) bool {
	return containsFold(s.config.Node.Mail.Domains, domainOf(address))
}

func containsFold(list []string, s string) bool {
	return slices.ContainsFunc(list, func(e string) bool { return strings.EqualFold(e, s) })
}

func domainOf(address string) string {
	return strings.ToLower(address[strings.LastIndexByte(address, '@')+1:])
}
