package docker_test

import (
	"testing"

	"maildrill/harness/topology"
	"maildrill/harness/topology/runtimetest"
)

// TestResourceFaultsOnRealServers: a real Postfix starts a process for each
// connection that comes while others are open.
func TestResourceFaultsOnRealServers(t *testing.T) {
	top := runtimetest.Topology()
	for i := range top.Nodes {
		if top.Nodes[i].Name == "mx1" {
			top.Nodes[i].Settings = map[string]string{"service_throttle_time": "1s"}
		}
	}
	s := up(t, needEngine(t), top, topology.Options{})
	qmgr := func(t *testing.T) { wakeQmgr(t, instance(t, s, "mx1")) }
	tryOn(t, s, top, []trial{
		{kind: "resource.cpu", on: "store1", bystander: "mx1"},
		{kind: "resource.memory", on: "store1", bystander: "mx1"},
		{kind: "resource.memory", on: "mx1", bystander: "store1"},
		{kind: "resource.fds", on: "store1", with: map[string]any{"Name": "imap-login"}, bystander: "mx1"},
		{kind: "resource.fds", on: "store1", with: map[string]any{"Name": "lmtp", "Free": 1}, bystander: "mx1"},
		{kind: "resource.fds", on: "mx1", with: map[string]any{"Name": "qmgr"}, bystander: "store1", before: qmgr},
		{kind: "resource.fds", on: "mx1", with: map[string]any{"Name": "master"}, bystander: "store1"},
		{kind: "resource.oom", on: "store1", with: map[string]any{"Name": "imap-login"}, bystander: "mx1"},
		{kind: "resource.oom", on: "mx1", with: map[string]any{"Name": "qmgr"}, bystander: "store1", before: qmgr},
		{kind: "resource.oom", on: "store1", bystander: "mx1"},
		{kind: "resource.pids", on: "mx1", bystander: "store1"},
	})
}

// wakeQmgr waits until there is a queue manager. Postfix does not start one anew
// at once that has died of a fault (postconf(5), service_throttle_time), and then
// only for somebody who asks for it.
func wakeQmgr(t *testing.T, mx mortal) {
	t.Helper()
	eventuallyTrue(t, "there is a queue manager", func() bool {
		_, err := mx.Exec(t.Context(), []string{"postqueue", "-f"})
		must(t, err)
		all, err := mx.Processes(t.Context(), "qmgr")
		must(t, err)
		return len(all) > 0
	})
}
