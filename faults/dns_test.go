package faults_test

import (
	"strings"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/faults/faulttest"
)

// dnsVariants are the DNS faults under test, by their parameters.
var dnsVariants = []struct{ kind, with string }{
	{"dns.down", ""},
	{"dns.down", "clients: [mx1, mx2]"},
	{"dns.timeout", "type: MX"},
	{"dns.slow", "delay: 300ms"},
	{"dns.servfail", ""},
	{"dns.servfail", "{name: mx1.drill.test, clients: [relay1]}"},
	{"dns.refused", "name: '*'"},
	{"dns.lame", ""},
	{"dns.nxdomain", "below: true"},
	{"dns.truncated", "tcp: silent"},
	{"dns.mx.missing", ""},
	{"dns.mx.null", ""},
	{"dns.mx.wrong", "host: mx9.drill.test"},
	{"dns.mx.flipped", ""},
	{"dns.mx.backup-only", ""},
	{"dns.stale", "{records: [10 old.drill.test.], ttl: 1m, clients: [relay1]}"},
	{"dns.wrong-address", "target: mx2"},
	{"dns.spf", "effect: wrong"},
	{"dns.spf", ""},
	{"dns.dkim", "{selector: s1, effect: wrong}"},
	{"dns.dmarc", "effect: tempfail"},
	{"dns.dnsbl", "zone: list.test"},
	{"dns.dnsbl", "{zone: list.test, effect: timeout}"},
	{"dns.dnsbl", "{zone: list.test, effect: servfail}"},
	{"dns.mta-sts", "effect: mismatch"},
	{"dns.tlsa", "effect: mismatch"},
	{"dns.tlsa", ""},
	{"dns.ptr-missing", "of: mx1"},
}

func TestDNSConformance(t *testing.T) {
	for _, v := range dnsVariants {
		t.Run(v.kind+" "+v.with, func(t *testing.T) {
			mk := func(*testing.T) faults.Target { return faulttest.NewNameServer().NameTarget() }
			faulttest.Conformance(t, kind(t, v.kind), mk, faulttest.Options{With: with(v.with), Within: time.Second, Every: time.Millisecond})
		})
	}
}

// nameScene is a fault on a name server.
func nameScene(t *testing.T, kind, with string, lies ...faulttest.Lie) *scene {
	t.Helper()
	n := faulttest.NewNameServer(lies...)
	s := newScene(t, kind, with, n)
	s.target = n.NameTarget()
	return s
}

// Each lie of a name server must come out, of every kind.
func TestLiesOfNameServersComeOut(t *testing.T) {
	for _, v := range dnsVariants {
		liesAboutRulesComeOut(t, v.kind+" "+v.with, func(t *testing.T, lie faulttest.Lie) *scene {
			return nameScene(t, v.kind, v.with, lie)
		})
	}
}

// A rule that has its effect on other questions too is overreach.
func TestOverreachOfNamesIsSeen(t *testing.T) {
	for _, v := range dnsVariants {
		if v.kind == "dns.slow" || strings.Contains(v.with, "*") || v.with == "" && v.kind == "dns.down" {
			continue // a late answer is a right one; and every name is meant
		}
		s := nameScene(t, v.kind, v.with, faulttest.Spills)
		s.target.Bystander = nil
		if e := s.look(); e.BystanderHurt {
			t.Errorf("%s %s: hurt before the fault: %+v", v.kind, v.with, e)
		}
		s.do(s.fault.Inject)
		if e := s.look(); !e.BystanderHurt {
			t.Errorf("%s %s: another question or client was hurt, and it was not seen: %+v", v.kind, v.with, e)
		}
	}
}

func TestDelayOfNamesIsMeasured(t *testing.T) {
	s := nameScene(t, "dns.slow", "delay: 300ms")
	s.do(s.fault.Inject)
	e := s.look()
	if len(e.Measured) != 1 || !e.Measured[0].Within || e.Measured[0].Asked != 0.3 || e.Measured[0].Seen < 0.29 {
		t.Errorf("measured %+v", e.Measured)
	}
}

func TestDNSFaultsThatCannotBe(t *testing.T) {
	for _, c := range []struct{ kind, with, want string }{
		{"dns.servfail", "name: other.test", "other.test. is in no zone of the topology: write one under `zones`"},
		{"dns.nxdomain", "name: nobody.drill.test", "the topology has no record of nobody.drill.test."},
		{"dns.timeout", "type: AAAA", "the topology has no record drill.test. AAAA"},
		{"dns.timeout", "type: MXX", `unknown record type "MXX"`},
		{"dns.slow", "delay: 1ms", "delay 1ms is not between 50ms and 30s"},
		{"dns.truncated", "tcp: broken", `tcp "broken" is not one of closed, silent`},
		{"dns.mx.missing", "name: list.test", "the topology has no record list.test. MX"},
		{"dns.stale", "", "records: write the values that the name had before"},
		{"dns.stale", "{records: [10 mx1, 20 mx2]}", "is so already: nothing would change"},
		{"dns.stale", "{records: [10 mx1.drill.test., 20 mx2.drill.test.]}", "is so already: nothing would change"},
		{"dns.stale", "{records: [ten mx1.drill.test.]}", "bad MX"},
		{"dns.ptr-missing", "", `of: no node ""`},
		{"dns.dkim", "selector: s2", "no TXT record of s2._domainkey.drill.test. that begins with v=DKIM1"},
		{"dns.spf", "effect: late", `effect "late" is not one of missing, wrong, tempfail`},
		{"dns.dnsbl", "zone: bl.test", `the topology has no zone "bl.test"`},
		{"dns.tlsa", "port: 465", "the topology has no record _465._tcp.mx1.drill.test. TLSA"},
	} {
		s := nameScene(t, c.kind, c.with)
		if err := s.fault.(faults.Particular).Check(s.target); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %s: %v, want %s", c.kind, c.with, err, c.want)
		}
	}
	s := nameScene(t, "dns.down", "")
	s.target.Node = s.target.Peers[1].Node
	if err := s.fault.(faults.Particular).Check(s.target); err == nil || !strings.Contains(err.Error(), "aim it at the node with the role dns") {
		t.Errorf("aimed at a relay: %v", err)
	}
}

func TestDNSFaultsNameTheirNodes(t *testing.T) {
	s := nameScene(t, "dns.wrong-address", "{target: mx2, clients: [relay1]}")
	if got := s.fault.(faults.Named).Names(); len(got) != 2 || got[0] != "mx2" || got[1] != "relay1" {
		t.Errorf("names %v", got)
	}
}

// A server that is started anew has lost its rules, and that is seen.
func TestLostNameRuleIsNoticed(t *testing.T) {
	s := nameScene(t, "dns.servfail", "")
	s.do(s.fault.Inject)
	for _, u := range s.fault.Undo(s.target) {
		if err := s.node.Take(t.Context(), faults.Names, u.Args["id"]); err != nil {
			t.Fatal(err)
		}
	}
	if e := s.look(); e.Installed || e.Effective {
		t.Errorf("got %+v", e)
	}
}

func init() {
	required["dns.stale"] = `records: ["10 old.drill.test."]`
	required["dns.ptr-missing"] = "of: mx1"
	required["dns.dkim"] = "selector: s1"
	required["dns.dnsbl"] = "zone: bl.test"
}
