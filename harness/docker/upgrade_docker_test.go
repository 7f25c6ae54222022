package docker_test

import (
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/harness/docker/images"
	"maildrill/harness/topology"
	"maildrill/harness/topology/runtimetest"
)

// TestAnUpgradeOnRealServers replaces Postfix by that of the next release of
// Debian, on the same queue, and rolls it back. Its image is made if need be,
// which takes minutes.
func TestAnUpgradeOnRealServers(t *testing.T) {
	t.Parallel()
	cli := needEngine(t)
	made, err := images.Ensure(t.Context(), cli, []string{"postfix:trixie"}, func(s string) { t.Log(s) })
	must(t, err)
	top := runtimetest.Topology()
	top.Nodes[0].Volumes = []topology.Volume{{Name: "queue", Path: "/var/spool/postfix"}}
	top.Nodes[0].Settings = map[string]string{"defer_transports": "lmtp"}
	s := up(t, cli, top, topology.Options{Faulted: []string{"mx1"}})
	healthy(t, faults.Target{Reach: reachOf(s, top, "mx1")})
	marks := hand(t, s, "mx1", topology.SMTP, "EHLO", 3)
	tryOn(t, s, top, []trial{{kind: "node.upgrade", on: "mx1", with: map[string]any{"Image": made["postfix:trixie"].Ref}, bystander: "store1", within: time.Minute}})
	if lost := missing(t, instance(t, s, "mx1"), "/var/spool/postfix", marks); lost > 0 {
		t.Errorf("%d of %d messages were lost", lost, len(marks))
	}
}
