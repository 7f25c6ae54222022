package workload

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/miekg/dns"

	"maildrill/harness/topology"
)

// resolver asks the drill's name server, by TCP from the vantage. Answers are
// kept for their TTL and never longer; failures are not kept.
type resolver struct {
	dialer  Dialer
	node    string
	timeout time.Duration
	clock   func() time.Duration

	mu    sync.Mutex
	cache map[dns.Question]answer
}

type answer struct {
	records []dns.RR
	until   time.Duration
}

func newResolver(c Config, dialer Dialer, clock func() time.Duration) *resolver {
	return &resolver{dialer: dialer, node: c.DNSNode, timeout: c.Timeout, clock: clock, cache: map[dns.Question]answer{}}
}

// Resolution errors.
var (
	errNoName = errors.New("no such name") // NXDOMAIN
	errNullMX = errors.New("the domain takes no mail (null MX, RFC 7505)")
)

// exchanger is one mail exchanger of a domain.
type exchanger struct {
	name       string // without the final dot
	preference uint16
}

// exchangers looks up the hosts that take mail for a domain (RFC 5321, section
// 5.1): those of its MX records, or the domain itself if it has none.
func (r *resolver) exchangers(ctx context.Context, domain string) ([]exchanger, error) {
	records, err := r.lookup(ctx, domain, dns.TypeMX)
	if err != nil {
		return nil, err
	}
	var found []exchanger
	for _, record := range records {
		if mx, ok := record.(*dns.MX); ok {
			found = append(found, exchanger{strings.TrimSuffix(mx.Mx, "."), mx.Preference})
		}
	}
	switch {
	case len(found) == 0:
		return []exchanger{{name: domain}}, nil
	case len(found) == 1 && found[0].name == "":
		return nil, errNullMX
	}
	return found, nil
}

// addresses looks up the addresses of a host, IPv4 first. One family is enough.
func (r *resolver) addresses(ctx context.Context, host string) ([]netip.Addr, error) {
	var found []netip.Addr
	var failed []error
	for _, kind := range []uint16{dns.TypeA, dns.TypeAAAA} {
		records, err := r.lookup(ctx, host, kind)
		if err != nil {
			failed = append(failed, err)
		}
		for _, record := range records {
			if a, ok := address(record); ok {
				found = append(found, a)
			}
		}
	}
	if len(found) == 0 {
		return nil, errors.Join(append(failed, fmt.Errorf("%s has no address", host))...)
	}
	return found, nil
}

func address(record dns.RR) (netip.Addr, bool) {
	var a netip.Addr
	var ok bool
	switch record := record.(type) {
	case *dns.A:
		a, ok = netip.AddrFromSlice(record.A.To4())
	case *dns.AAAA:
		a, ok = netip.AddrFromSlice(record.AAAA)
	}
	return a, ok
}

// lookup gives the records of one name and type.
func (r *resolver) lookup(ctx context.Context, name string, kind uint16) ([]dns.RR, error) {
	q := dns.Question{Name: dns.CanonicalName(name), Qtype: kind, Qclass: dns.ClassINET}
	asked := r.clock()
	r.mu.Lock()
	known, ok := r.cache[q]
	r.mu.Unlock()
	if ok && asked < known.until {
		return known.records, nil
	}
	records, err := r.ask(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("resolve %s of %s: %w", dns.TypeToString[kind], name, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cache[q] = answer{records, asked + ttl(records)}
	return records, nil
}

// ttl is how long the whole answer holds; an empty one is not kept.
func ttl(records []dns.RR) time.Duration {
	var least uint32
	for i, record := range records {
		if t := record.Header().Ttl; i == 0 || t < least {
			least = t
		}
	}
	return time.Duration(least) * time.Second
}

func (r *resolver) ask(ctx context.Context, q dns.Question) ([]dns.RR, error) {
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	conn, err := r.dialer.Dial(ctx, r.node, topology.Domain)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	query := new(dns.Msg)
	query.Id, query.RecursionDesired, query.Question = dns.Id(), true, []dns.Question{q}
	client := dns.Client{Net: "tcp", Timeout: r.timeout}
	got, _, err := client.ExchangeWithConnContext(ctx, query, &dns.Conn{Conn: conn})
	switch {
	case err != nil:
		return nil, fmt.Errorf("ask name server %s: %w", r.node, err)
	case got.Rcode == dns.RcodeNameError:
		return nil, errNoName
	case got.Rcode != dns.RcodeSuccess:
		return nil, fmt.Errorf("name server %s answers %s", r.node, dns.RcodeToString[got.Rcode])
	}
	return got.Answer, nil
}
