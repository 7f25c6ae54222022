package workload

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"maildrill/harness/ledger"
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
	resolver *resolver
}

// hosts lists the hosts of one message in the order in which they are tried:
// by preference, equal ones shuffled (RFC 5321, section 5.1). The shuffle
// depends on the seed and the message alone, not on who asks first.
func (r route) hosts(ctx context.Context, seq uint32) ([]host, *ending) {
	if r.cfg.relayed(seq) {
		return []host{{name: r.cfg.RelayNode}}, nil
	}
	switch r.cfg.Entry {
	case EntrySubmission:
		return []host{{name: r.cfg.SubmissionNode}}, nil
	case EntryRelay:
		return []host{{name: r.cfg.RelayNode}}, nil
	}
	exchangers, err := r.resolver.exchangers(ctx, r.cfg.Domain)
	if err != nil {
		return nil, &ending{phase: ledger.PhaseResolve, err: err}
	}
	order := stream(r.cfg.Seed, fmt.Sprintf("hosts of %d", seq))
	return ordered(exchangers, order), nil
}

func ordered(exchangers []exchanger, order *rand.Rand) []host {
	all := slices.Clone(exchangers)
	slices.SortFunc(all, func(a, b exchanger) int { return cmp.Compare(a.name, b.name) }) // whatever order the server gave
	order.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	slices.SortStableFunc(all, func(a, b exchanger) int { return cmp.Compare(a.preference, b.preference) })
	hosts := make([]host, len(all))
	for i, e := range all {
		hosts[i] = host{name: e.name, resolve: true}
	}
	return hosts
}

// addresses gives what to dial for a host, each to be tried in turn.
func (r route) addresses(ctx context.Context, h host) ([]string, *ending) {
	if !h.resolve {
		return []string{h.name}, nil
	}
	found, err := r.resolver.addresses(ctx, h.name)
	if err != nil {
		return nil, &ending{phase: ledger.PhaseResolve, err: err}
	}
	literals := make([]string, len(found))
	for i, a := range found {
		literals[i] = a.String()
	}
	return literals, nil
}
