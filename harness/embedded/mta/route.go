package mta

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"

	"github.com/emersion/go-smtp"
	"github.com/miekg/dns"

	"maildrill/harness/topology"
)

// exchangers finds the addresses of the hosts that take mail for a domain, the
// best first, and none that would loop (RFC 5321, section 5.1). A domain that
// does not exist, or takes no mail (RFC 7505), is a permanent error.
func (s *Server) exchangers(ctx context.Context, domain string) ([]string, error) {
	ctx, cancel := s.lookupLimit(ctx)
	defer cancel()
	r, err := s.resolver(ctx)
	if err != nil {
		return nil, fmt.Errorf("find the mail exchangers of %s: %w", domain, err)
	}
	defer r.conn.Close()
	answers, err := r.ask(ctx, domain, dns.TypeMX)
	if err != nil {
		return nil, fmt.Errorf("find the mail exchangers of %s: %w", domain, err)
	}
	hosts, err := s.better(domain, answers)
	if err != nil {
		return nil, err
	}
	return s.addresses(ctx, r, hosts)
}

// better sorts by preference and leaves out this host and all that are not
// better than it.
func (s *Server) better(domain string, answers []dns.RR) ([]string, error) {
	var list []*dns.MX
	for _, rr := range answers {
		if mx, ok := rr.(*dns.MX); ok {
			list = append(list, mx)
		}
	}
	if len(list) == 0 {
		return []string{domain}, nil // the implicit MX
	}
	s.shuffle(list)
	slices.SortStableFunc(list, func(a, b *dns.MX) int { return cmp.Compare(a.Preference, b.Preference) })
	if list[0].Mx == "." {
		return nil, refusal(556, smtp.EnhancedCode{5, 1, 10}, domain+" takes no mail")
	}
	var hosts []string
	own := slices.IndexFunc(list, func(m *dns.MX) bool { return strings.EqualFold(m.Mx, dns.Fqdn(s.config.Node.Host)) })
	for _, m := range list {
		if own < 0 || m.Preference < list[own].Preference {
			hosts = append(hosts, m.Mx)
		}
	}
	if len(hosts) == 0 {
		return nil, refusal(554, smtp.EnhancedCode{5, 4, 6}, "mail for "+domain+" loops back to myself")
	}
	return hosts, nil
}

// shuffle spreads the load over hosts of equal preference (RFC 5321, section
// 5.1).
func (s *Server) shuffle(list []*dns.MX) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dice.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
}

// addresses gives the addresses of the hosts, in their order. One host that
// cannot be found is no reason not to try the others.
func (s *Server) addresses(ctx context.Context, r *resolver, hosts []string) ([]string, error) {
	types := []uint16{dns.TypeA}
	if s.config.Topology.IPv6 {
		types = append(types, dns.TypeAAAA)
	}
	var found []string
	var later error // a reason to try again
	for _, h := range hosts {
		for _, t := range types {
			answers, err := r.ask(ctx, h, t)
			if err != nil && !permanent(err) {
				later = errors.Join(later, err)
			}
			found = append(found, s.others(answers)...)
		}
	}
	switch {
	case len(found) > 0:
		return found, nil
	case later != nil:
		return nil, later
	}
	return nil, refusal(550, smtp.EnhancedCode{5, 4, 4}, "no address of "+strings.Join(hosts, ", "))
}

// others are the addresses among the answers that are not this host's.
func (s *Server) others(answers []dns.RR) []string {
	var list []string
	for _, rr := range answers {
		var ip net.IP
		switch rr := rr.(type) {
		case *dns.A:
			ip = rr.A
		case *dns.AAAA:
			ip = rr.AAAA
		}
		addr, ok := netip.AddrFromSlice(ip)
		if addr = addr.Unmap(); ok && !slices.Contains(s.config.Addrs, addr) {
			list = append(list, addr.String())
		}
	}
	return list
}

// resolver is a connection to the drill's name server.
type resolver struct{ conn net.Conn }

// resolver connects to the first name server that answers.
func (s *Server) resolver(ctx context.Context) (*resolver, error) {
	failures := errors.New("no name server answers")
	for _, n := range s.config.Topology.WithRole(topology.DNS) {
		conn, err := s.config.Dial(ctx, n.Name, topology.Domain)
		if err == nil {
			return &resolver{conn}, nil
		}
		failures = errors.Join(failures, err)
	}
	return nil, failures
}

// ask makes one query (RFC 1035). NXDOMAIN is permanent, everything else but an
// answer is worth another try.
func (r *resolver) ask(ctx context.Context, name string, qtype uint16) ([]dns.RR, error) {
	query := new(dns.Msg).SetQuestion(dns.Fqdn(name), qtype)
	client := dns.Client{Net: "tcp"}
	if deadline, ok := ctx.Deadline(); ok {
		_ = r.conn.SetDeadline(deadline) // a connection that is gone shows in the exchange
	}
	answer, _, err := client.ExchangeWithConnContext(ctx, query, &dns.Conn{Conn: r.conn})
	switch {
	case err != nil:
		return nil, fmt.Errorf("ask for %s of %s: %w", dns.TypeToString[qtype], name, err)
	case answer.Rcode == dns.RcodeNameError:
		return nil, refusal(550, smtp.EnhancedCode{5, 1, 2}, name+" does not exist")
	case answer.Rcode != dns.RcodeSuccess:
		return nil, fmt.Errorf("ask for %s of %s: %s", dns.TypeToString[qtype], name, dns.RcodeToString[answer.Rcode])
	}
	return answer.Answer, nil
}

func refusal(code int, enhanced smtp.EnhancedCode, text string) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: enhanced, Message: text}
}
