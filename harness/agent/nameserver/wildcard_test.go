package nameserver

import (
	"strings"
	"testing"

	"github.com/miekg/dns"

	"maildrill/harness/topology"
)

// A wildcard answers for names that are not there, and for none below one that
// is (RFC 4592, section 2.2.1).
func TestWildcards(t *testing.T) {
	_, addr := start(t, []topology.Zone{{Name: "drill.test", Records: []topology.Record{
		{Name: "*", Type: "MX", Value: "10 mx1"}, {Name: "mx1", Type: "A", Node: "mx1"},
		{Name: "*.away", Type: "CNAME", Value: "mx1"}, {Name: "deep.host", Type: "A", Node: "mx2"},
	}}})
	for _, c := range []struct {
		name  string
		qtype uint16
		rcode int
		want  string
		soa   bool
	}{
		{"u1.drill.test.", dns.TypeMX, dns.RcodeSuccess, "u1.drill.test.\t5\tIN\tMX\t10 mx1.drill.test.", false},
		{"a.u1.drill.test.", dns.TypeMX, dns.RcodeSuccess, "a.u1.drill.test.\t5\tIN\tMX\t10 mx1.drill.test.", false},
		{"u1.drill.test.", dns.TypeA, dns.RcodeSuccess, "", true},
		{"mx1.drill.test.", dns.TypeMX, dns.RcodeSuccess, "", true},
		{"drill.test.", dns.TypeMX, dns.RcodeSuccess, "", true},
		{"host.drill.test.", dns.TypeMX, dns.RcodeSuccess, "", true},
		{"other.host.drill.test.", dns.TypeMX, dns.RcodeNameError, "", true},
		{"x.away.drill.test.", dns.TypeA, dns.RcodeSuccess, "x.away.drill.test.\t5\tIN\tCNAME\tmx1.drill.test.", false},
		{"*.drill.test.", dns.TypeMX, dns.RcodeSuccess, "*.drill.test.\t5\tIN\tMX\t10 mx1.drill.test.", false},
	} {
		m := ask(t, "udp", addr, new(dns.Msg).SetQuestion(c.name, c.qtype))
		got := ""
		if len(m.Answer) > 0 {
			got = m.Answer[0].String()
		}
		if m.Rcode != c.rcode || !strings.Contains(got, c.want) || c.want == "" && got != "" || (soaOf(m) != "") != c.soa {
			t.Errorf("%s %s: %v, want %s %q", c.name, dns.Type(c.qtype), m, dns.RcodeToString[c.rcode], c.want)
		}
	}
}
