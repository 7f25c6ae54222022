package nameserver

import (
	"net"
	"net/netip"
	"strings"

	"github.com/miekg/dns"

	"maildrill/faults"
)

// rcodes are the replies that are no more than a code.
var rcodes = map[faults.NameReply]int{
	faults.ReplyServFail: dns.RcodeServerFailure,
	faults.ReplyRefused:  dns.RcodeRefused,
	faults.ReplyNXDomain: dns.RcodeNameError,
	faults.ReplyNoData:   dns.RcodeSuccess,
}

// disturb lets the rules that a question meets have their effect on the answer.
// Delays add up; of the replies that of the newest rule counts. It tells whether
// there is an answer left to send.
func (s *Server) disturb(w dns.ResponseWriter, query, m *dns.Msg) bool {
	if len(query.Question) != 1 {
		return true
	}
	var last *rule
	for _, r := range s.rules.meet(query.Question[0], addressOfClient(w)) {
		r.hold()
		if r.spec.Effect.Reply != "" {
			last = r
		}
	}
	return last == nil || last.replace(w, query.Question[0], s.soaOf(query.Question[0]), m)
}

// replace makes the answer that of the rule.
func (r *rule) replace(w dns.ResponseWriter, q dns.Question, soa []dns.RR, m *dns.Msg) bool {
	switch reply := r.spec.Effect.Reply; reply {
	case faults.ReplySilence:
		return false
	case faults.ReplyTruncated:
		if !overUDP(w) {
			if r.spec.Effect.TCP == faults.TCPClosed {
				_ = w.Close() // the client may have done so itself
			}
			return false
		}
		m.Answer, m.Ns, m.Truncated = nil, nil, true
	case faults.ReplyRecords:
		m.Rcode, m.Answer, m.Ns = dns.RcodeSuccess, r.answers(q), nil
		if len(m.Answer) == 0 {
			m.Ns = soa
		}
	case faults.ReplyLame:
		m.Rcode, m.Answer, m.Ns, m.Authoritative = dns.RcodeSuccess, nil, toTheRoot(), false
	default:
		m.Rcode, m.Answer, m.Ns = rcodes[reply], nil, nil
		if reply == faults.ReplyNXDomain || reply == faults.ReplyNoData {
			m.Ns = soa // RFC 2308, section 2
		}
		m.Authoritative = len(m.Ns) > 0
	}
	return true
}

// toTheRoot is the referral of a server that knows of no zone of the name (RFC
// 1034, section 4.3.2), with the first of the root's servers.
func toTheRoot() []dns.RR {
	return []dns.RR{&dns.NS{Hdr: dns.RR_Header{Name: ".", Rrtype: dns.TypeNS, Class: dns.ClassINET, Ttl: rootTTL}, Ns: "a.root-servers.net."}}
}

// rootTTL is that of the root's own servers, in seconds.
const rootTTL = 518400

// answers are the records of the rule that have the type.
func (r *rule) answers(q dns.Question) (found []dns.RR) {
	for _, rr := range r.records {
		h := rr.Header()
		wild := strings.HasPrefix(h.Name, "*.")
		if h.Rrtype != q.Qtype || !wild && dns.CanonicalName(h.Name) != dns.CanonicalName(q.Name) {
			continue
		}
		rr = dns.Copy(rr)
		rr.Header().Name = q.Name
		found = append(found, rr)
	}
	return found
}

// soaOf is what a negative answer about the name carries.
func (s *Server) soaOf(q dns.Question) []dns.RR {
	if z := s.zoneOf(dns.CanonicalName(q.Name)); z != nil {
		return []dns.RR{z.soa}
	}
	return nil
}

func overUDP(w dns.ResponseWriter) bool {
	_, udp := w.LocalAddr().(*net.UDPAddr)
	return udp
}

// addressOfClient is where the question came from.
func addressOfClient(w dns.ResponseWriter) netip.AddrPort {
	at, err := netip.ParseAddrPort(w.RemoteAddr().String())
	if err != nil {
		return netip.AddrPort{} // of a client without an address: a rule for anybody meets it
	}
	return netip.AddrPortFrom(at.Addr().Unmap().WithZone(""), at.Port())
}
