package docker_test

import (
	"testing"

	"maildrill/harness/topology"
)

// TestStreamFaultsOnRealServers runs the conformance suite of every kind that
// acts on streams between real Postfix and Dovecot.
func TestStreamFaultsOnRealServers(t *testing.T) {
	t.Parallel()
	cli := needEngine(t)
	top := withBackup()
	top.Links = append(top.Links, topology.Link{Name: "outside-store1", From: "outside", To: "store1", Service: topology.IMAP})
	s := up(t, cli, top, topology.Options{Faulted: []string{"mx1", "mx2", "store1"}})
	tryOn(t, s, top, []trial{
		{kind: "link.reset", on: "mx2-mx1", bystander: "store1"},
		{kind: "link.reset", on: "outside-store1", with: map[string]any{"Bytes": 2000}, bystander: "mx1"},
		{kind: "link.reset", on: "mx1", bystander: "store1"},
		{kind: "link.stall", on: "mx1-store1", bystander: "mx1"},
		{kind: "link.slicer", on: "mx2-mx1", bystander: "store1"},
		{kind: "link.slow-close", on: "mx1-store1", bystander: "mx1"},
		{kind: "link.slow", on: "mx2-mx1", bystander: "store1"},
	})
}
