package probe

import (
	"context"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	"maildrill/harness/identity"
	"maildrill/harness/ledger"
	"maildrill/harness/topology"
)

// Dialer connects to a service of a node, by its name, its DNS name or a
// literal address. A topology.System is one.
type Dialer interface {
	Dial(ctx context.Context, node string, service topology.Service) (net.Conn, error)
}

// Check makes one attempt at a service. It returns nil only if the content of
// the answer was right. It ends when its context does.
type Check func(context.Context) error

// Sender offers one canary, named by a token, to the system. It returns nil
// only on a complete 250 after the final dot.
type Sender func(context.Context, identity.Token) error

// Prober is what all checks of a run share. Its fields are set before the
// first use; its methods are safe for concurrent use.
type Prober struct {
	Dialer Dialer
	Key    identity.Key
	// Account is the mailbox that canaries go to, for instance
	// probe@drill.test.
	Account topology.Account
	// BounceDomain takes the bounces of canaries.
	BounceDomain string
	// Timeout bounds the attempt at one host, or at one server.
	Timeout time.Duration

	canaries  atomic.Uint32
	sentinels atomic.Uint32
}

// Canary makes a check that offers a new canary by the sender.
func (p *Prober) Canary(s Sender) Check {
	return func(ctx context.Context) error { return s(ctx, p.canary()) }
}

// canary names the next canary.
func (p *Prober) canary() identity.Token {
	return identity.Token{Run: p.Key.Run, Stream: ledger.StreamProbe, Seq: p.canaries.Add(1)}
}

func (p *Prober) sentinel() identity.Token {
	return identity.Token{Run: p.Key.Run, Stream: ledger.StreamSentinel, Seq: p.sentinels.Add(1)}
}

// reading is a reading of the probe's mailbox at a store.
func (p *Prober) reading(store string) *reading {
	return &reading{dialer: p.Dialer, store: store, account: p.Account, key: p.Key}
}

// dial connects with the prober's time-out over everything that is done on the
// connection.
func (p *Prober) dial(ctx context.Context, node string, service topology.Service) (*bounded, context.CancelFunc, error) {
	ctx, cancel := context.WithTimeout(ctx, p.Timeout)
	conn, err := dial(ctx, p.Dialer, node, service)
	if err != nil {
		cancel()
		return nil, nil, err
	}
	return conn, cancel, nil
}

// dial connects; the connection ends with the context.
func dial(ctx context.Context, d Dialer, node string, service topology.Service) (*bounded, error) {
	conn, err := d.Dial(ctx, node, service)
	if err != nil {
		return nil, fmt.Errorf("connect to %s of %s: %w", service, node, err)
	}
	return bind(ctx, conn)
}
