package workload

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"time"

	"maildrill/harness/esmtp"
	"maildrill/harness/ledger"
	"maildrill/harness/mx"
	"maildrill/harness/topology"
)

// host is one host that a message may be offered to.
type host struct {
	name string
	// resolve is false where the name is a node's, which the dialer knows.
	resolve bool
}

// route finds where messages go.
type route struct {
	cfg      Config
	resolver *mx.Resolver
}

func newRoute(c Config, d Dialer, clock func() time.Duration) route {
	dial := func(ctx context.Context) (net.Conn, error) { return d.Dial(ctx, c.DNSNode, topology.Domain) }
	return route{c, &mx.Resolver{Dial: dial, Timeout: c.Timeout, Clock: clock}}
}

// hosts lists the hosts of one message in the order in which they are tried:
// by preference, equal ones shuffled (RFC 5321, section 5.1). The shuffle
// depends on the seed and the message alone, not on who asks first.
func (r route) hosts(ctx context.Context, seq uint32) ([]host, esmtp.Ending) {
	if r.cfg.relayed(seq) {
		return []host{{name: r.cfg.RelayNode}}, esmtp.Ending{}
	}
	switch r.cfg.Entry {
	case EntrySubmission:
		return []host{{name: r.cfg.SubmissionNode}}, esmtp.Ending{}
	case EntryRelay:
		return []host{{name: r.cfg.RelayNode}}, esmtp.Ending{}
	}
	exchangers, err := r.resolver.Exchangers(ctx, r.cfg.Domain)
	if err != nil {
		return nil, esmtp.Ending{Phase: ledger.PhaseResolve, Err: err}
	}
	order := stream(r.cfg.Seed, fmt.Sprintf("hosts of %d", seq))
	return ordered(exchangers, order), esmtp.Ending{}
}

func ordered(exchangers []mx.Exchanger, order *rand.Rand) []host {
	all := slices.Clone(exchangers)
	slices.SortFunc(all, func(a, b mx.Exchanger) int { return cmp.Compare(a.Name, b.Name) }) // whatever order the server gave
	order.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	slices.SortStableFunc(all, func(a, b mx.Exchanger) int { return cmp.Compare(a.Preference, b.Preference) })
	hosts := make([]host, len(all))
	for i, e := range all {
		hosts[i] = host{name: e.Name, resolve: true}
	}
	return hosts
}

// addresses gives what to dial for a host, each to be tried in turn.
func (r route) addresses(ctx context.Context, h host) ([]string, esmtp.Ending) {
	if !h.resolve {
		return []string{h.name}, esmtp.Ending{}
	}
	found := r.resolver.Hosts(ctx, h.name)[0]
	if found.Err != nil {
		return nil, esmtp.Ending{Phase: ledger.PhaseResolve, Err: found.Err}
	}
	literals := make([]string, len(found.Addresses))
	for i, a := range found.Addresses {
		literals[i] = a.String()
	}
	return literals, esmtp.Ending{}
}
