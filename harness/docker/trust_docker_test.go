package docker_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"maildrill/harness/topology"
	"maildrill/harness/topology/runtimetest"
)

// trusting is a system whose servers have TLS, with a balancer before them.
func trusting() topology.Topology {
	t := runtimetest.Topology()
	maps.Copy(t.Nodes[0].Services, map[topology.Service]int{topology.MSA: 587, topology.Submissions: 465})
	t.Nodes[0].Mail.Auth = true
	t.Nodes[1].Services[topology.IMAPS] = 993
	t.Nodes = append(t.Nodes, topology.Node{
		Name: "lb1", Host: "lb1.drill.test", Roles: []topology.Role{topology.Balancer}, Server: "haproxy",
		Services: map[topology.Service]int{topology.SMTP: 25}, Health: topology.Health{Service: topology.SMTP, Expect: "220"},
	})
	t.Links = append(t.Links, topology.Link{Name: "lb1-mx1", From: "lb1", To: "mx1", Service: topology.SMTP})
	t.Zones[0].Records = append(t.Zones[0].Records, topology.Record{Name: "lb1", Type: "A", TTL: 5 * time.Second, Node: "lb1"})
	return t
}

// configurations shows the servers' files: content, permissions, owner, time of
// change.
func configurations(t *testing.T, s topology.System) string {
	t.Helper()
	var all strings.Builder
	for node, files := range map[string]string{
		"mx1": "/etc/postfix/main.cf /etc/postfix/tls.pem", "store1": "/etc/dovecot/dovecot.conf /etc/dovecot/tls.pem", "lb1": "/etc/haproxy/haproxy.cfg",
	} {
		i, _ := s.Instance(node)
		out, err := i.(topology.Execer).Exec(t.Context(), []string{"sh", "-c", "stat -c '%n %a %U:%G %y' " + files + "; sha256sum " + files})
		must(t, err)
		all.Write(out.Stdout)
	}
	return all.String()
}

// TestTrustFaultsOnRealServers runs the conformance suite of every kind that
// changes a server's configuration, on Postfix, Dovecot and HAProxy.
func TestTrustFaultsOnRealServers(t *testing.T) {
	t.Parallel()
	top := trusting()
	s := up(t, needEngine(t), top, topology.Options{Faulted: []string{"mx1", "store1", "lb1"}})
	before := lines(configurations(t, s))
	at := func(service string) map[string]any { return map[string]any{"Service": service} }
	tryOn(t, s, top, []trial{
		{kind: "cert.expired", on: "mx1", bystander: "store1"},
		{kind: "cert.expired", on: "store1", bystander: "dns1"},
		{kind: "cert.expired", on: "mx1", with: map[string]any{"Reload": false}, bystander: "store1"},
		{kind: "cert.wrong-name", on: "mx1", with: at("submission"), bystander: "store1"},
		{kind: "cert.wrong-name", on: "store1", with: at("lmtp"), bystander: "dns1"},
		{kind: "cert.untrusted", on: "store1", with: at("imap"), bystander: "dns1"},
		{kind: "cert.rotated-wrong", on: "mx1", bystander: "store1"},
		{kind: "cert.rotated-wrong", on: "mx1", with: at("submission"), bystander: "store1"},
		{kind: "cert.rotated-wrong", on: "store1", bystander: "dns1"},
		{kind: "cred.revoked", on: "store1", bystander: "dns1"},
		{kind: "cred.revoked", on: "store1", with: map[string]any{"User": "u2@drill.test"}, bystander: "dns1"},
		{kind: "config.bad-reload", on: "mx1", bystander: "store1"},
		{kind: "config.bad-reload", on: "store1", bystander: "dns1"},
		{kind: "config.bad-reload", on: "lb1", bystander: "store1"},
	})
	if after := lines(configurations(t, s)); !maps.Equal(before, after) {
		t.Errorf("after all faults the files are not what they were:\n%v\nbefore:\n%v", after, before)
	}
}

// lines is a text whose order does not matter.
func lines(text string) map[string]bool {
	all := map[string]bool{}
	for l := range strings.Lines(text) {
		all[l] = true
	}
	return all
}
