package outside

import (
	"context"
	"net"
	"sync"
)

// listener gives maildrill the connections that nodes make to the vantage.
type listener struct {
	client *Client
	port   int
	addr   net.Addr
	stream net.Conn // the vantage listens while it is open

	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (l *listener) Addr() net.Addr { return l.addr }

func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
	case <-l.client.session.Done():
	}
	return nil, &net.OpError{Op: "accept", Net: "tcp", Addr: l.addr, Err: net.ErrClosed}
}

func (l *listener) Close() error {
	var err error
	l.once.Do(func() {
		l.client.drop(l.port)
		close(l.closed)
		err = l.stream.Close()
	})
	return err
}

// deliver hands over a connection and waits until its owner closes it.
func (l *listener) deliver(ctx context.Context, c *conn) {
	owned := &ownedConn{conn: c, done: make(chan struct{})}
	select {
	case l.conns <- owned:
	case <-l.closed:
		return
	case <-ctx.Done():
		return
	}
	select {
	case <-owned.done:
	case <-ctx.Done():
	}
}

// ownedConn tells when its owner has closed it.
type ownedConn struct {
	*conn
	once sync.Once
	done chan struct{}
}

func (c *ownedConn) Close() error {
	c.once.Do(func() { close(c.done) })
	return c.conn.Close()
}
