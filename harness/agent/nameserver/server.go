package nameserver

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/miekg/dns"

	"maildrill/harness/topology"
)

// Server answers for the zones of one topology. It is safe for concurrent use,
// and may serve on several sockets, and again after it was stopped.
type Server struct {
	zones     atomic.Pointer[[]*zone]
	addresses topology.Addresses
	declared  []topology.Zone
	rules     rules

	mu       sync.Mutex
	led      []topology.Zone // declared, with names led elsewhere
	counters map[Question]uint64
}

// Question is what is counted: a name in lower case with its final dot, the
// query type and the response code, for instance "drill.test.", "MX",
// "NOERROR".
type Question struct{ Name, Type, Rcode string }

// New makes a server. A record that stands for a node becomes its addresses.
// The error names every record that cannot be served.
func New(zones []topology.Zone, addrs topology.Addresses) (*Server, error) {
	s := &Server{addresses: addrs, declared: zones, led: zones, counters: map[Question]uint64{}}
	loaded, err := loadZones(zones, addrs)
	if err != nil {
		return nil, fmt.Errorf("load the zones: %w", err)
	}
	loaded = append(loaded, reverse(loaded, addrs)...)
	s.zones.Store(&loaded)
	return s, nil
}

func loadZones(zones []topology.Zone, addrs topology.Addresses) (list []*zone, mistakes error) {
	for _, z := range zones {
		loaded := newZone(z.Name)
		mistakes = errors.Join(mistakes, loaded.load(z.Records, addrs))
		list = append(list, loaded)
	}
	return list, mistakes
}

// Counters are the questions answered so far, a copy.
func (s *Server) Counters() map[Question]uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.counters)
}

// ListenAndServe answers on UDP and TCP of one address until the context ends,
// and returns nil then. ready, if not nil, is told the address, with the port
// that the kernel chose, once both listen.
func (s *Server) ListenAndServe(ctx context.Context, addr string, ready func(net.Addr)) error {
	packets, stream, err := listen(ctx, addr)
	if err != nil {
		return fmt.Errorf("name server: %w", err)
	}
	if ready != nil {
		ready(stream.Addr())
	}
	return s.Serve(ctx, packets, stream)
}

// listen takes the same port for UDP and TCP; with port 0 the port that TCP
// was given may be taken for UDP, so a few are tried.
func listen(ctx context.Context, addr string) (net.PacketConn, net.Listener, error) {
	var lc net.ListenConfig
	var last error
	for range 10 {
		stream, err := lc.Listen(ctx, "tcp", addr)
		if err != nil {
			return nil, nil, err
		}
		packets, err := lc.ListenPacket(ctx, "udp", stream.Addr().String())
		if err == nil {
			return packets, stream, nil
		}
		last = errors.Join(err, stream.Close())
	}
	return nil, nil, last
}

// Serve answers on sockets that are open already, of which one may be nil,
// until the context ends, and returns nil then. It closes them, also on error,
// and returns when no answer is under way any more.
func (s *Server) Serve(ctx context.Context, packets net.PacketConn, stream net.Listener) error {
	var servers []*dns.Server
	if packets != nil {
		servers = append(servers, &dns.Server{PacketConn: packets, Handler: s})
	}
	if stream != nil {
		servers = append(servers, &dns.Server{Listener: stream, Handler: s})
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wg sync.WaitGroup
	failures := make([]error, len(servers))
	for i, d := range servers {
		wg.Go(func() {
			failures[i] = serveOne(ctx, d)
			cancel() // half a name server would hide its failure
		})
	}
	wg.Wait()
	if err := errors.Join(failures...); err != nil {
		return fmt.Errorf("name server: %w", err)
	}
	return nil
}

// shutdownLimit bounds how long answers in flight are waited for.
const shutdownLimit = time.Second

// serveOne runs one server until the context ends or its socket fails.
func serveOne(ctx context.Context, d *dns.Server) error {
	started, ended := make(chan struct{}), make(chan error, 1)
	d.NotifyStartedFunc = func() { close(started) }
	go func() { ended <- d.ActivateAndServe() }()
	select {
	case <-started: // before that it cannot be shut down
	case err := <-ended:
		return err
	}
	select {
	case <-ctx.Done():
	case err := <-ended:
		return err
	}
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownLimit)
	defer cancel()
	_ = d.ShutdownContext(limit) // the socket is closed whatever it says
	<-ended                      // that the socket was closed under it is no failure
	return nil
}
