package docker_test

import (
	"strings"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/harness/topology"
)

// named is a sender, two mail exchangers and a store, whose zones have every
// record that a DNS fault can act on.
func named() topology.Topology {
	const domain = "drill.test"
	host := func(name, server string, role topology.Role, services ...topology.Service) topology.Node {
		n := topology.Node{Name: name, Host: name + "." + domain, Server: server, Roles: []topology.Role{role}, Services: map[topology.Service]int{}}
		for _, s := range services {
			n.Services[s] = topology.DefaultPort[s]
			n.Health = topology.Health{Service: services[0]}
		}
		if server == "postfix" {
			n.Queue, n.Health.Expect = "postfix", "220"
		}
		return n
	}
	mx1, mx2 := host("mx1", "postfix", topology.MX, topology.SMTP), host("mx2", "postfix", topology.MX, topology.SMTP)
	mx1.Mail.RelayDomains, mx2.Mail.RelayDomains = []string{domain}, []string{domain}
	relay := host("relay1", "postfix", topology.Relay, topology.SMTP)
	relay.Mail.RelayAnything = true
	record := func(name, kind, value string) topology.Record {
		return topology.Record{Name: name, Type: kind, TTL: 5 * time.Second, Value: value}
	}
	zone := topology.Zone{Name: domain, Records: []topology.Record{
		record("@", "MX", "10 mx1"), record("@", "MX", "20 mx2"),
		record("@", "TXT", `"v=spf1 mx -all"`), record("@", "TXT", `"owner=drill"`),
		record("s1._domainkey", "TXT", `"v=DKIM1; p=MIGf"`), record("_dmarc", "TXT", `"v=DMARC1; p=none"`),
		record("_mta-sts", "TXT", `"v=STSv1; id=20260101"`), record("_25._tcp.mx1", "TLSA", "3 1 1 "+digest),
	}}
	t := topology.Topology{Name: "named", Clock: topology.Drill, MailDomain: domain, BounceDomain: "bounce.test",
		Nodes: []topology.Node{relay, mx1, mx2, host("dns1", "dns", topology.DNS, topology.Domain), host("outside", "outside", topology.Outside)}}
	for _, n := range t.Nodes {
		zone.Records = append(zone.Records, topology.Record{Name: n.Name, Type: "A", TTL: 5 * time.Second, Node: n.Name})
	}
	t.Zones = []topology.Zone{zone, {Name: "list.test", Records: []topology.Record{record("2.0.0.127", "A", "127.0.0.2")}},
		{Name: "bounce.test", Records: []topology.Record{record("@", "MX", "0 in"), {Name: "in", Type: "A", TTL: 5 * time.Second, Node: "outside"}}}}
	return t
}

const digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// dnsTrials are the kinds with the parameters under which they are tried.
var dnsTrials = []trial{
	{kind: "dns.down"},
	{kind: "dns.timeout"},
	{kind: "dns.timeout", with: map[string]any{"Clients": []string{"relay1", "mx2"}, "Type": "MX"}},
	{kind: "dns.slow", with: map[string]any{"Delay": 300 * time.Millisecond}},
	{kind: "dns.servfail"},
	{kind: "dns.servfail", with: map[string]any{"Clients": []string{"relay1"}}},
	{kind: "dns.refused", with: map[string]any{"Name": "mx1.drill.test"}},
	{kind: "dns.lame"},
	{kind: "dns.nxdomain", with: map[string]any{"Below": true}},
	{kind: "dns.truncated"},
	{kind: "dns.truncated", with: map[string]any{"TCP": "silent"}},
	{kind: "dns.mx.missing"},
	{kind: "dns.mx.null"},
	{kind: "dns.mx.wrong"},
	{kind: "dns.mx.flipped"},
	{kind: "dns.mx.backup-only"},
	{kind: "dns.stale", with: map[string]any{"Records": []string{"10 mx2.drill.test."}, "Clients": []string{"relay1"}}},
	{kind: "dns.wrong-address"},
	{kind: "dns.wrong-address", with: map[string]any{"Target": "mx2", "Clients": []string{"mx2"}}},
	{kind: "dns.ptr-missing", with: map[string]any{"Of": "relay1"}},
	{kind: "dns.spf"},
	{kind: "dns.spf", with: map[string]any{"Effect": "wrong"}},
	{kind: "dns.dkim", with: map[string]any{"Selector": "s1", "Effect": "wrong"}},
	{kind: "dns.dmarc", with: map[string]any{"Effect": "tempfail"}},
	{kind: "dns.dnsbl", with: map[string]any{"Zone": "list.test"}},
	{kind: "dns.dnsbl", with: map[string]any{"Zone": "list.test", "Effect": "timeout"}},
	{kind: "dns.dnsbl", with: map[string]any{"Zone": "list.test", "Effect": "servfail"}},
	{kind: "dns.mta-sts", with: map[string]any{"Effect": "mismatch"}},
	{kind: "dns.tlsa", with: map[string]any{"Effect": "mismatch"}},
	{kind: "dns.tlsa"},
}

// TestDNSFaultsOnRealServers: every DNS fault is seen from within the nodes'
// own networks, on and off.
func TestDNSFaultsOnRealServers(t *testing.T) {
	t.Parallel()
	top := named()
	s := up(t, needEngine(t), top, topology.Options{Faulted: []string{"dns1"}})
	for i := range dnsTrials {
		dnsTrials[i].on = "dns1"
	}
	tryOn(t, s, top, dnsTrials)
	t.Run("effective within 100 ms", func(t *testing.T) {
		for _, id := range []string{"dns.servfail", "dns.nxdomain", "dns.mx.null"} {
			kind, err := faults.Lookup(id)
			must(t, err)
			f, err := kind.New(set(nil))
			must(t, err)
			target := targetOf(t, s, top, kind, trial{kind: id, on: "dns1"})
			began := time.Now()
			must(t, f.Inject(t.Context(), target))
			called := time.Since(began)
			e, err := f.Verify(t.Context(), target)
			must(t, err)
			took := time.Since(began)
			must(t, f.Revert(t.Context(), target))
			t.Logf("%s: the call took %v, proven %v after it began", id, called, took)
			if !e.Installed || !e.Effective || called > 100*time.Millisecond {
				t.Errorf("%s: not effective within 100 ms of the call, which took %v: %+v", id, called, e)
			}
		}
	})
}

// postfixUnderDNSFaults is what a real Postfix that sends does at its first
// attempt: RFC 3463 tells 4.4.3 (the directory server failed) from 5.4.4 (unable
// to route).
var postfixUnderDNSFaults = []struct {
	kind string
	with map[string]any
	want fate
}{
	{"dns.servfail", nil, fate{"deferred", "4.4.3", "none"}},
	{"dns.refused", nil, fate{"deferred", "4.4.3", "none"}},
	{"dns.timeout", nil, fate{"deferred", "4.4.3", "none"}},
	{"dns.lame", nil, fate{"deferred", "4.4.3", "none"}},
	{"dns.truncated", nil, fate{"deferred", "4.4.3", "none"}},
	{"dns.nxdomain", nil, fate{"bounced", "5.4.4", "none"}},
	{"dns.mx.missing", nil, fate{"bounced", "5.4.4", "none"}}, // the domain has no address to fall back to
	{"dns.mx.null", nil, fate{"bounced", "5.1.0", "none"}},    // RFC 7505
	{"dns.mx.wrong", nil, fate{"bounced", "5.4.4", "none"}},   // the other host does not exist
	{"dns.mx.flipped", nil, fate{"sent", "2.0.0", "mx2.drill.test"}},
	{"dns.mx.backup-only", nil, fate{"sent", "2.0.0", "mx2.drill.test"}},
	{"dns.wrong-address", nil, fate{"sent", "2.0.0", "mx2.drill.test"}}, // the backup is tried at once
}

// TestWhatPostfixDoesAtDNSFaults reads the first attempt to deliver from the log
// of a Postfix that sends by the records of the domain.
func TestWhatPostfixDoesAtDNSFaults(t *testing.T) {
	t.Parallel()
	top := named()
	// A destination that failed is not tried for a while; each fault is to be met.
	top.Nodes[0].Settings = map[string]string{"default_destination_concurrency_failed_cohort_limit": "0"}
	s := up(t, needEngine(t), top, topology.Options{Faulted: []string{"dns1", "relay1"}})
	sendTo(t, s, "relay1", "undisturbed@drill.test")
	if got := fateAt(t, s, "relay1", "undisturbed@drill.test"); got.relay != "mx1.drill.test" {
		t.Fatalf("without a fault: %v, want mx1", got)
	}
	for _, c := range postfixUnderDNSFaults {
		t.Run(c.kind, func(t *testing.T) {
			to := strings.ReplaceAll(c.kind, ".", "-") + "@drill.test"
			got := fateUnder(t, s, top, trial{kind: c.kind, on: "dns1", with: c.with}, "relay1", to)
			t.Logf("%s: %v", c.kind, got)
			if got != c.want {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}
