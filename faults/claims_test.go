package faults_test

import (
	"strings"
	"testing"
	"time"

	"maildrill/faults"
)

// unborn is a node of which only the name is known, as while a scenario is
// compiled.
type unborn string

func (n unborn) Name() string { return string(n) }

// system is a topology before it runs.
func system() faults.Target {
	peer := func(name, role string, services map[string]int, volumes ...faults.Volume) faults.Peer {
		return faults.Peer{Name: name, Server: "postfix", Roles: []string{role}, Node: unborn(name), Services: services, Volumes: volumes}
	}
	disk := func(name string) faults.Volume { return faults.Volume{Name: name, Path: "/" + name, Size: 64 << 20} }
	return faults.Target{
		Domain: "drill.test",
		Peers: []faults.Peer{
			peer("relay1", "relay", map[string]int{"smtp": 25}, disk("queue")),
			peer("mx1", "mx", map[string]int{"smtp": 25, "submission": 587}),
			peer("mx2", "mx", map[string]int{"smtp": 25}),
			peer("store1", "store", map[string]int{"imap": 143, "pop3": 110, "lmtp": 24}, disk("mail"), disk("index")),
			peer("dns1", "dns", map[string]int{"dns": 53}),
			peer("outside", "outside", nil),
		},
		Zones: []faults.Zone{{Name: "drill.test", Records: []faults.Record{
			{Name: "@", Type: "MX", Value: "10 mx1.drill.test."}, {Name: "@", Type: "TXT", Value: `"v=spf1 -all"`},
			{Name: "mx1", Type: "A", Value: "192.0.2.1"}, {Name: "mx2", Type: "A", Value: "192.0.2.2"},
		}}},
	}
}

// at aims at a node, or at a link "relay1-mx1:25".
func at(t *testing.T, name string) faults.Target {
	t.Helper()
	target := system()
	from, rest, link := strings.Cut(name, "-")
	target.Node = unborn(from)
	if !link {
		return target
	}
	to, port, _ := strings.Cut(rest, ":")
	peer, ok := target.Peer(to)
	for service, n := range peer.Services {
		if ok && port == service {
			target.Link = &faults.Link{Name: name, To: peer, Service: service, Port: n}
		}
	}
	if target.Link == nil {
		t.Fatalf("no link %s", name)
	}
	return target
}

// claimed is a fault with its target: "net.loss on mx1", with its parameters.
type claimed struct{ kind, on, with string }

func (c claimed) claims(t *testing.T) []faults.Claim {
	t.Helper()
	f, err := kind(t, c.kind).New(with(c.with))
	if err != nil {
		t.Fatal(err)
	}
	target := at(t, c.on)
	if p, ok := f.(faults.Particular); ok {
		if err := p.Check(target); err != nil {
			t.Fatalf("%s on %s: %v", c.kind, c.on, err)
		}
	}
	return faults.ClaimsOf(f, target)
}

// TestWhatComposes: faults that can be told from each other may be on together;
// of others it is said over what they clash.
func TestWhatComposes(t *testing.T) {
	for name, c := range map[string]struct {
		a, b claimed
		over string // empty: they compose
	}{
		"two deaths":                                 {claimed{"node.crash", "mx1", ""}, claimed{"node.freeze", "mx1", ""}, "mx1 as a whole"},
		"deaths of two nodes":                        {claimed{"node.crash", "mx1", ""}, claimed{"node.freeze", "mx2", ""}, ""},
		"a process of a dead node":                   {claimed{"node.crash", "mx1", ""}, claimed{"process.kill", "mx1", "name: qmgr"}, "mx1 as a whole"},
		"two processes":                              {claimed{"process.kill", "mx1", "name: qmgr"}, claimed{"process.stop", "mx1", "name: smtpd"}, ""},
		"one process twice":                          {claimed{"process.kill", "mx1", "name: qmgr"}, claimed{"process.stop", "mx1", "name: qmgr"}, "process qmgr of mx1"},
		"a process and its limit":                    {claimed{"process.stop", "mx1", "name: qmgr"}, claimed{"resource.cpu", "mx1", ""}, ""},
		"two limits":                                 {claimed{"resource.pids", "mx1", ""}, claimed{"resource.cpu", "mx1", ""}, ""},
		"one limit twice":                            {claimed{"resource.cpu", "mx1", "cores: 0.1"}, claimed{"resource.cpu", "mx1", "cores: 0.5"}, "limit on cpu of mx1"},
		"a limit of a dead node":                     {claimed{"node.stop", "mx1", ""}, claimed{"resource.cpu", "mx1", ""}, "mx1 as a whole"},
		"a link of its dead client":                  {claimed{"node.crash", "relay1", ""}, claimed{"smtp.reply", "relay1-mx1:smtp", ""}, "relay1 as a whole"},
		"a link of its dead server":                  {claimed{"node.crash", "mx1", ""}, claimed{"link.slow", "relay1-mx1:smtp", ""}, "mx1 as a whole"},
		"a link beside a dead node":                  {claimed{"node.crash", "mx2", ""}, claimed{"smtp.reply", "relay1-mx1:smtp", ""}, ""},
		"two proxies":                                {claimed{"smtp.reply", "relay1-mx1:smtp", ""}, claimed{"link.slow", "relay1-mx1:smtp", ""}, "connections from relay1 to mx1:25"},
		"a proxy for all, one for a link":            {claimed{"smtp.tarpit", "mx1", ""}, claimed{"link.stall", "relay1-mx1:smtp", ""}, "connections from relay1 to mx1:25"},
		"proxies on two links":                       {claimed{"smtp.reply", "relay1-mx1:smtp", ""}, claimed{"smtp.reply", "relay1-mx2:smtp", ""}, ""},
		"a proxy on a cut way":                       {claimed{"net.partition", "mx1", "peers: [relay1]"}, claimed{"smtp.reply", "relay1-mx1:smtp", ""}, "way from relay1 to mx1"},
		"a proxy on another port":                    {claimed{"net.partition", "mx1", "{peers: [relay1], port: 587}"}, claimed{"smtp.reply", "relay1-mx1:smtp", ""}, ""},
		"a proxy on a lossy way":                     {claimed{"net.loss", "mx1", "peers: [relay1]"}, claimed{"smtp.reply", "relay1-mx1:smtp", ""}, "packet loss on the way from relay1 to mx1"},
		"a proxy beside a lossy way":                 {claimed{"net.loss", "mx1", "peers: [store1]"}, claimed{"smtp.reply", "relay1-mx1:smtp", ""}, ""},
		"mail that a proxy answers":                  {claimed{"load.surge", "mx1", "to: [u1@drill.test]"}, claimed{"smtp.reply", "mx1", ""}, "connections from outside to mx1:25"},
		"mail beside a proxy":                        {claimed{"load.surge", "mx1", "to: [u1@drill.test]"}, claimed{"smtp.reply", "relay1-mx1:smtp", ""}, ""},
		"slowness on a lossy way":                    {claimed{"net.loss", "mx1", "peers: [relay1]"}, claimed{"link.slow", "relay1-mx1:smtp", ""}, "packet loss on the way from relay1 to mx1"},
		"a cut way that loses":                       {claimed{"net.partition", "mx1", ""}, claimed{"net.loss", "relay1", ""}, "way from"},
		"loss twice":                                 {claimed{"net.loss", "mx1", ""}, claimed{"net.loss", "relay1", "rate: 5%"}, "packet loss on the way"},
		"two cuts, both look at others":              {claimed{"net.partition", "mx1", "peers: [mx2]"}, claimed{"net.partition", "mx1", "peers: [store1]"}, "way from mx1 to"},
		"cuts of two pairs":                          {claimed{"net.partition", "relay1", "peers: [mx1]"}, claimed{"net.partition", "mx2", "peers: [store1]"}, ""},
		"an isolated node and a dead one":            {claimed{"net.isolate", "mx1", ""}, claimed{"node.crash", "mx2", ""}, "mx2 as a whole"},
		"late packets, lost packets":                 {claimed{"net.latency", "mx1", "peers: [relay1]"}, claimed{"net.loss", "mx1", "peers: [relay1]"}, ""},
		"late twice":                                 {claimed{"net.latency", "mx1", "peers: [relay1]"}, claimed{"net.bandwidth", "relay1", ""}, "pace on the way"},
		"late packets beside a dead node":            {claimed{"net.latency", "mx1", "peers: [relay1]"}, claimed{"node.crash", "mx2", ""}, ""},
		"a cut that looks at a lossy way":            {claimed{"net.partition", "mx1", "peers: [relay1]"}, claimed{"net.loss", "mx1", "peers: [store1]"}, "packet loss on the way from mx1 to store1"},
		"a cut beside a slow way":                    {claimed{"net.partition", "mx1", "peers: [relay1]"}, claimed{"net.latency", "mx1", "peers: [store1]"}, ""},
		"a smart host that is down, and its way":     {claimed{"dep.smarthost", "relay1-mx1:smtp", ""}, claimed{"net.latency", "relay1-mx1:smtp", ""}, "way from relay1 to mx1:25"},
		"a cut that looks at a dead smart host":      {claimed{"dep.smarthost", "relay1-mx1:smtp", ""}, claimed{"net.partition", "relay1", "peers: [mx2]"}, "way from relay1 to mx1"},
		"a cut that looks at a smart host that runs": {claimed{"dep.smarthost", "relay1-mx1:smtp", "mode: 4xx"}, claimed{"net.partition", "relay1", "peers: [mx2]"}, ""},
		"late packets of a cut way":                  {claimed{"net.latency", "mx1", "peers: [relay1]"}, claimed{"net.isolate", "mx1", ""}, "way from"},
		"late packets without a network":             {claimed{"net.latency", "mx1", "peers: [relay1]"}, claimed{"net.nic-down", "mx1", ""}, "way from"},
		"lost and broken packets":                    {claimed{"net.loss", "mx1", ""}, claimed{"net.corrupt", "mx1", ""}, "packet loss"},
		"late and doubled packets":                   {claimed{"net.latency", "mx1", ""}, claimed{"net.duplicate", "mx1", ""}, ""},
		"a bad certificate, found at the next start": {claimed{"node.crash", "mx1", ""}, claimed{"cert.expired", "mx1", "service: smtp"}, ""},
		"a bad certificate twice":                    {claimed{"cert.rotated-wrong", "mx1", "service: smtp"}, claimed{"cert.expired", "mx1", "service: smtp"}, "file /etc/postfix/tls.pem of mx1"},
		"a bad configuration of a dead server":       {claimed{"node.stop", "mx1", ""}, claimed{"config.bad-reload", "mx1", "{file: /etc/postfix/main.cf, line: x}"}, "mx1 as a whole"},
		"mail out, mail in":                          {claimed{"net.egress-block", "mx1", ""}, claimed{"net.conn-limit", "mx1", "port: 25"}, ""},
		"names and a dead mail server":               {claimed{"dns.servfail", "dns1", ""}, claimed{"node.crash", "mx1", ""}, ""},
		"names for a dead mail server":               {claimed{"dns.servfail", "dns1", "clients: [mx1]"}, claimed{"node.crash", "mx1", ""}, "mx1 as a whole"},
		"names and a cut way":                        {claimed{"dns.slow", "dns1", ""}, claimed{"net.partition", "mx1", "peers: [mx2]"}, ""},
		"one question, two answers":                  {claimed{"dns.mx.missing", "dns1", ""}, claimed{"dns.mx.null", "dns1", ""}, "what dns1 answers for drill.test."},
		"a name and all names":                       {claimed{"dns.mx.missing", "dns1", ""}, claimed{"dns.servfail", "dns1", "name: '*'"}, "what dns1 answers for"},
		"two types of one name":                      {claimed{"dns.spf", "dns1", "effect: missing"}, claimed{"dns.slow", "dns1", "{name: mx2.drill.test, type: A}"}, ""},
		"one question of two clients":                {claimed{"dns.mx.missing", "dns1", "clients: [mx1]"}, claimed{"dns.mx.null", "dns1", "clients: [mx2]"}, ""},
		"a dead name server":                         {claimed{"node.crash", "dns1", ""}, claimed{"dns.slow", "dns1", ""}, "dns1 as a whole"},
		"a volume twice":                             {claimed{"storage.full", "store1", "volume: mail"}, claimed{"storage.delete", "store1", "{volume: mail, path: u1}"}, "volume mail of store1"},
		"two volumes":                                {claimed{"storage.full", "store1", "volume: mail"}, claimed{"storage.slow", "store1", "volume: index"}, ""},
		"a volume of a dead node":                    {claimed{"storage.power-cut", "store1", ""}, claimed{"storage.full", "store1", "volume: mail"}, "store1 as a whole"},
		"a lost disk ends its server":                {claimed{"storage.disk-lost", "relay1", ""}, claimed{"process.stop", "relay1", "name: qmgr"}, "relay1 as a whole"},
		"a slow disk and lost packets":               {claimed{"storage.slow", "store1", "volume: mail"}, claimed{"net.loss", "store1", ""}, ""},
		"a surge on a dying node":                    {claimed{"load.surge", "mx1", "to: [u1@drill.test]"}, claimed{"node.crash", "mx1", ""}, ""},
		"a flood of a dying node":                    {claimed{"load.connection-flood", "mx1", ""}, claimed{"node.crash", "mx1", ""}, "mx1 as a whole"},
		"load twice":                                 {claimed{"load.surge", "mx1", "to: [u1@drill.test]"}, claimed{"load.connection-flood", "mx1", ""}, "clients that nobody asked for of mx1"},
	} {
		t.Run(name, func(t *testing.T) {
			a, b := c.a.claims(t), c.b.claims(t)
			for _, pair := range [][2][]faults.Claim{{a, b}, {b, a}} {
				of, _, found := faults.Clash(pair[0], pair[1])
				if found != (c.over != "") || found && !strings.Contains(of.String(), c.over) {
					t.Errorf("clash %v over %q, want it over %q", found, of, c.over)
				}
			}
		})
	}
}

// TestEveryKindClashesWithItself: a fault clashes with itself on one target, so that
// none can be on twice unseen.
func TestEveryKindClashesWithItself(t *testing.T) {
	on := func(k faults.Kind) string {
		switch family, _, _ := strings.Cut(k.ID, "."); {
		case family == "dns":
			return "dns1"
		case family == "storage", family == "lmtp", family == "imap", family == "pop3", k.ID == "load.reconnect-storm", k.ID == "load.auth-brute-force":
			return "store1"
		}
		return "mx1"
	}
	for _, k := range faults.Catalogue {
		f, err := k.New(with(required[k.ID]))
		if err != nil {
			continue // its parameters are tested elsewhere
		}
		claims := faults.ClaimsOf(f, at(t, on(k)))
		if _, _, found := faults.Clash(claims, claims); !found && k.ID != "dep.directory" && k.ID != "dep.filter" {
			t.Errorf("%s claims %v", k.ID, claims)
		}
	}
}

// A way by a version of IP that the topology does not have cannot be disturbed.
func TestFamiliesThatAreNotThereAreRefused(t *testing.T) {
	for _, id := range []string{"net.partition", "net.loss", "net.latency", "net.reset", "net.half-open", "net.bandwidth"} {
		params := "{peers: [relay1], family: ipv6}"
		if id == "net.half-open" {
			params = "{peers: [relay1], family: ipv6, direction: to}"
		}
		f, err := kind(t, id).New(with(params))
		if err != nil {
			t.Fatal(err)
		}
		target := at(t, "mx1")
		for _, has := range []bool{true, false} {
			target.IPv6 = has
			if err := f.(faults.Particular).Check(target); (err == nil) != has {
				t.Errorf("%s, IPv6 %v: %v", id, has, err)
			}
		}
	}
}

// Two links of one client are disturbed by rules of different names.
func TestRulesOfTwoTargetsDiffer(t *testing.T) {
	f, err := kind(t, "link.slow").New(with(""))
	if err != nil {
		t.Fatal(err)
	}
	a, b := at(t, "relay1-mx1:smtp"), at(t, "relay1-mx2:smtp")
	a.Hold, b.Hold = time.Second, time.Second
	if one, two := f.Undo(a), f.Undo(b); len(one) != 1 || len(two) != 1 || one[0].Args["id"] == two[0].Args["id"] {
		t.Errorf("%v and %v", one, two)
	}
}
