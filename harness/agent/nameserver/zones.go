package nameserver

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"

	"maildrill/harness/topology"
)

// zone holds records by name and type.
type zone struct {
	origin  string // fully qualified, lower case
	soa     *dns.SOA
	records map[string]map[uint16][]dns.RR
	written []dns.RR // in the order of the topology
}

// defaultTTL is used where a record says none, and for negative answers.
const defaultTTL = 5 * time.Second

const defaultSeconds = uint32(defaultTTL / time.Second)

func newZone(name string) *zone {
	origin := dns.CanonicalName(name)
	soa := &dns.SOA{Hdr: header(origin, dns.TypeSOA), Ns: "ns." + origin, Mbox: "hostmaster." + origin,
		Serial: 1, Refresh: 60, Retry: 60, Expire: 600, Minttl: defaultSeconds}
	z := &zone{origin: origin, soa: soa, records: map[string]map[uint16][]dns.RR{}}
	z.add(soa)
	return z
}

func header(name string, rrtype uint16) dns.RR_Header {
	return dns.RR_Header{Name: name, Rrtype: rrtype, Class: dns.ClassINET, Ttl: defaultSeconds}
}

func (z *zone) add(rr dns.RR) {
	name := dns.CanonicalName(rr.Header().Name)
	if z.records[name] == nil {
		z.records[name] = map[uint16][]dns.RR{}
	}
	t := rr.Header().Rrtype
	z.records[name][t] = append(z.records[name][t], rr)
	z.written = append(z.written, rr)
}

// load adds the records of a topology's zone. A record that stands for a node
// becomes its addresses of that type, possibly none.
func (z *zone) load(records []topology.Record, addrs topology.Addresses) error {
	var mistakes error
	for _, r := range records {
		values, err := values(r, addrs)
		for _, v := range values {
			var rr dns.RR
			if rr, err = z.parse(r, v); err != nil {
				break
			}
			z.add(rr)
		}
		if err != nil {
			mistakes = errors.Join(mistakes, fmt.Errorf("zone %s: record %s %s %q: %w", z.origin, r.Name, r.Type, r.Value, err))
		}
	}
	return mistakes
}

// values are what the record stands for, as in a zone file.
func values(r topology.Record, addrs topology.Addresses) ([]string, error) {
	if r.Node == "" {
		return []string{r.Value}, nil
	}
	if r.Type != "A" && r.Type != "AAAA" {
		return nil, fmt.Errorf("only A and AAAA can stand for a node, here %s", r.Node)
	}
	var values []string
	for _, a := range addrs[r.Node] {
		if a = a.Unmap(); (r.Type == "A") == a.Is4() {
			values = append(values, a.String())
		}
	}
	return values, nil
}

// parse reads one record as a line of the zone's file (RFC 1035, section 5.1),
// so names without a final dot are relative to the zone.
func (z *zone) parse(r topology.Record, value string) (dns.RR, error) {
	owner := r.Name
	if owner == "" {
		owner = "@"
	}
	if strings.ContainsAny(owner+r.Type, " \t\r\n;$()\"") || strings.ContainsAny(value, "\r\n") {
		return nil, errors.New("more than one record, or no name")
	}
	ttl := uint32(r.TTL / time.Second)
	if r.TTL == 0 {
		ttl = defaultSeconds
	}
	p := dns.NewZoneParser(strings.NewReader(fmt.Sprintf("%s %d IN %s %s\n", owner, ttl, r.Type, value)), z.origin, "")
	rr, ok := p.Next()
	switch {
	case p.Err() != nil:
		return nil, p.Err()
	case !ok:
		return nil, errors.New("empty")
	case !z.under(dns.CanonicalName(rr.Header().Name)):
		return nil, errors.New("outside of the zone")
	}
	return rr, nil
}

// under tells whether a name is the zone's origin or below it.
func (z *zone) under(name string) bool { return dns.IsSubDomain(z.origin, name) }

// exists tells whether the name has records, or a name below it has (an empty
// non-terminal is not NXDOMAIN; RFC 8020).
func (z *zone) exists(name string) bool {
	if _, ok := z.records[name]; ok {
		return true
	}
	for other := range z.records {
		if strings.HasSuffix(other, "."+name) {
			return true
		}
	}
	return false
}

// reverse makes the zones that map the nodes' addresses back to their hosts
// (RFC 1035, section 3.5; RFC 3596, section 2.5).
func reverse(zones []*zone, addrs topology.Addresses) []*zone {
	v4, v6 := newZone("in-addr.arpa."), newZone("ip6.arpa.")
	for node, list := range addrs {
		for _, a := range list {
			a = a.Unmap()
			name, err := dns.ReverseAddr(a.String())
			host := hostOf(zones, node, a.String())
			if err != nil || host == "" {
				continue
			}
			z := v6
			if a.Is4() {
				z = v4
			}
			z.add(&dns.PTR{Hdr: header(name, dns.TypePTR), Ptr: host})
		}
	}
	return []*zone{v4, v6}
}

// hostOf gives the name of an address: the one that begins with the node's own
// name, else the first that was written.
func hostOf(zones []*zone, node, address string) string {
	var hosts []string
	for _, z := range zones {
		for _, rr := range z.written {
			if addressOf(rr) == address {
				hosts = append(hosts, rr.Header().Name)
			}
		}
	}
	own := slices.IndexFunc(hosts, func(h string) bool { return strings.HasPrefix(h, strings.ToLower(node)+".") })
	switch {
	case own >= 0:
		return hosts[own]
	case len(hosts) > 0:
		return hosts[0]
	}
	return ""
}

func addressOf(rr dns.RR) string {
	switch a := rr.(type) {
	case *dns.A:
		return a.A.String()
	case *dns.AAAA:
		return a.AAAA.String()
	}
	return ""
}
