package mx

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/miekg/dns"
)

// Resolver asks one name server. Its fields are set before the first use; its
// methods are safe for concurrent use.
type Resolver struct {
	// Dial connects to the name server.
	Dial func(context.Context) (net.Conn, error)
	// Timeout bounds one look-up, the connection included.
	Timeout time.Duration
	// Clock is what TTLs are counted by. Nil: every question is asked anew.
	Clock func() time.Duration

	mu    sync.Mutex
	cache map[dns.Question]kept
}

// kept is an answer that is still good.
type kept struct {
	records []dns.RR
	until   time.Duration
}

// Errors of a look-up, beside those of the connection.
var (
	ErrNoName = errors.New("no such name") // NXDOMAIN
	ErrNullMX = errors.New("the domain takes no mail (null MX, RFC 7505)")
)

// Exchanger is one mail exchanger of a domain.
type Exchanger struct {
	Name       string // without the final dot
	Preference uint16
}

// Exchangers looks up the hosts that take mail for a domain: those of its MX
// records, or the domain itself if it has none.
func (r *Resolver) Exchangers(ctx context.Context, domain string) ([]Exchanger, error) {
	answer := r.lookup(ctx, question(domain, dns.TypeMX))[0]
	if answer.err != nil {
		return nil, answer.err
	}
	var found []Exchanger
	for _, record := range answer.records {
		if mx, ok := record.(*dns.MX); ok {
			found = append(found, Exchanger{strings.TrimSuffix(mx.Mx, "."), mx.Preference})
		}
	}
	switch {
	case len(found) == 0:
		return []Exchanger{{Name: domain}}, nil
	case len(found) == 1 && found[0].Name == "":
		return nil, ErrNullMX
	}
	return found, nil
}

// Host is one host with its addresses, IPv4 first.
type Host struct {
	Name      string
	Addresses []netip.Addr
	Err       error // why there is none; nil if there is one
}

// Hosts looks up the addresses of hosts, all of them at once. One family of
// addresses is enough.
func (r *Resolver) Hosts(ctx context.Context, names ...string) []Host {
	var questions []dns.Question
	for _, name := range names {
		questions = append(questions, question(name, dns.TypeA), question(name, dns.TypeAAAA))
	}
	answers := r.lookup(ctx, questions...)
	hosts := make([]Host, len(names))
	for i, name := range names {
		hosts[i] = host(name, answers[2*i:2*i+2])
	}
	return hosts
}

func host(name string, answers []answer) Host {
	h := Host{Name: name}
	var failed []error
	for _, a := range answers {
		if a.err != nil {
			failed = append(failed, a.err)
		}
		for _, record := range a.records {
			if found, ok := address(record); ok {
				h.Addresses = append(h.Addresses, found)
			}
		}
	}
	if len(h.Addresses) == 0 {
		h.Err = errors.Join(append(failed, fmt.Errorf("%s has no address", name))...)
	}
	return h
}

func address(record dns.RR) (a netip.Addr, ok bool) {
	switch record := record.(type) {
	case *dns.A:
		a, ok = netip.AddrFromSlice(record.A.To4())
	case *dns.AAAA:
		a, ok = netip.AddrFromSlice(record.AAAA)
	}
	return a, ok
}

func question(name string, kind uint16) dns.Question {
	return dns.Question{Name: dns.CanonicalName(name), Qtype: kind, Qclass: dns.ClassINET}
}
