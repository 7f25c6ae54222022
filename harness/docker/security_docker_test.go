package docker_test

import (
	"strings"
	"testing"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/security"
	"maildrill/harness/topology"
	"maildrill/harness/topology/runtimetest"
)

// TestSecurityOfRealServers asks Postfix and Dovecot as they should be, and one
// Postfix that relays for everybody.
func TestSecurityOfRealServers(t *testing.T) {
	top := runtimetest.Topology()
	for i, n := range top.Nodes {
		if n.Name == "store1" {
			top.Nodes[i].Services[topology.IMAPS] = topology.DefaultPort[topology.IMAPS] // and so STARTTLS at the other port
		}
	}
	top.Nodes = append(top.Nodes,
		topology.Node{Name: "open1", Host: "open1.drill.test", Roles: []topology.Role{topology.Relay}, Server: "postfix", Queue: "postfix",
			Services: map[topology.Service]int{topology.SMTP: 25}, Mail: topology.Mail{RelayAnything: true}, Health: topology.Health{Service: topology.SMTP, Expect: "220"}},
		topology.Node{Name: "msa1", Host: "msa1.drill.test", Roles: []topology.Role{topology.Submission}, Server: "postfix", Queue: "postfix",
			Services: map[topology.Service]int{topology.MSA: 587}, Mail: topology.Mail{Auth: true}, Health: topology.Health{Service: topology.MSA, Expect: "220"}})
	s := up(t, needEngine(t), top, topology.Options{})

	shut := map[string]string{ledger.AskRelay: "refused", ledger.AskRelayForged: "refused", ledger.AskRelayRouted: "refused"}
	users := map[string]string{ledger.AskNoAuth: "refused", ledger.AskWrongPassword: "refused", ledger.AskStartTLS: "offered", ledger.AskCertificate: "shown"}
	for _, c := range []struct {
		node    string
		service topology.Service
		want    []map[string]string
	}{
		{"mx1", topology.SMTP, []map[string]string{shut, {ledger.AskStartTLS: "absent", ledger.AskClearAuth: "absent"}}},
		{"open1", topology.SMTP, []map[string]string{{ledger.AskRelay: "taken", ledger.AskRelayForged: "taken"}}},
		{"msa1", topology.MSA, []map[string]string{shut, users, {ledger.AskClearAuth: "offered"}}},
		{"store1", topology.IMAP, []map[string]string{{ledger.AskWrongPassword: "refused", ledger.AskStartTLS: "offered", ledger.AskCertificate: "shown", ledger.AskClearAuth: "offered"}}},
	} {
		i := security.Interview{Dialer: s, Node: c.node, Service: c.service, Account: top.Accounts[0], Foreign: top.BounceDomain, Clock: func() time.Duration { return 0 }}
		got := map[string]ledger.SecurityAnswer{}
		for _, a := range i.Ask(t.Context(), 0) {
			if a.Question == ledger.AskCertificate && a.Found != "" {
				a.Found = "shown"
			}
			got[a.Question] = a
		}
		for _, part := range c.want {
			for question, want := range part {
				if a := got[question]; a.Found != want {
					t.Errorf("%s of %s, %s: %q, want %q:\n%s", c.service, c.node, question, a.Found, want, a.Said)
				}
			}
		}
	}
}

// TestServersHaveRoomToLog: with the ten datagrams of a new network namespace a
// reload of a busy Postfix can stop it for good.
func TestServersHaveRoomToLog(t *testing.T) {
	for _, held := range [][]string{nil, {"mx1"}} { // with a namespace of its own, and in that of its holder
		s := up(t, needEngine(t), runtimetest.Topology(), topology.Options{Faulted: held})
		out, err := instance(t, s, "mx1").(topology.Execer).Exec(t.Context(), []string{"cat", "/proc/sys/net/unix/max_dgram_qlen"})
		if err != nil || strings.TrimSpace(string(out.Stdout)) != "512" {
			t.Errorf("held %v: %q, %v", held, out.Stdout, err)
		}
	}
}
