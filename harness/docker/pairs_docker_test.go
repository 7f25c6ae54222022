package docker_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/faults/faulttest"
	"maildrill/harness/planning"
	"maildrill/harness/topology"
)

// representatives are one fault of each family, where it can be on beside most
// others.
var representatives = []trial{
	{kind: "node.crash", on: "mx2"},
	{kind: "process.stop", on: "mx1", with: map[string]any{"Name": "qmgr"}},
	{kind: "resource.cpu", on: "store1"},
	{kind: "net.partition", on: "mx1-store1"},
	{kind: "net.loss", on: "mx1", with: map[string]any{"Peers": []string{"store1"}, "Rate": "40%"}},
	{kind: "dns.servfail", on: "dns1"},
	{kind: "link.slow", on: "mx2-mx1"},
	{kind: "smtp.reply", on: "outside-mx1"},
	{kind: "lmtp.reply", on: "mx1-store1"},
	{kind: "storage.slow", on: "store1", with: map[string]any{"Delay": 100 * time.Millisecond}},
	{kind: "load.surge", on: "mx1", with: map[string]any{"To": []string{"u1@drill.test"}, "Rate": 5.0}},
}

// telling are the pairs of the quick suite: of two nodes, of two proxies before
// one server, of a node and its network, of a disk and the load on it.
var telling = [][2]string{
	{"node.crash", "dns.servfail"}, {"link.slow", "smtp.reply"}, {"process.stop", "net.partition"}, {"storage.slow", "load.surge"},
}

// TestPairsOnRealServers tries representatives of two families together, and
// prints which pairs are proven and which are refused, with the reason.
func TestPairsOnRealServers(t *testing.T) {
	cli := needEngine(t)
	top := withBackup()
	top.Nodes[1].Volumes = []topology.Volume{{Name: "mail", Path: "/srv/mail", Size: 32 << 20}}
	s := up(t, cli, top, topology.Options{})
	var table []string
	defer func() { t.Logf("pairs:\n%s", strings.Join(table, "\n")) }()
	for i, a := range representatives {
		for _, b := range representatives[i+1:] {
			name := a.kind + " and " + b.kind
			if of, _, clash := faults.Clash(claimsOf(t, top, a), claimsOf(t, top, b)); clash {
				table = append(table, fmt.Sprintf("%-32s refused: both need %s", name, of))
				continue
			}
			if quick() && !slices.Contains(telling, [2]string{a.kind, b.kind}) {
				continue
			}
			began := time.Now()
			passed := t.Run(name, func(t *testing.T) { tryPair(t, s, top, a, b) })
			if time.Since(began) > time.Millisecond { // it was not left out by -run
				table = append(table, fmt.Sprintf("%-32s proven together: %v, %.1f s", name, passed, time.Since(began).Seconds()))
			}
		}
	}
}

func tryPair(t *testing.T, s topology.System, top topology.Topology, a, b trial) {
	var members [2]faulttest.Member
	for i, c := range []trial{a, b} {
		kind, err := faults.Lookup(c.kind)
		must(t, err)
		members[i] = faulttest.Member{Kind: kind, With: set(c.with), Target: func(t *testing.T) faults.Target {
			target := targetOf(t, s, top, kind, c)
			healthy(t, target)
			return target
		}}
	}
	faulttest.Pair(t, members[0], members[1], faulttest.Options{Within: 30 * time.Second, Every: 75 * time.Millisecond})
}

// claimsOf are those of a trial, as the compiler sees it.
func claimsOf(t *testing.T, top topology.Topology, c trial) []faults.Claim {
	t.Helper()
	kind, err := faults.Lookup(c.kind)
	must(t, err)
	fault, err := kind.New(set(c.with))
	must(t, err)
	return faults.ClaimsOf(fault, planning.Target(top, planning.Aim(top, kind, c.on)[0]))
}
