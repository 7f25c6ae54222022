package nameserver

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"

	"maildrill/harness/topology"
)

var addrs = topology.Addresses{
	"mx1":     {netip.MustParseAddr("198.18.0.11"), netip.MustParseAddr("fd00::11")},
	"mx2":     {netip.MustParseAddr("198.18.0.12")},
	"outside": {netip.MustParseAddr("198.18.0.20")},
}

var zones = []topology.Zone{
	{Name: "bounce.test", Records: []topology.Record{
		{Name: "in", Type: "A", Node: "outside"},
		{Name: "gone", Type: "CNAME", Value: "nobody.drill.test."},
	}},
	{Name: "drill.test", Records: []topology.Record{
		{Name: "@", Type: "MX", Value: "10 mx1", TTL: time.Minute},
		{Name: "@", Type: "MX", Value: "20 mx2.drill.test."},
		{Name: "@", Type: "TXT", Value: `"v=spf1 mx -all"`},
		{Name: "mx1", Type: "A", Node: "mx1"}, {Name: "mx1", Type: "AAAA", Node: "mx1"},
		{Name: "MX2", Type: "A", Node: "mx2"}, {Name: "mx2", Type: "AAAA", Node: "mx2"},
		{Name: "outside", Type: "A", Node: "outside"},
		{Name: "alias", Type: "CNAME", Value: "mx1"},
		{Name: "away", Type: "CNAME", Value: "example.com."},
		{Name: "round", Type: "CNAME", Value: "round"},
		{Name: "a.deep", Type: "A", Value: "198.18.0.9"},
		{Name: "inner", Type: "A", Value: "198.18.0.1"},
	}},
	{Name: "inner.drill.test", Records: []topology.Record{{Name: "www", Type: "A", Value: "198.18.0.2"}}},
}

// start serves until the test ends.
func start(t *testing.T, zones []topology.Zone) (*Server, string) {
	t.Helper()
	s, err := New(zones, addrs)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	at, ended := make(chan net.Addr, 1), make(chan error, 1)
	go func() {
		ended <- s.ListenAndServe(ctx, "127.0.0.1:0", func(a net.Addr) { at <- a })
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the end of the name server: %v", err)
		}
	})
	return s, (<-at).String()
}

func ask(t *testing.T, network, addr string, query *dns.Msg) *dns.Msg {
	t.Helper()
	m, _, err := (&dns.Client{Net: network}).Exchange(query, addr)
	if err != nil {
		t.Fatalf("%s %v: %v", network, query.Question, err)
	}
	return m
}

func TestAnswers(t *testing.T) {
	s, addr := start(t, zones)
	for _, c := range []struct {
		name  string
		qtype uint16
		rcode int
		want  []string // parts of the answers
		soa   string   // of a negative answer
	}{
		{"drill.test.", dns.TypeMX, dns.RcodeSuccess, []string{"60\tIN\tMX\t10 mx1.drill.test.", "5\tIN\tMX\t20 mx2.drill.test."}, ""},
		{"DRILL.test.", dns.TypeTXT, dns.RcodeSuccess, []string{"v=spf1 mx -all"}, ""},
		{"drill.test.", dns.TypeSOA, dns.RcodeSuccess, []string{"hostmaster.drill.test."}, ""},
		{"mx1.drill.test.", dns.TypeA, dns.RcodeSuccess, []string{"198.18.0.11"}, ""},
		{"mx1.drill.test.", dns.TypeAAAA, dns.RcodeSuccess, []string{"fd00::11"}, ""},
		{"mX2.drill.test.", dns.TypeA, dns.RcodeSuccess, []string{"198.18.0.12"}, ""},
		{"mx2.drill.test.", dns.TypeAAAA, dns.RcodeSuccess, nil, "drill.test."}, // NODATA
		{"alias.drill.test.", dns.TypeA, dns.RcodeSuccess, []string{"mx1.drill.test.", "198.18.0.11"}, ""},
		{"alias.drill.test.", dns.TypeMX, dns.RcodeSuccess, []string{"mx1.drill.test."}, "drill.test."},
		{"alias.drill.test.", dns.TypeCNAME, dns.RcodeSuccess, []string{"mx1.drill.test."}, ""},
		{"away.drill.test.", dns.TypeA, dns.RcodeSuccess, []string{"example.com."}, ""},
		{"gone.bounce.test.", dns.TypeA, dns.RcodeNameError, []string{"nobody.drill.test."}, "drill.test."},
		{"round.drill.test.", dns.TypeA, dns.RcodeServerFailure, nil, ""},
		{"deep.drill.test.", dns.TypeA, dns.RcodeSuccess, nil, "drill.test."}, // empty non-terminal
		{"nobody.drill.test.", dns.TypeA, dns.RcodeNameError, nil, "drill.test."},
		{"www.inner.drill.test.", dns.TypeA, dns.RcodeSuccess, []string{"198.18.0.2"}, ""},
		{"no.inner.drill.test.", dns.TypeA, dns.RcodeNameError, nil, "inner.drill.test."},
		{"example.com.", dns.TypeA, dns.RcodeRefused, nil, ""},
		{"xdrill.test.", dns.TypeA, dns.RcodeRefused, nil, ""},
		{"11.0.18.198.in-addr.arpa.", dns.TypePTR, dns.RcodeSuccess, []string{"mx1.drill.test."}, ""},
		{"20.0.18.198.in-addr.arpa.", dns.TypePTR, dns.RcodeSuccess, []string{"outside.drill.test."}, ""},
		{"1.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa.", dns.TypePTR, dns.RcodeSuccess, []string{"mx1.drill.test."}, ""},
		{"9.9.18.198.in-addr.arpa.", dns.TypePTR, dns.RcodeNameError, nil, "in-addr.arpa."},
	} {
		for _, network := range []string{"udp", "tcp"} {
			m := ask(t, network, addr, new(dns.Msg).SetQuestion(c.name, c.qtype))
			if m.Rcode != c.rcode || m.Authoritative != (c.rcode != dns.RcodeRefused) {
				t.Errorf("%s %s: %s, authoritative %v; want %s", network, c.name, dns.RcodeToString[m.Rcode], m.Authoritative, dns.RcodeToString[c.rcode])
			}
			if !slices.EqualFunc(m.Answer, c.want, func(rr dns.RR, part string) bool { return strings.Contains(rr.String(), part) }) {
				t.Errorf("%s %s: answer %v, want %q", network, c.name, m.Answer, c.want)
			}
			if soa := soaOf(m); soa != c.soa {
				t.Errorf("%s %s: SOA %q, want %q", network, c.name, soa, c.soa)
			}
		}
	}
	if n := s.Counters()[Question{"nobody.drill.test.", "A", "NXDOMAIN"}]; n != 2 {
		t.Errorf("counted %d, want 2", n)
	}
}

// soaOf is the zone that vouches for a negative answer.
func soaOf(m *dns.Msg) string {
	if len(m.Ns) != 1 {
		return ""
	}
	return m.Ns[0].Header().Name
}

// TestTruncation: what does not fit into UDP says so, and comes by TCP.
func TestTruncation(t *testing.T) {
	var many []topology.Record
	for i := range 60 {
		many = append(many, topology.Record{Name: "many", Type: "A", Value: netip.AddrFrom4([4]byte{198, 18, 1, byte(i)}).String()})
	}
	_, addr := start(t, []topology.Zone{{Name: "drill.test", Records: many}})
	plain := new(dns.Msg).SetQuestion("many.drill.test.", dns.TypeA)
	if m := ask(t, "udp", addr, plain); !m.Truncated || len(m.Answer) == 60 || m.IsEdns0() != nil {
		t.Errorf("plain UDP: truncated %v, %d answers", m.Truncated, len(m.Answer))
	}
	if m := ask(t, "tcp", addr, plain); m.Truncated || len(m.Answer) != 60 {
		t.Errorf("TCP: truncated %v, %d answers", m.Truncated, len(m.Answer))
	}
	wide := plain.Copy().SetEdns0(4096, false)
	if m := ask(t, "udp", addr, wide); m.Truncated || len(m.Answer) != 60 || m.IsEdns0() == nil {
		t.Errorf("wide UDP: truncated %v, %d answers", m.Truncated, len(m.Answer))
	}
	wide.IsEdns0().SetVersion(1)
	if m := ask(t, "udp", addr, wide); m.Rcode != dns.RcodeBadVers {
		t.Errorf("EDNS version 1: %s", dns.RcodeToString[m.Rcode])
	}
}

func TestOtherClassesAreRefused(t *testing.T) {
	_, addr := start(t, zones)
	q := new(dns.Msg).SetQuestion("version.bind.drill.test.", dns.TypeTXT)
	q.Question[0].Qclass = dns.ClassCHAOS
	if m := ask(t, "udp", addr, q); m.Rcode != dns.RcodeRefused {
		t.Errorf("class CH: %s", dns.RcodeToString[m.Rcode])
	}
}

// TestMistakesAreReported: all of them, with the record.
func TestMistakesAreReported(t *testing.T) {
	bad := []topology.Record{
		{Name: "@", Type: "MX", Value: "ten mx1"},
		{Name: "a", Type: "BOGUS", Value: "x"},
		{Name: "b", Type: "TXT", Node: "mx1"},
		{Name: "c", Type: "A", Value: "198.18.0.1\nd A 198.18.0.2"},
		{Name: "$INCLUDE", Type: "A", Value: "198.18.0.1"},
		{Name: "e.other.test.", Type: "A", Value: "198.18.0.1"},
		{Name: "f", Type: "A", Value: ""},
	}
	_, err := New([]topology.Zone{{Name: "x.test", Records: bad}}, addrs)
	if err == nil {
		t.Fatal("accepted")
	}
	for _, r := range bad {
		if !strings.Contains(err.Error(), "record "+r.Name+" "+r.Type) {
			t.Errorf("%s %s is not reported in:\n%v", r.Name, r.Type, err)
		}
	}
}

// TestSocketsOfOthers: one socket is enough, it serves again after an end, and
// a failure of it is told.
func TestSocketsOfOthers(t *testing.T) {
	s, err := New(zones, addrs)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- s.Serve(ctx, nil, l) }()
		ask(t, "tcp", l.Addr().String(), new(dns.Msg).SetQuestion("drill.test.", dns.TypeMX))
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	packets, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	if err := s.Serve(t.Context(), packets, closed); !errors.Is(err, net.ErrClosed) {
		t.Errorf("serving on a closed socket: %v", err)
	}
}

func TestListeningFails(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	s, err := New(zones, addrs)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.ListenAndServe(t.Context(), taken.Addr().String(), func(net.Addr) { t.Error("ready") }); err == nil {
		t.Error("the address is taken, and no error")
	}
}

func TestManyAtOnce(t *testing.T) {
	s, addr := start(t, zones)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 20 {
				m, err := dns.Exchange(new(dns.Msg).SetQuestion("mx1.drill.test.", dns.TypeA), addr)
				if err != nil || len(m.Answer) != 1 {
					t.Errorf("%v, %v", m, err)
				}
			}
		})
	}
	wg.Wait()
	if n := s.Counters()[Question{"mx1.drill.test.", "A", "NOERROR"}]; n != 320 {
		t.Errorf("counted %d of 320", n)
	}
}
