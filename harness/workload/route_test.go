package workload

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/miekg/dns"

	"maildrill/harness/ledger"
	"maildrill/harness/mx"
	"maildrill/harness/topology"
)

// twoExchangers has a primary and a backup.
var twoExchangers = []string{
	"drill.test. 30 MX 20 mx2.drill.test.", "drill.test. 30 MX 10 mx1.drill.test.",
	"mx1.drill.test. 30 A 192.0.2.1", "mx2.drill.test. 30 A 192.0.2.2",
}

// tried lists "host phase" of every attempt, the last one from the outcome.
func tried(m *memory) string {
	var all []string
	for _, e := range append(m.of(ledger.Try), m.of(ledger.Outcome)...) {
		all = append(all, fmt.Sprintf("%s:%d", e.Node, e.Phase))
	}
	return strings.Join(all, " ")
}

func TestRoutes(t *testing.T) {
	const resolve, connect, greeting, rcpt, reply, done = ledger.PhaseResolve, ledger.PhaseConnect,
		ledger.PhaseGreeting, ledger.PhaseRcpt, ledger.PhaseReply, ledger.PhaseDone
	type peers = map[string]func(net.Conn)
	ok := obliging.play
	path := func(steps ...any) string {
		var all []string
		for i := 0; i < len(steps); i += 2 {
			all = append(all, fmt.Sprintf("%v:%d", steps[i], steps[i+1]))
		}
		return strings.Join(all, " ")
	}
	const mx1, mx2 = "mx1.drill.test", "mx2.drill.test"
	for _, c := range []struct {
		name    string
		zone    *zone
		peers   peers
		path    string
		verdict ledger.Verdict
	}{
		{"the preferred one", &zone{records: twoExchangers}, peers{"192.0.2.1": ok, "192.0.2.2": ok}, path(mx1, done), ledger.Accepted},
		{"the backup after a refusal", &zone{records: twoExchangers}, peers{"192.0.2.2": ok}, path(mx1, connect, mx2, done), ledger.Accepted},
		{"the backup after silence", &zone{records: twoExchangers}, peers{"192.0.2.1": nil, "192.0.2.2": ok}, path(mx1, connect, mx2, done), ledger.Accepted},
		{"the backup after a frozen host", &zone{records: twoExchangers},
			peers{"192.0.2.1": obliging.with("greeting", hang).play, "192.0.2.2": ok}, path(mx1, greeting, mx2, done), ledger.Accepted},
		{"the backup after 450", &zone{records: twoExchangers},
			peers{"192.0.2.1": obliging.with("RCPT", "450 later").play, "192.0.2.2": ok}, path(mx1, rcpt, mx2, done), ledger.Accepted},
		{"no backup after 550", &zone{records: twoExchangers},
			peers{"192.0.2.1": obliging.with("RCPT", "550 who?").play, "192.0.2.2": ok}, path(mx1, rcpt), ledger.RejectedPermanent},
		{"no backup in the reply gap", &zone{records: twoExchangers},
			peers{"192.0.2.1": obliging.with(".", cut).play, "192.0.2.2": ok}, path(mx1, reply), ledger.Indeterminate},
		{"nobody", &zone{records: twoExchangers}, peers{}, path(mx1, connect, mx2, connect), ledger.NotAttempted},
		{"every address", &zone{records: append(slices.Clone(twoExchangers), "mx1.drill.test. 30 AAAA 2001:db8::1")},
			peers{"2001:db8::1": ok}, path(mx1, connect, mx1, done), ledger.Accepted},
		{"a host without address", &zone{records: []string{twoExchangers[0], twoExchangers[1], twoExchangers[3]}},
			peers{"192.0.2.2": ok}, path("ns", resolve, mx2, done), ledger.Accepted},
		{"implicit MX", &zone{records: []string{"drill.test. 30 A 192.0.2.9"}}, peers{"192.0.2.9": ok}, path("drill.test", done), ledger.Accepted},
		{"null MX", &zone{records: []string{"drill.test. 30 MX 0 ."}}, peers{}, path("ns", resolve), ledger.NotAttempted},
		{"no such domain", &zone{rcode: dns.RcodeNameError}, peers{}, path("ns", resolve), ledger.NotAttempted},
		{"broken name server", &zone{rcode: dns.RcodeServerFailure, records: twoExchangers}, peers{"192.0.2.1": ok}, path("ns", resolve), ledger.NotAttempted},
		{"silent name server", nil, peers{"192.0.2.1": ok}, path("ns", resolve), ledger.NotAttempted},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c.peers["ns"] = nil
				if c.zone != nil {
					c.peers["ns"] = c.zone.play
				}
				m := &memory{}
				if _, err := drill(t, direct, &world{peers: c.peers}, m); err != nil {
					t.Fatal(err)
				}
				outcomes := m.of(ledger.Outcome)
				if got := tried(m); got != c.path || len(outcomes) != 1 || outcomes[0].Verdict != c.verdict {
					t.Errorf("tried %s, outcomes %+v\nwant  %s, verdict %d", got, outcomes, c.path, c.verdict)
				}
				if len(m.of(ledger.Intent)) > 1 {
					t.Error("two intents for one copy")
				}
			})
		})
	}
}

// Whatever ends an attempt before the terminator leads to the next host, but a
// permanent refusal of the mail; nothing that ends it after does.
func TestEveryEndingLeadsOnOrNot(t *testing.T) {
	for _, c := range verdictCases {
		if c.server == nil || c.server["tls"] != "" || c.server["auth"] != "" {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := &memory{}
				z := &zone{records: twoExchangers}
				w := &world{peers: map[string]func(net.Conn){"ns": z.play, "192.0.2.1": c.server.play, "192.0.2.2": obliging.play}}
				cfg := direct
				cfg.Sizes = []int64{200 << 10}
				if _, err := drill(t, cfg, w, m); err != nil {
					t.Fatal(err)
				}
				want := ledger.Entry{Node: "mx1.drill.test", Verdict: c.verdict}
				if c.phase < ledger.PhaseReply && c.verdict != ledger.RejectedPermanent {
					want = ledger.Entry{Node: "mx2.drill.test", Verdict: ledger.Accepted}
				}
				if got := m.of(ledger.Outcome); len(got) != 1 || got[0].Node != want.Node || got[0].Verdict != want.Verdict {
					t.Errorf("outcomes %+v, want verdict %d at %s", got, want.Verdict, want.Node)
				}
			})
		})
	}
}

// Hosts of equal preference share the load, the same way for the same seed.
func TestEqualPreferencesAreShuffled(t *testing.T) {
	equal := []mx.Exchanger{{Name: "a", Preference: 10}, {Name: "b", Preference: 10}, {Name: "c", Preference: 20}}
	first := map[string]int{}
	for seq := range 200 {
		name := fmt.Sprintf("hosts of %d", seq)
		hosts := ordered(equal, stream(1, name))
		again := ordered([]mx.Exchanger{equal[2], equal[1], equal[0]}, stream(1, name))
		if !slices.Equal(hosts, again) || hosts[2].name != "c" {
			t.Fatalf("%v, then %v", hosts, again)
		}
		first[hosts[0].name]++
	}
	if first["a"] < 60 || first["b"] < 60 {
		t.Errorf("first hosts %v", first)
	}
}

func TestServices(t *testing.T) {
	for entry, want := range map[string]topology.Service{EntryMX: topology.SMTP, EntryRelay: topology.SMTP, EntrySubmission: topology.MSA} {
		if got := (Config{Entry: entry}).service(); got != want {
			t.Errorf("entry %s enters by %s", entry, got)
		}
	}
}
