package probe

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"maildrill/harness/identity"
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
	conn, cancel, err := p.dial(ctx, h.address.String(), topology.SMTP)
	if err != nil {
		return err
	}
	defer cancel()
	defer conn.Close()
	return p.transact(conn, t, nil)
}

// resolve lists the mail exchangers of a domain with their addresses, best
// first. A domain without MX records is its own exchanger.
func (p *Prober) resolve(ctx context.Context, nameServer, domain string) ([]host, error) {
	conn, cancel, err := p.dial(ctx, nameServer, topology.Domain)
	if err != nil {
		return nil, err
	}
	defer cancel()
	defer conn.Close()
	r := resolver{dns.Conn{Conn: conn}}
	exchangers, err := r.exchangers(domain)
	if err != nil {
		return nil, err
	}
	var hosts []host
	var missing []error
	for _, name := range exchangers {
		addresses, err := r.addresses(name)
		if err != nil {
			missing = append(missing, err)
			continue
		}
		for _, a := range addresses {
			hosts = append(hosts, host{strings.TrimSuffix(name, "."), a})
		}
	}
	if len(hosts) == 0 {
		return nil, errors.Join(append([]error{fmt.Errorf("resolve %s: no mail exchanger has an address", domain)}, missing...)...)
	}
	return hosts, nil
}

// resolver asks one name server over one connection.
type resolver struct{ conn dns.Conn }

func (r *resolver) ask(name string, kind uint16) ([]dns.RR, error) {
	query := new(dns.Msg).SetQuestion(dns.Fqdn(name), kind)
	if err := r.conn.WriteMsg(query); err != nil {
		return nil, fmt.Errorf("ask for %s %s: %w", name, dns.TypeToString[kind], err)
	}
	answer, err := r.conn.ReadMsg()
	if err != nil {
		return nil, fmt.Errorf("ask for %s %s: %w", name, dns.TypeToString[kind], err)
	}
	if answer.Id != query.Id {
		return nil, fmt.Errorf("ask for %s %s: the answer is to another question", name, dns.TypeToString[kind])
	}
	if answer.Rcode != dns.RcodeSuccess {
		return nil, fmt.Errorf("ask for %s %s: %s", name, dns.TypeToString[kind], dns.RcodeToString[answer.Rcode])
	}
	return answer.Answer, nil
}

// exchangers lists the names, lowest preference value first.
func (r *resolver) exchangers(domain string) ([]string, error) {
	records, err := r.ask(domain, dns.TypeMX)
	if err != nil {
		return nil, err
	}
	var found []*dns.MX
	for _, rr := range records {
		if mx, ok := rr.(*dns.MX); ok {
			found = append(found, mx)
		}
	}
	slices.SortStableFunc(found, func(a, b *dns.MX) int { return int(a.Preference) - int(b.Preference) })
	if len(found) == 0 {
		return []string{dns.Fqdn(domain)}, nil // RFC 5321, section 5.1: the implicit MX
	}
	if found[0].Mx == "." {
		return nil, fmt.Errorf("resolve %s: it takes no mail (RFC 7505)", domain)
	}
	var names []string
	for _, mx := range found {
		names = append(names, mx.Mx)
	}
	return names, nil
}

// addresses lists IPv4 before IPv6. Only one of the two needs an answer.
func (r *resolver) addresses(name string) ([]netip.Addr, error) {
	var found []netip.Addr
	var failed []error
	for _, kind := range []uint16{dns.TypeA, dns.TypeAAAA} {
		records, err := r.ask(name, kind)
		if err != nil {
			failed = append(failed, err)
		}
		for _, rr := range records {
			switch rr := rr.(type) {
			case *dns.A:
				if a, ok := netip.AddrFromSlice(rr.A.To4()); ok {
					found = append(found, a)
				}
			case *dns.AAAA:
				if a, ok := netip.AddrFromSlice(rr.AAAA.To16()); ok {
					found = append(found, a)
				}
			}
		}
	}
	if len(found) == 0 {
		return nil, errors.Join(append(failed, fmt.Errorf("%s has no address", name))...)
	}
	return found, nil
}
