package dialogue

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"time"
)

// Relay hands on everything both ways, until both ends have said all or the
// context ends.
func Relay(ctx context.Context, client, server net.Conn) error {
	return Join(ctx, client, server, client, server)
}

// Join is [Relay] where some bytes are already read: they are taken from the two
// readers.
func Join(ctx context.Context, client, server net.Conn, fromClient, fromServer io.Reader) error {
	defer EndWith(ctx, client, server)()
	done := make(chan error, 2)
	pass := func(to net.Conn, from io.Reader) {
		_, err := io.Copy(to, from)
		if err == nil {
			CloseWrite(to)
		} else {
			_ = to.Close()
		}
		done <- err
	}
	go pass(server, fromClient)
	go pass(client, fromServer)
	first := <-done
	if second := <-done; first == nil {
		return second
	}
	return first
}

// EndWith ends all reads and writes of the two ends with the context. What it
// returns calls that off.
func EndWith(ctx context.Context, client, server net.Conn) (stop func() bool) {
	return context.AfterFunc(ctx, func() {
		_ = client.SetDeadline(time.Unix(1, 0))
		_ = server.SetDeadline(time.Unix(1, 0))
	})
}

// CloseWrite tells the other end that nothing more will be said. A connection
// that cannot be closed by half is closed.
func CloseWrite(c net.Conn) {
	if h, ok := c.(interface{ CloseWrite() error }); ok {
		_ = h.CloseWrite()
		return
	}
	_ = c.Close()
}

// transparent is a speaker that departs from nothing.
type transparent struct{}

func (transparent) Speak(ctx context.Context, client, server net.Conn, _ *Meter) error {
	return Relay(ctx, client, server)
}

// NewTransparent makes the speaker that hands on everything. It reads no script.
func NewTransparent(json.RawMessage) (Speaker, error) { return transparent{}, nil }
