package faulttest

import (
	"context"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"maildrill/faults"
)

// member is a fault on the node in memory.
func member(t *testing.T, n *Node, id, params string) Member {
	t.Helper()
	kind, err := faults.Lookup(id)
	if err != nil {
		t.Fatal(err)
	}
	return Member{Kind: kind,
		With:   func(into any) error { return yaml.Unmarshal([]byte(params), into) },
		Target: func(*testing.T) faults.Target { return n.Target() },
	}
}

// TestPairs: two faults of one node are told from each other, in both orders.
func TestPairs(t *testing.T) {
	for _, c := range [][4]string{
		{"process.stop", "name: qmgr", "process.kill", "name: smtpd"},
		{"process.stop", "name: qmgr", "net.egress-block", ""},
		{"process.stop", "name: qmgr", "storage.full", ""},
		{"net.egress-block", "", "storage.slow", ""},
		{"net.egress-block", "port: 2525", "net.egress-block", ""},
		{"storage.full", "", "resource.cpu", ""},
		{"storage.readonly", "", "net.loss", "{rate: 100%, port: 2525}"},
		{"load.connection-flood", "", "storage.slow", ""},
		{"load.connection-flood", "", "process.stop", "name: qmgr"},
		{"resource.pids", "", "resource.cpu", ""},
		{"node.crash", "", "load.mail-bomb", "to: u1@drill.test"},
	} {
		for _, order := range [][4]string{c, {c[2], c[3], c[0], c[1]}} {
			t.Run(order[0]+" and "+order[2], func(t *testing.T) {
				n := NewNode("mx1")
				Pair(t, member(t, n, order[0], order[1]), member(t, n, order[2], order[3]), Options{Every: time.Millisecond})
			})
		}
	}
}

// greedy takes every rule of its mechanism off with its own.
type greedy struct{ faults.Fault }

func (g greedy) Revert(ctx context.Context, t faults.Target) error {
	n := t.Node.(faults.Ruler)
	all, err := n.Rules(ctx, faults.Packets)
	for _, r := range all {
		err = n.Take(ctx, faults.Packets, r.ID)
	}
	return err
}

func (g greedy) Claims(t faults.Target) []faults.Claim { return faults.ClaimsOf(g.Fault, t) }

// TestPairsGoneWrongAreFound: one that takes the other along, one that stays, and
// two that cannot compose.
func TestPairsGoneWrongAreFound(t *testing.T) {
	for name, c := range map[string]struct {
		node  *Node
		first string // parameters of the first
		wrap  func(faults.Fault) faults.Fault
		want  string
	}{
		"takes the other along": {NewNode("mx1"), "port: 2525", func(f faults.Fault) faults.Fault { return greedy{f} }, "the second without the first: "},
		"stays":                 {NewNode("mx1", TakeFails), "port: 2525", nil, "take the first off: "},
		"cannot be told apart":  {NewNode("mx1"), "port: 25", nil, "may not be on together"},
	} {
		t.Run(name, func(t *testing.T) {
			var pair [2]*subject
			for i, params := range []string{c.first, ""} {
				m := member(t, c.node, "net.egress-block", params)
				s, err := newSubject(m.Kind, m.Target(t), Options{With: m.With, Within: 200 * time.Millisecond, Every: time.Millisecond})
				if err != nil {
					t.Fatal(err)
				}
				pair[i] = s
			}
			if c.wrap != nil {
				pair[0].fault = c.wrap(pair[0].fault)
			}
			if err := together(t.Context(), pair[0], pair[1]); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}
