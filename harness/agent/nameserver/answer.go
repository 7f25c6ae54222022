package nameserver

import "github.com/miekg/dns"

// maxUDP is the largest answer by UDP, in bytes: it passes every path without
// fragments.
const maxUDP = 1232

// ServeDNS implements dns.Handler.
func (s *Server) ServeDNS(w dns.ResponseWriter, query *dns.Msg) {
	m := s.answer(query)
	if !s.disturb(w, query, m) {
		return
	}
	if overUDP(w) {
		cut := m.Truncated
		m.Truncate(udpSize(query))
		m.Truncated = m.Truncated || cut
	}
	_ = w.WriteMsg(m) // a client that went away asks again
}

// udpSize is what the client can take: 512 bytes (RFC 1035, section 4.2.1), or
// what it offers (RFC 6891, section 6.2.3).
func udpSize(query *dns.Msg) int {
	opt := query.IsEdns0()
	if opt == nil {
		return dns.MinMsgSize
	}
	return min(int(opt.UDPSize()), maxUDP)
}

func (s *Server) answer(query *dns.Msg) *dns.Msg {
	m := new(dns.Msg).SetReply(query)
	if opt := query.IsEdns0(); opt != nil {
		m.SetEdns0(maxUDP, opt.Do())
		if opt.Version() != 0 {
			m.Rcode = dns.RcodeBadVers
			return m
		}
	}
	if len(query.Question) != 1 || query.Opcode != dns.OpcodeQuery {
		m.Rcode = dns.RcodeFormatError
		return m
	}
	q := query.Question[0]
	name := dns.CanonicalName(q.Name)
	z := s.zoneOf(name)
	if z == nil || q.Qclass != dns.ClassINET && q.Qclass != dns.ClassANY {
		m.Rcode = dns.RcodeRefused
	} else {
		m.Authoritative = true
		s.chase(m, z, name, q.Qtype)
	}
	s.count(name, q.Qtype, m.Rcode)
	return m
}

// maxChase bounds a chain of CNAMEs.
const maxChase = 8

// chase adds the records of a name, following CNAMEs through our own zones
// (RFC 1034, section 3.6.2). A negative answer carries the SOA of the zone that
// the last name of the chain is in (RFC 2308, section 2).
func (s *Server) chase(m *dns.Msg, z *zone, name string, qtype uint16) {
	for range maxChase {
		types, exists := z.find(name)
		if rrs := types[qtype]; len(rrs) > 0 {
			m.Answer = append(m.Answer, owned(rrs, name)...)
			return
		}
		alias := types[dns.TypeCNAME]
		if len(alias) == 0 {
			m.Ns = []dns.RR{z.soa}
			if !exists {
				m.Rcode = dns.RcodeNameError
			}
			return
		}
		m.Answer = append(m.Answer, owned(alias, name)...)
		name = dns.CanonicalName(alias[0].(*dns.CNAME).Target)
		if z = s.zoneOf(name); z == nil {
			return // the rest of the chain is not ours to tell
		}
	}
	m.Answer, m.Rcode = nil, dns.RcodeServerFailure
}

// zoneOf finds the zone with the longest name that the name is in.
func (s *Server) zoneOf(name string) *zone {
	var best *zone
	for _, z := range *s.zones.Load() {
		if z.under(name) && (best == nil || len(z.origin) > len(best.origin)) {
			best = z
		}
	}
	return best
}

func (s *Server) count(name string, qtype uint16, rcode int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counters[Question{name, dns.Type(qtype).String(), dns.RcodeToString[rcode]}]++
}
