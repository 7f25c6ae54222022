package stored

import (
	"io"
	"net"
)

// connectionMost is what a server may send on one connection of a small client:
// a thousand times what is asked for.
const connectionMost = 64 << 20

// bounded is a connection that ends after so many bytes, whatever the server
// sends.
type bounded struct {
	net.Conn
	rest io.Reader
}

func bound(conn net.Conn) net.Conn {
	return &bounded{Conn: conn, rest: io.LimitReader(conn, connectionMost)}
}

// Read implements net.Conn.
func (b *bounded) Read(p []byte) (int, error) { return b.rest.Read(p) }
