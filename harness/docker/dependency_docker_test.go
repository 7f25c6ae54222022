package docker_test

import (
	"maps"
	"testing"

	"maildrill/faults"
	"maildrill/harness/planning"
	"maildrill/harness/topology"
	"maildrill/harness/topology/runtimetest"
	"maildrill/scenarios"
)

// directoryMap is how Postfix asks the directory (ldap_table(5)).
const directoryMap = `server_host = ldap://dir1.drill.test
version = 3
bind = no
timeout = 3
search_base = dc=drill,dc=test
query_filter = mail=%s
result_attribute = mail
`

// withDependencies is a mail exchanger that asks a directory who its recipients
// are, and lets a filter see the mail.
func withDependencies() topology.Topology {
	t := runtimetest.Topology()
	mx := &t.Nodes[0]
	mx.Files = map[string]string{"/etc/postfix/directory.cf": directoryMap}
	mx.Settings = map[string]string{}
	maps.Copy(mx.Settings, map[string]string{
		"virtual_mailbox_maps": "ldap:/etc/postfix/directory.cf",
		"smtpd_milters":        "inet:filter1.drill.test:8891", "milter_default_action": "tempfail",
	})
	for name, server := range map[string]topology.Service{"dir1": topology.LDAP, "filter1": topology.Milter} {
		kind := map[topology.Service]string{topology.LDAP: "directory", topology.Milter: "filter"}[server]
		t.Nodes = append(t.Nodes, topology.Node{
			Name: name, Host: name + ".drill.test", Roles: []topology.Role{topology.Other}, Server: kind,
			Services: map[topology.Service]int{server: topology.DefaultPort[server]}, Health: topology.Health{Service: server},
		})
		t.Zones[0].Records = append(t.Zones[0].Records, topology.Record{Name: name, Type: "A", TTL: t.Zones[0].Records[0].TTL, Node: name})
		t.Links = append(t.Links, topology.Link{Name: "mx1-" + name, From: "mx1", To: name, Service: server})
	}
	return t
}

// TestDependencyFaultsOnRealServers runs the conformance suite of every effect on
// OpenLDAP and OpenDKIM, as Postfix asks them.
func TestDependencyFaultsOnRealServers(t *testing.T) {
	t.Parallel()
	cli := needEngine(t)
	top := withDependencies()
	s := up(t, cli, top, topology.Options{Faulted: []string{"mx1", "dir1", "filter1"}})
	with := func(effect string) map[string]any { return map[string]any{"Effect": effect} }
	tryOn(t, s, top, []trial{
		{kind: "dep.directory", on: "mx1-dir1", with: with("empty"), bystander: "store1"},
		{kind: "dep.directory", on: "mx1-dir1", with: with("wrong"), bystander: "store1"},
		{kind: "dep.directory", on: "mx1-dir1", with: with("slow"), bystander: "store1"},
		{kind: "dep.directory", on: "dir1", with: with("down"), bystander: "store1"},
		{kind: "dep.filter", on: "mx1-filter1", with: with("accept-all"), bystander: "store1"},
		{kind: "dep.filter", on: "mx1-filter1", with: with("reject-all"), bystander: "store1"},
		{kind: "dep.filter", on: "mx1-filter1", with: with("tempfail"), bystander: "store1"},
		{kind: "dep.filter", on: "mx1-filter1", with: with("slow"), bystander: "store1"},
		{kind: "dep.filter", on: "filter1", with: with("down"), bystander: "store1"},
	})
}

// TestSmarthostFaultsOnRealServers: one Postfix logs in at another and sends
// through it.
func TestSmarthostFaultsOnRealServers(t *testing.T) {
	t.Parallel()
	doc, problems, err := scenarios.FindTopology("smart-host")
	must(t, err)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	top := planning.ResolveTopology(doc.Topology, string(topology.Drill), 2)
	s := up(t, needEngine(t), top, topology.Options{Faulted: []string{"office1", "smart1"}})
	const link = "office1-smart1"
	with := func(mode string) map[string]any { return map[string]any{"Mode": mode} }
	tryOn(t, s, top, []trial{
		{kind: "dep.smarthost", on: link, with: with("down"), bystander: "mail1"},
		{kind: "dep.smarthost", on: link, with: with("4xx"), bystander: "mail1"},
		{kind: "dep.smarthost", on: link, with: with("5xx"), bystander: "mail1"},
		{kind: "dep.smarthost", on: link, with: with("auth"), bystander: "mail1"},
		{kind: "dep.smarthost", on: link, with: with("slow"), bystander: "mail1"},
		{kind: "dep.smarthost", on: "smart1", with: with("5xx"), bystander: "mail1"},
	})
	for mode, want := range map[string]fate{
		"down": {"deferred", "4.4.1", "none"},
		"4xx":  {"deferred", "4.3.2", "smart1.provider.test"},
		"5xx":  {"bounced", "5.7.1", "smart1.provider.test"},
		"auth": {"deferred", "4.7.8", "smart1.provider.test"}, // smtp_sasl_auth_soft_bounce
	} {
		t.Run("what Postfix does under "+mode, func(t *testing.T) {
			c := trial{kind: "dep.smarthost", on: link, with: with(mode)}
			if got := fateUnder(t, s, top, c, "office1", mode+"@drill.test"); got != want {
				t.Errorf("%v, want %v", got, want)
			}
		})
	}
}

// TestABackendThatIsDeadBehindItsBalancer: HAProxy goes on to call it alive, and
// hands it connections that nobody greets.
func TestABackendThatIsDeadBehindItsBalancer(t *testing.T) {
	t.Parallel()
	doc, problems, err := scenarios.FindTopology("two-mx-haproxy")
	must(t, err)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	top := planning.ResolveTopology(doc.Topology, string(topology.Drill), 2)
	s := up(t, needEngine(t), top, topology.Options{Faulted: []string{"lb1", "mx1"}})
	dead := trial{kind: "dep.balancer-backend-dead", on: "lb1-mx1", bystander: "mx2"}
	tryOn(t, s, top, []trial{dead})
	t.Run("the balancer does not notice", func(t *testing.T) {
		kind, err := faults.Lookup(dead.kind)
		must(t, err)
		fault, err := kind.New(set(nil))
		must(t, err)
		target := targetOf(t, s, top, kind, dead)
		must(t, fault.Inject(t.Context(), target))
		served := 0
		for range 4 {
			if _, err := greeting(t, s, "lb1"); err == nil {
				served++
			}
		}
		said, err := instance(t, s, "lb1").(topology.HealthTeller).Health(t.Context())
		must(t, err)
		for _, c := range said {
			if !c.Healthy {
				t.Errorf("the balancer says %+v", c)
			}
		}
		must(t, fault.Revert(t.Context(), target))
		if t.Logf("%d of 4 connections were greeted", served); served != 2 {
			t.Errorf("%d of 4 connections were greeted, want every other one", served)
		}
	})
}
