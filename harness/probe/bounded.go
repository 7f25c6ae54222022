package probe

import (
	"context"
	"fmt"
	"net"
	"time"
)

// bounded is a connection that ends with a context. Protocol libraries set
// deadlines of their own, some of them none at all; none of them gets past the
// deadline of the context.
type bounded struct {
	net.Conn
	limit time.Time // zero: the context has no deadline
	stop  func() bool
}

// bind ties a connection to a context. When the context is cancelled the
// connection is closed, which ends every read and write on it.
func bind(ctx context.Context, conn net.Conn) (*bounded, error) {
	b := &bounded{Conn: conn}
	b.limit, _ = ctx.Deadline()
	if err := conn.SetDeadline(b.limit); err != nil {
		conn.Close()
		return nil, fmt.Errorf("bound a connection in time: %w", err)
	}
	b.stop = context.AfterFunc(ctx, func() { conn.Close() })
	return b, nil
}

func (b *bounded) Close() error {
	b.stop()
	return b.Conn.Close()
}

func (b *bounded) SetDeadline(t time.Time) error      { return b.Conn.SetDeadline(b.within(t)) }
func (b *bounded) SetReadDeadline(t time.Time) error  { return b.Conn.SetReadDeadline(b.within(t)) }
func (b *bounded) SetWriteDeadline(t time.Time) error { return b.Conn.SetWriteDeadline(b.within(t)) }

// within gives the earlier of the deadline asked for and the limit.
func (b *bounded) within(t time.Time) time.Time {
	if b.limit.IsZero() || (!t.IsZero() && t.Before(b.limit)) {
		return t
	}
	return b.limit
}
