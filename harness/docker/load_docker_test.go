package docker_test

import (
	"testing"

	"maildrill/faults"
	"maildrill/harness/planning"
	"maildrill/harness/topology"
	"maildrill/harness/topology/runtimetest"
	"maildrill/scenarios"
)

// TestLoadFaultsOnRealServers: clients from the outside node come to a real
// Postfix and a real Dovecot.
func TestLoadFaultsOnRealServers(t *testing.T) {
	top := runtimetest.Topology()
	s := up(t, needEngine(t), top, topology.Options{})
	to := []string{top.Accounts[0].Address, top.Accounts[1].Address}
	tryOn(t, s, top, []trial{
		{kind: "load.connection-flood", on: "mx1", with: map[string]any{"Sessions": 20}, bystander: "store1"},
		{kind: "load.slow-senders", on: "mx1", with: map[string]any{"Sessions": 20}, bystander: "store1"},
		{kind: "load.mail-bomb", on: "mx1", with: map[string]any{"To": to[0], "Count": 50}, bystander: "dns1"},
		{kind: "load.surge", on: "mx1", with: map[string]any{"To": to, "Rate": 20.0}, bystander: "dns1"},
		{kind: "load.bounce-storm", on: "mx1", with: map[string]any{"To": to, "Count": 50}, bystander: "dns1"},
		{kind: "load.auth-brute-force", on: "store1", with: map[string]any{"User": top.Accounts[0].User}, bystander: "mx1"},
		{kind: "load.reconnect-storm", on: "store1", bystander: "mx1",
			with: map[string]any{"User": top.Accounts[0].User, "Password": top.Accounts[0].Password, "Sessions": 8}},
	})
}

// TestAStolenAccountOnARealServer: one who has a password sends through
// submission, and one who has none does not.
func TestAStolenAccountOnARealServer(t *testing.T) {
	t.Parallel()
	doc, problems, err := scenarios.FindTopology("single-server")
	must(t, err)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	top := planning.ResolveTopology(doc.Topology, string(topology.Drill), 2)
	s := up(t, needEngine(t), top, topology.Options{})
	eventuallyTrue(t, "submission is open", func() bool { // the node is ready when its store is
		conn, err := s.Dial(t.Context(), "mail1", topology.MSA)
		if err != nil {
			return false
		}
		return conn.Close() == nil
	})
	thief, others := top.Accounts[0], []string{top.Accounts[1].Address, "nobody@drill.test"}
	with := map[string]any{"User": thief.User, "Password": thief.Password, "To": others, "Count": 50}
	stolen := trial{kind: "load.stolen-account", on: "mail1", with: with, bystander: "dns1"}
	tryOn(t, s, top, []trial{stolen})
	t.Run("a password that is wrong", func(t *testing.T) {
		with["Password"] = "changed"
		kind, err := faults.Lookup(stolen.kind)
		must(t, err)
		fault, err := kind.New(set(with))
		must(t, err)
		target := targetOf(t, s, top, kind, stolen)
		must(t, fault.Inject(t.Context(), target))
		eventuallyTrue(t, "a login is turned down", func() bool {
			e, err := fault.Verify(t.Context(), target)
			must(t, err)
			if e.Effective {
				t.Fatalf("mail was sent: %+v", e)
			}
			return e.Counters["denied"] > 0
		})
		must(t, fault.Revert(t.Context(), target))
	})
}
