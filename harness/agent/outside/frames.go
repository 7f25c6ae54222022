package outside

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"os"
	"syscall"

	"github.com/hashicorp/yamux"
)

// From the vantage to maildrill bytes travel in frames: a length in two bytes,
// then that many bytes. Length 0 ends the connection and is followed by one
// byte that says how it ended, which a bare stream could not: a peer that
// crashed (RST) must not look like one that closed (FIN).
const (
	endInOrder = 0
	endReset   = 1

	frameHead = 2
	largest   = 32 << 10
)

// sendFrames copies from a node's connection until it ends, and says how.
func sendFrames(stream io.Writer, node io.Reader) error {
	buf := make([]byte, frameHead+largest)
	for {
		n, err := node.Read(buf[frameHead:])
		if n > 0 {
			binary.BigEndian.PutUint16(buf, uint16(n))
			if _, err := stream.Write(buf[:frameHead+n]); err != nil {
				return err
			}
		}
		if err != nil {
			_, err = stream.Write([]byte{0, 0, ending(err)})
			return err
		}
	}
}

func ending(err error) byte {
	if errors.Is(err, io.EOF) {
		return endInOrder
	}
	return endReset
}

// conn is maildrill's end of a connection: a stream with frames on its way in.
type conn struct {
	net.Conn
	in            *bufio.Reader
	left          int   // bytes of the frame not yet read
	ended         error // set when the last frame was read
	local, remote net.Addr
}

func newConn(stream net.Conn, local, remote net.Addr) *conn {
	return &conn{Conn: stream, in: bufio.NewReaderSize(stream, largest), local: local, remote: remote}
}

func (c *conn) LocalAddr() net.Addr  { return c.local }
func (c *conn) RemoteAddr() net.Addr { return c.remote }

// Read can be called again after a deadline: nothing is lost half-way through
// a frame's head.
func (c *conn) Read(p []byte) (int, error) {
	if c.left == 0 && c.ended == nil {
		if err := c.next(); err != nil {
			return 0, c.failed("read", err)
		}
	}
	if c.ended != nil {
		return 0, c.ended
	}
	n, err := c.in.Read(p[:min(len(p), c.left)])
	c.left -= n
	if err != nil {
		err = c.failed("read", err)
	}
	return n, err
}

// next reads the head of a frame.
func (c *conn) next() error {
	head, err := c.in.Peek(frameHead)
	if err != nil {
		return err
	}
	if c.left = int(binary.BigEndian.Uint16(head)); c.left > 0 {
		_, err = c.in.Discard(frameHead)
		return err
	}
	last, err := c.in.Peek(frameHead + 1)
	if err != nil {
		return err
	}
	c.ended = io.EOF
	if last[frameHead] == endReset {
		c.ended = c.failed("read", syscall.ECONNRESET)
	}
	return nil
}

func (c *conn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	if err != nil {
		err = c.failed("write", err)
	}
	return n, err
}

// failed makes errors look as they do on a TCP connection. The end of the
// stream without a last frame is the end of the vantage itself.
func (c *conn) failed(op string, err error) error {
	switch {
	case errors.Is(err, yamux.ErrTimeout):
		err = os.ErrDeadlineExceeded
	case errors.Is(err, yamux.ErrStreamClosed):
		err = net.ErrClosed
	case errors.Is(err, io.EOF):
		err = io.ErrUnexpectedEOF
	}
	return &net.OpError{Op: op, Net: "tcp", Source: c.local, Addr: c.remote, Err: err}
}
