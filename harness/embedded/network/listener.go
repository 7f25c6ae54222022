package network

import (
	"fmt"
	"net"
	"sync"

	"maildrill/harness/topology"
)

// Listener accepts what is dialled to one port of a host. Connections are made
// by the kernel even while the host is frozen, and are accepted afterwards.
type Listener struct {
	net.Listener
	host     *Host
	withdraw func()
	closed   chan struct{}
	once     sync.Once

	mu    sync.Mutex
	conns map[*accepted]struct{}
}

// Listen opens the port of a service.
func (h *Host) Listen(service topology.Service) (*Listener, error) {
	raw, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for %s of %s: %w", service, h.name, err)
	}
	withdraw, err := h.publish(service, raw.Addr().String())
	if err != nil {
		_ = raw.Close()
		return nil, fmt.Errorf("listen for %s of %s: %w", service, h.name, err)
	}
	return &Listener{Listener: raw, host: h, withdraw: withdraw,
		closed: make(chan struct{}), conns: map[*accepted]struct{}{}}, nil
}

// Accept gives the next connection, not before the host is awake.
func (l *Listener) Accept() (net.Conn, error) {
	raw, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c := &accepted{Conn: raw, listener: l, closing: make(chan struct{})}
	l.mu.Lock()
	l.conns[c] = struct{}{}
	l.mu.Unlock()
	if isClosed(l.closed) || !c.awake() {
		_ = c.Close()
		return nil, net.ErrClosed
	}
	return c, nil
}

// Close stops listening; connections live on.
func (l *Listener) Close() error {
	err := net.ErrClosed
	l.once.Do(func() {
		l.withdraw()
		close(l.closed)
		err = l.Listener.Close()
	})
	return err
}

// Cut stops listening and resets every connection, as a kernel does for a
// process that is gone.
func (l *Listener) Cut() {
	_ = l.Close()
	l.mu.Lock()
	var conns []*accepted
	for c := range l.conns {
		conns = append(conns, c)
	}
	l.mu.Unlock()
	for _, c := range conns {
		c.reset()
	}
}

// accepted is the listening end of a connection. Its process is frozen with its
// host; everything else of the path shows at the dialling end.
type accepted struct {
	net.Conn
	listener *Listener
	closing  chan struct{}
	once     sync.Once
}

// awake waits until the host is; false: the connection or its listener ended.
func (c *accepted) awake() bool {
	for {
		awake, changed := c.listener.host.Awake()
		if awake {
			return true
		}
		select {
		case <-changed:
		case <-c.closing:
			return false
		case <-c.listener.closed:
			return false
		}
	}
}

// Read gives nothing to a frozen process.
func (c *accepted) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if !c.awake() {
		return 0, net.ErrClosed
	}
	return n, err
}

// Write sends nothing of a frozen process.
func (c *accepted) Write(b []byte) (int, error) {
	if !c.awake() {
		return 0, net.ErrClosed
	}
	return c.Conn.Write(b)
}

// Close ends the connection in order.
func (c *accepted) Close() error {
	err := net.ErrClosed
	c.once.Do(func() {
		close(c.closing)
		c.listener.mu.Lock()
		delete(c.listener.conns, c)
		c.listener.mu.Unlock()
		err = c.Conn.Close()
	})
	return err
}

// reset ends the connection with RST: what is under way is lost.
func (c *accepted) reset() {
	if tcp, ok := c.Conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = c.Close()
}
