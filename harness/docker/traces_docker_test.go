package docker_test

import (
	"context"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/harness/topology"
)

// TestTracesOnRealServers: what a fault does to rules, mounts and limits shows
// while it is held, as it would if it stayed, and nothing shows after it. Servers
// that end and start again show nothing.
func TestTracesOnRealServers(t *testing.T) {
	t.Parallel()
	cli := needEngine(t)
	top := withBackup()
	top.Nodes[1].Volumes = []topology.Volume{{Name: "mail", Path: "/srv/mail", Size: 32 << 20}}
	s := up(t, cli, top, topology.Options{})
	for _, c := range []struct {
		trial
		shows string // the node on which it does; empty: on none
	}{
		{trial{kind: "net.partition", on: "mx1-store1"}, "mx1"},
		{trial{kind: "smtp.reply", on: "mx2-mx1"}, "mx2"},
		{trial{kind: "dns.servfail", on: "dns1"}, "dns1"},
		{trial{kind: "resource.pids", on: "mx1"}, "mx1"},
		{trial{kind: "storage.readonly", on: "store1"}, "store1"},
		{trial{kind: "storage.unmounted", on: "store1"}, "store1"},
		{trial{kind: "node.crash", on: "mx1"}, "mx1"},
		{trial{kind: "process.stop", on: "mx1", with: map[string]any{"Name": "qmgr"}}, ""},
	} {
		t.Run(c.kind, func(t *testing.T) {
			kind, err := faults.Lookup(c.kind)
			must(t, err)
			target := targetOf(t, s, top, kind, c.trial)
			healthy(t, target)
			fault, err := kind.New(set(c.with))
			must(t, err)
			before := shots(t, s, top)
			_, err = fault.Verify(t.Context(), target)
			must(t, err)
			must(t, fault.Inject(t.Context(), target))
			held := left(before, shots(t, s, top))
			must(t, fault.Revert(t.Context(), target))
			healthy(t, target)
			t.Logf("while it is held: %q", held)
			for node, items := range held {
				if node != c.shows {
					t.Errorf("%s shows %q", node, items)
				}
			}
			if c.shows != "" && len(held[c.shows]) == 0 {
				t.Errorf("%s shows nothing", c.shows)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			for rest := left(before, shots(t, s, top)); len(rest) > 0; rest = left(before, shots(t, s, top)) {
				if ctx.Err() != nil {
					t.Fatalf("after it: %q", rest)
				}
			}
		})
	}
}

// shots looks at every node.
func shots(t *testing.T, s topology.System, top topology.Topology) map[string]faults.Snapshot {
	t.Helper()
	all := map[string]faults.Snapshot{}
	for _, n := range top.Nodes {
		i, _ := s.Instance(n.Name)
		shot, err := i.(faults.Snapshotter).Snapshot(t.Context())
		must(t, err)
		all[n.Name] = shot
	}
	return all
}

func left(before, after map[string]faults.Snapshot) map[string][]string {
	all := map[string][]string{}
	for node, shot := range before {
		if items := shot.Residue(after[node]); len(items) > 0 {
			all[node] = items
		}
	}
	return all
}
