package runtimetest

import (
	"github.com/miekg/dns"

	"maildrill/harness/topology"
)

// ask makes one query over TCP.
func (k kit) ask(name string, qtype uint16) *dns.Msg {
	k.Helper()
	conn, err := k.dial("dns1", topology.Domain)
	k.must(err, "dial the name server")
	defer conn.Close()
	client := dns.Client{Net: "tcp"}
	answer, _, err := client.ExchangeWithConnContext(k.ctx, new(dns.Msg).SetQuestion(name, qtype), &dns.Conn{Conn: conn})
	k.must(err, "ask for "+name)
	return answer
}

func names(k kit) {
	mx := k.ask(domain+".", dns.TypeMX)
	if len(mx.Answer) != 1 || mx.Answer[0].(*dns.MX).Mx != "mx1."+domain+"." {
		k.Errorf("MX of %s: %v", domain, mx.Answer)
	}
	a := k.ask("mx1."+domain+".", dns.TypeA)
	if len(a.Answer) != 1 {
		k.Fatalf("A of mx1: %v", a.Answer)
	}
	k.must(k.greets(a.Answer[0].(*dns.A).A.String(), topology.SMTP, "220"), "greeting at the address in the DNS")
	if none := k.ask("nothing."+domain+".", dns.TypeA); none.Rcode != dns.RcodeNameError {
		k.Errorf("a name that does not exist: %s", dns.RcodeToString[none.Rcode])
	}
}
