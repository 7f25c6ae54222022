package nameserver

import (
	"testing"
	"time"

	"github.com/miekg/dns"

	"maildrill/faults"
)

// A lame server has no authority and knows of nobody but the root; taken back,
// it answers as ever.
func TestALameServerRefersToTheRoot(t *testing.T) {
	s, addr := start(t, zones)
	spec := faults.NameSpec{Match: []faults.NameMatch{{Name: "drill.test."}}, Effect: faults.NameEffect{Reply: faults.ReplyLame}}
	r, err := faults.NewRule("lame", faults.Names, spec, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Put(r); err != nil {
		t.Fatal(err)
	}
	query := new(dns.Msg).SetQuestion("drill.test.", dns.TypeMX)
	m := ask(t, "udp", addr, query)
	if m.Rcode != dns.RcodeSuccess || m.Authoritative || m.RecursionAvailable || len(m.Answer) > 0 || len(m.Ns) != 1 || m.Ns[0].Header().Name != "." {
		t.Errorf("got %v", m)
	}
	s.Take("lame")
	if m := ask(t, "udp", addr, query); !m.Authoritative || len(m.Answer) == 0 {
		t.Errorf("after it was taken: %v", m)
	}
}
