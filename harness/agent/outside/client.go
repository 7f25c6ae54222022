package outside

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"

	"maildrill/harness/agent/mux"
	"maildrill/harness/topology"
)

// patience is how long a dial without a deadline waits, as long as a Linux
// kernel repeats its SYN would be too long for a drill.
const patience = 30 * time.Second

// Client is maildrill's end of the vantage.
type Client struct {
	session *mux.Session

	mu        sync.Mutex
	listeners map[int]*listener // by port
}

// NewClient wraps a session. [Client.Run] must run for Listen to work.
func NewClient(session *mux.Session) *Client {
	return &Client{session: session, listeners: map[int]*listener{}}
}

// Run hands connections of nodes to their listeners, until the session is over.
func (c *Client) Run(ctx context.Context) error {
	return c.session.Serve(ctx, c.accepted)
}

// Dial connects from the vantage to a node. Its errors wrap
// topology.ErrRefused, ErrTimeout or ErrUnreachable; a deadline that passes is
// ErrTimeout too.
func (c *Client) Dial(ctx context.Context, to netip.AddrPort) (net.Conn, error) {
	ask := dialRequest{Address: to.String(), Timeout: patience}
	if deadline, ok := ctx.Deadline(); ok {
		ask.Timeout = time.Until(deadline)
	}
	var reply dialReply
	stream, err := c.session.Stream(ctx, verbDial, ask, &reply)
	if errors.Is(ctx.Err(), context.DeadlineExceeded) && err != nil {
		return nil, fmt.Errorf("%w (dial %s: %w)", topology.ErrTimeout, to, ctx.Err())
	}
	if err != nil {
		return nil, declassify(err)
	}
	return newConn(stream, tcpAddr(reply.Local), net.TCPAddrFromAddrPort(to)), nil
}

// Listen accepts at the vantage what nodes connect to the port, on all its
// addresses, until the listener is closed.
func (c *Client) Listen(ctx context.Context, port int) (net.Listener, error) {
	l := &listener{client: c, port: port, conns: make(chan net.Conn), closed: make(chan struct{})}
	if !c.claim(port, l) {
		return nil, fmt.Errorf("listen on port %d: already listening", port)
	}
	var reply listenReply
	stream, err := c.session.Stream(ctx, verbListen, listenRequest{Port: port}, &reply)
	if err != nil {
		c.drop(port)
		return nil, fmt.Errorf("listen on port %d: %w", port, err)
	}
	l.stream, l.addr = stream, tcpAddr(reply.Address)
	return l, nil
}

// Lookup resolves a name at the vantage, through its /etc/resolv.conf.
func (c *Client) Lookup(ctx context.Context, name string) ([]string, error) {
	var addrs []string
	err := c.session.Call(ctx, verbLookup, lookupRequest{Name: name}, &addrs)
	return addrs, err
}

func (c *Client) claim(port int, l *listener) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.listeners[port] != nil {
		return false
	}
	c.listeners[port] = l
	return true
}

func (c *Client) drop(port int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.listeners, port)
}

// accepted keeps the stream's handler alive for as long as the connection is.
func (c *Client) accepted(ctx context.Context, q mux.Question) {
	var ask acceptedRequest
	if q.Decode(&ask) != nil {
		return
	}
	c.mu.Lock()
	l := c.listeners[ask.Port]
	c.mu.Unlock()
	if l == nil {
		_ = q.Answer(nil, fmt.Errorf("nobody listens on port %d", ask.Port))
		return
	}
	if q.Answer(nil, nil) == nil {
		l.deliver(ctx, newConn(q.Stream, tcpAddr(ask.Local), tcpAddr(ask.Remote)))
	}
}

func tcpAddr(text string) net.Addr {
	ap, err := netip.ParseAddrPort(text)
	if err != nil {
		return &net.TCPAddr{}
	}
	return net.TCPAddrFromAddrPort(ap)
}
