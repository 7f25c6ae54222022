package docker_test

import (
	"strings"
	"testing"

	"maildrill/faults"
	"maildrill/harness/topology"
	"maildrill/harness/topology/runtimetest"
)

// TestANodeIsReplacedOnRealServers, with its volumes and with new ones.
func TestANodeIsReplacedOnRealServers(t *testing.T) {
	t.Parallel()
	top := runtimetest.Topology()
	top.Nodes[1].Volumes = []topology.Volume{{Name: "mail", Path: "/srv/mail"}}
	s := up(t, needEngine(t), top, topology.Options{})
	shell := func(script string) string {
		node, _ := s.Instance("store1")
		out, err := node.(topology.Execer).Exec(t.Context(), []string{"sh", "-c", script})
		must(t, err)
		return strings.TrimSpace(string(out.Stdout))
	}
	for _, keep := range []bool{true, false} {
		shell("touch /srv/mail/kept /etc/layer")
		tryOn(t, s, top, []trial{{kind: "node.replace", on: "store1", with: map[string]any{"KeepVolumes": keep}, bystander: "mx1"}})
		healthy(t, faults.Target{Reach: reachOf(s, top, "store1")})
		want := ""
		if keep {
			want = "/srv/mail/kept"
		}
		if got := shell("ls /srv/mail/kept /etc/layer 2>/dev/null"); got != want {
			t.Errorf("keep volumes %v: left is %q, want %q", keep, got, want)
		}
	}
}
