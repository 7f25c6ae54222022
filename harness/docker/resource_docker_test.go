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
	s := up(t, needEngine(t), top, topology.Options{})
	tryOn(t, s, top, []trial{
		{kind: "resource.cpu", on: "store1", bystander: "mx1"},
		{kind: "resource.memory", on: "store1", bystander: "mx1"},
		{kind: "resource.memory", on: "mx1", bystander: "store1"},
		{kind: "resource.fds", on: "store1", with: map[string]any{"Name": "imap-login"}, bystander: "mx1"},
		{kind: "resource.fds", on: "store1", with: map[string]any{"Name": "lmtp", "Free": 1}, bystander: "mx1"},
		{kind: "resource.fds", on: "mx1", with: map[string]any{"Name": "qmgr"}, bystander: "store1"},
		{kind: "resource.fds", on: "mx1", with: map[string]any{"Name": "master"}, bystander: "store1"},
		{kind: "resource.oom", on: "store1", with: map[string]any{"Name": "imap-login"}, bystander: "mx1"},
		{kind: "resource.oom", on: "mx1", with: map[string]any{"Name": "qmgr"}, bystander: "store1"},
		{kind: "resource.oom", on: "store1", bystander: "mx1"},
		{kind: "resource.pids", on: "mx1", bystander: "store1"},
	})
}
