package harness

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"time"
)

// nextAddress is how long one address has before the next is tried beside it, the
// Connection Attempt Delay of RFC 8305, section 5.
const nextAddress = 250 * time.Millisecond

// connector connects to one address.
type connector func(ctx context.Context, address netip.Addr) (net.Conn, error)

// attempt is how a connection to one address ended.
type attempt struct {
	conn net.Conn
	err  error
}

// firstOf connects to the first of the addresses that takes the connection, as the
// programs of users do (RFC 8305): one that is silent costs them little. Connections
// that come later are closed.
func firstOf(ctx context.Context, addresses []netip.Addr, connect connector) (net.Conn, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan attempt, len(addresses))
	begun, failed := 0, []error{}
	next := func() {
		if begun < len(addresses) {
			to := addresses[begun]
			begun++
			go func() { conn, err := connect(ctx, to); ended <- attempt{conn, err} }()
		}
	}
	next()
	for len(failed) < begun {
		select {
		case a := <-ended:
			if a.err == nil {
				go discard(ended, begun-len(failed)-1)
				return a.conn, nil
			}
			failed = append(failed, a.err)
			next()
		case <-time.After(nextAddress):
			next()
		}
	}
	return nil, errors.Join(failed...)
}

// discard closes the connections of attempts that are not over yet.
func discard(ended <-chan attempt, n int) {
	for range n {
		if a := <-ended; a.err == nil {
			_ = a.conn.Close()
		}
	}
}
