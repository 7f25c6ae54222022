package probe

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"

	"maildrill/harness/identity"
	"maildrill/harness/mx"
	"maildrill/harness/topology"
)

// MX makes a sender for a domain, as another mail system would (RFC 5321,
// section 5): it looks the MX records up at the drill's name server, over TCP,
// and tries the hosts in the order of preference, each with a time-out of its
// own, until one has taken the canary. A 5yz reply ends the attempt.
func (p *Prober) MX(nameServer, domain string) Sender {
	return func(ctx context.Context, t identity.Token) error {
		hosts, err := p.resolve(ctx, nameServer, domain)
		if err != nil {
			return err
		}
		var tried []error
		for _, h := range hosts {
			err := p.offer(ctx, h, t)
			if err == nil {
				return nil
			}
			tried = append(tried, fmt.Errorf("%s: %w", h.name, err))
			if permanent(err) || ctx.Err() != nil {
				break
			}
		}
		return errors.Join(tried...)
	}
}

// host is one address of one mail exchanger.
type host struct {
	name    string
	address netip.Addr
}

func (p *Prober) offer(ctx context.Context, h host, t identity.Token) error {
	return p.transact(ctx, h.address.String(), topology.SMTP, opening, t)
}

// resolve lists the mail exchangers of a domain with their addresses, best
// first. Nothing is remembered from one attempt to the next.
func (p *Prober) resolve(ctx context.Context, nameServer, domain string) ([]host, error) {
	r := mx.Resolver{Timeout: p.Timeout, Dial: func(ctx context.Context) (net.Conn, error) {
		return dial(ctx, p.Dialer, nameServer, topology.Domain)
	}}
	exchangers, err := r.Exchangers(ctx, domain)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(exchangers, func(a, b mx.Exchanger) int { return cmp.Compare(a.Preference, b.Preference) })
	var names []string
	for _, e := range exchangers {
		names = append(names, e.Name)
	}
	var hosts []host
	var missing []error
	for _, found := range r.Hosts(ctx, names...) {
		missing = append(missing, found.Err)
		for _, a := range found.Addresses {
			hosts = append(hosts, host{found.Name, a})
		}
	}
	if len(hosts) == 0 {
		return nil, errors.Join(append([]error{fmt.Errorf("resolve %s: no mail exchanger has an address", domain)}, missing...)...)
	}
	return hosts, nil
}
