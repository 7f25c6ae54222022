package harness

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

var (
	errDead  = errors.New("refused")
	dead     = netip.MustParseAddr("192.0.2.1")
	silent   = netip.MustParseAddr("192.0.2.2")
	slow     = netip.MustParseAddr("192.0.2.3")
	alive    = netip.MustParseAddr("192.0.2.4")
	patience = 4 * time.Second
)

// closing tells when it is closed.
type closing struct {
	net.Conn
	at     netip.Addr
	closed *[]netip.Addr
}

func (c closing) Close() error { *c.closed = append(*c.closed, c.at); return nil }

func TestAnAddressThatIsSilentCostsLittle(t *testing.T) {
	for _, c := range []struct {
		name      string
		addresses []netip.Addr
		want      netip.Addr
		after     time.Duration
		closed    []netip.Addr
	}{
		{"the first", []netip.Addr{alive, dead}, alive, 0, nil},
		{"one that refuses", []netip.Addr{dead, alive}, alive, 0, nil},
		{"one that is silent", []netip.Addr{silent, alive}, alive, nextAddress, nil},
		{"two that are silent", []netip.Addr{silent, silent, alive}, alive, 2 * nextAddress, nil},
		{"one that is late", []netip.Addr{slow, alive}, alive, nextAddress, []netip.Addr{slow}},
		{"nobody", []netip.Addr{silent, dead}, netip.Addr{}, patience, nil},
		{"no address", nil, netip.Addr{}, 0, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var closed []netip.Addr
				ctx, cancel := context.WithTimeout(t.Context(), patience)
				defer cancel()
				began := time.Now()
				conn, err := firstOf(ctx, c.addresses, func(ctx context.Context, to netip.Addr) (net.Conn, error) {
					switch to {
					case dead:
						return nil, errDead
					case silent:
						<-ctx.Done()
						return nil, ctx.Err()
					case slow: // takes the connection although nobody waits any more
						time.Sleep(time.Second)
					}
					return closing{at: to, closed: &closed}, nil
				})
				took := time.Since(began)
				time.Sleep(patience)
				synctest.Wait()
				var got netip.Addr
				if conn != nil {
					got = conn.(closing).at
				}
				if got != c.want || took != c.after || !slices.Equal(closed, c.closed) {
					t.Errorf("connected to %v after %v, %v; closed %v", got, took, err, closed)
				}
				if !c.want.IsValid() && len(c.addresses) > 0 && !errors.Is(err, errDead) {
					t.Errorf("%v does not say why", err)
				}
			})
		})
	}
}
