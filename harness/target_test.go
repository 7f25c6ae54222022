package harness

import (
	"slices"
	"testing"

	"maildrill/harness/topology"
)

// An MX greets its senders after it has asked its filter: when that is dead it is
// hurt, and nobody reached further than he should.
func TestWhoAsksATouchedNodeIsTheLastBystander(t *testing.T) {
	node := func(name string, role topology.Role, service topology.Service) topology.Node {
		return topology.Node{Name: name, Roles: []topology.Role{role}, Health: topology.Health{Service: service}}
	}
	system := topology.Topology{
		Nodes: []topology.Node{node("mx1", topology.MX, topology.SMTP), node("filter1", "", topology.Milter),
			node("store1", topology.Store, topology.LMTP), node("dns1", topology.DNS, topology.Domain)},
		Links: []topology.Link{{From: "mx1", To: "filter1", Service: topology.Milter}, {From: "mx1", To: "store1", Service: topology.LMTP}},
	}
	for _, c := range []struct {
		touched string
		want    []string
	}{
		{"filter1", []string{"store1", "dns1", "mx1"}},
		{"store1", []string{"mx1", "dns1", "filter1"}}, // the MX has a queue
	} {
		var got []string
		for _, n := range bystanders(system, []string{c.touched}) {
			got = append(got, n.Name)
		}
		slices.Sort(got[1:])
		slices.Sort(c.want[1:])
		if !slices.Equal(got, c.want) {
			t.Errorf("%s is touched: %v, want %v", c.touched, got, c.want)
		}
	}
}
