package probe

import (
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// zone is the drill's name service: mx1 before mx2.
var zone = map[string][]string{
	"drill.test. MX":    {"drill.test. 5 IN MX 20 mx2.drill.test.", "drill.test. 5 IN MX 10 mx1.drill.test."},
	"mx1.drill.test. A": {"mx1.drill.test. 5 IN A 10.9.0.1"},
	"mx2.drill.test. A": {"mx2.drill.test. 5 IN A 10.9.0.2"},
	"only.test. A":      {"only.test. 5 IN A 10.9.0.2"},
	"null.test. MX":     {"null.test. 5 IN MX 0 ."},
	"bare.test. MX":     {"bare.test. 5 IN MX 10 nowhere.test."},
}

func nameServer(t *testing.T, zone map[string][]string) string {
	t.Helper()
	handler := dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		m := new(dns.Msg).SetReply(q)
		name := q.Question[0].Name
		for _, line := range zone[name+" "+dns.TypeToString[q.Question[0].Qtype]] {
			rr, err := dns.NewRR(line)
			if err != nil {
				panic(err)
			}
			m.Answer = append(m.Answer, rr)
		}
		if strings.HasPrefix(name, "broken.") {
			m.Rcode = dns.RcodeServerFailure
		}
		_ = w.WriteMsg(m)
	})
	l := listen(t)
	server := &dns.Server{Listener: l, Handler: handler}
	started := make(chan struct{})
	server.NotifyStartedFunc = func() { close(started) }
	go server.ActivateAndServe()
	<-started
	t.Cleanup(func() { server.Shutdown() })
	return l.Addr().String()
}
