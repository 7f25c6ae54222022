package network

import (
	"errors"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// window is how much may be written into a path that is cut before the writer
// has to wait, as with the send buffer of a kernel.
const window = 256 << 10

// conn is the dialling end of a connection. It stands for the path: what is
// dropped, held back or frozen on the way shows here.
type conn struct {
	net.Conn
	path      path
	readBy    *deadline
	writeBy   *deadline
	closing   chan struct{}
	closeOnce sync.Once

	pending atomic.Bool // something is to be done when the path is whole

	reading sync.Mutex
	arrived []byte // read off the wire, and held back
	ending  error  // what the wire said after that

	writing sync.Mutex
	waiting []byte // written while the path was cut
	closed  bool   // by its owner, who may be gone while bytes wait
}

func newConn(p path, raw net.Conn) *conn {
	return &conn{Conn: raw, path: p, readBy: newDeadline(), writeBy: newDeadline(), closing: make(chan struct{})}
}

// Read holds back what arrives while the path is cut or one end is frozen.
func (c *conn) Read(b []byte) (int, error) {
	c.reading.Lock()
	defer c.reading.Unlock()
	n, err := 0, c.ending
	if len(c.arrived) == 0 && err == nil {
		n, err = c.Conn.Read(b)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return n, err
		}
		c.arrived = append(c.arrived, b[:n]...)
		c.ending = err
	}
	if err := c.hold(c.readBy, c.held); err != nil {
		return 0, err
	}
	n = copy(b, c.arrived)
	c.arrived = c.arrived[n:]
	if len(c.arrived) > 0 {
		return n, nil
	}
	c.arrived = nil
	return n, c.ending
}

func (c *conn) held() bool { return c.path.cut() || c.path.from.frozen || c.path.to.frozen }

// Write takes bytes as a kernel does: while the path is cut they wait in the
// window and are delivered when it is whole again.
func (c *conn) Write(b []byte) (int, error) {
	if err := c.hold(c.writeBy, func() bool { return c.path.from.frozen }); err != nil {
		return 0, err
	}
	for {
		if n, done, err := c.write(b); done {
			return n, err
		}
		if err := c.hold(c.writeBy, c.path.cut); err != nil {
			return 0, err
		}
	}
}

// write sends, or lets wait; it is not done if the window is full.
func (c *conn) write(b []byte) (n int, done bool, err error) {
	c.writing.Lock()
	defer c.writing.Unlock()
	if c.closed {
		return 0, true, net.ErrClosed
	}
	if !c.isCut() {
		if err := c.send(); err != nil {
			return 0, true, err
		}
		n, err = c.Conn.Write(b)
		return n, true, err
	}
	c.path.count()
	if len(c.waiting)+len(b) > window {
		return 0, false, nil
	}
	c.waiting = append(c.waiting, b...)
	c.pending.Store(true)
	if !c.isCut() { // it became whole meanwhile, and nobody else will send
		err = c.send()
	}
	return len(b), true, err
}

func (c *conn) isCut() bool {
	cut, _ := c.path.network.watch(c.path.cut)
	return cut
}

// send delivers what waited. c.writing is held.
func (c *conn) send() error {
	if len(c.waiting) == 0 {
		return nil
	}
	_, err := c.Conn.Write(c.waiting)
	c.waiting = nil
	if err != nil {
		_ = c.Conn.Close() // a gap in the stream must not be read over
	}
	return err
}

// flush delivers what waited, and the end of the connection if its owner has
// closed it meanwhile.
func (c *conn) flush() {
	c.writing.Lock()
	defer c.writing.Unlock()
	c.pending.Store(false)
	_ = c.Conn.SetWriteDeadline(time.Time{}) // that of its owner was met by waiting
	_ = c.send()
	if c.closed {
		_ = c.Conn.Close()
		c.path.network.forget(c)
	}
}

// hold waits while the condition is true.
func (c *conn) hold(by *deadline, condition func() bool) error {
	for counted := false; ; {
		held, changed := c.path.network.watch(condition)
		if !held {
			return nil
		}
		if !counted && c.isCut() {
			c.path.count()
			counted = true
		}
		select {
		case <-changed:
		case <-by.passed():
			return os.ErrDeadlineExceeded
		case <-c.closing:
			return net.ErrClosed
		}
	}
}

// Close ends the connection. The other side learns of it when the path is
// whole: a host that is cut off cannot even say goodbye.
func (c *conn) Close() error {
	c.closeOnce.Do(func() { close(c.closing) })
	if !c.isCut() {
		c.path.network.forget(c)
		return c.Conn.Close()
	}
	_ = c.Conn.SetDeadline(time.Unix(1, 0)) // ends what is under way
	c.writing.Lock()
	c.closed = true
	c.pending.Store(true)
	c.writing.Unlock()
	if !c.isCut() { // it became whole meanwhile, and nobody else will close
		c.flush()
	}
	return nil
}

// abandon ends the connection whatever the path is.
func (c *conn) abandon() {
	c.closeOnce.Do(func() { close(c.closing) })
	_ = c.Conn.Close()
}

// SetDeadline sets both deadlines.
func (c *conn) SetDeadline(t time.Time) error {
	c.readBy.set(t)
	c.writeBy.set(t)
	return c.Conn.SetDeadline(t)
}

// SetReadDeadline bounds Read, held back or not.
func (c *conn) SetReadDeadline(t time.Time) error {
	c.readBy.set(t)
	return c.Conn.SetReadDeadline(t)
}

// SetWriteDeadline bounds Write.
func (c *conn) SetWriteDeadline(t time.Time) error {
	c.writeBy.set(t)
	return c.Conn.SetWriteDeadline(t)
}
