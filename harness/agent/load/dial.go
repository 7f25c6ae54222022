package load

import (
	"context"
	"net"
	"net/netip"
	"sync/atomic"
	"time"

	"maildrill/faults"
	"maildrill/harness/agent/enter"
)

// dialLimit bounds one connection attempt; tries is how many source ports may be
// taken.
const (
	dialLimit = 5 * time.Second
	tries     = 100
)

var nextPort atomic.Uint32

// from makes a connection from the network namespace at the path.
func from(ctx context.Context, namespace string, to netip.AddrPort) (conn net.Conn, err error) {
	err = enter.Network(namespace, func() error {
		first, last := uint32(faults.LoaderPorts[0]), uint32(faults.LoaderPorts[1])
		for range tries {
			port := int(first + nextPort.Add(1)%(last-first+1))
			d := net.Dialer{LocalAddr: &net.TCPAddr{Port: port}, Timeout: dialLimit}
			if conn, err = d.DialContext(ctx, "tcp", to.String()); !taken(err) {
				break
			}
		}
		return err
	})
	return conn, err
}
