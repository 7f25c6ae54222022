package nameserver

import (
	"slices"

	"github.com/miekg/dns"
)

// find gives the records of a name, or those of the wildcard that stands for it:
// the one right below the closest name that exists (RFC 4592, section 3.3.1).
func (z *zone) find(name string) (types map[uint16][]dns.RR, exists bool) {
	if z.exists(name) {
		return z.records[name], true
	}
	closest := name
	for closest != z.origin && !z.exists(closest) {
		next, end := dns.NextLabel(closest, 0)
		if end {
			return nil, false
		}
		closest = closest[next:]
	}
	types, exists = z.records["*."+closest]
	return types, exists
}

// owned gives records of a wildcard the name that was asked for.
func owned(rrs []dns.RR, name string) []dns.RR {
	if dns.CanonicalName(rrs[0].Header().Name) == name {
		return rrs
	}
	own := slices.Clone(rrs)
	for i, rr := range own {
		own[i] = dns.Copy(rr)
		own[i].Header().Name = name
	}
	return own
}
