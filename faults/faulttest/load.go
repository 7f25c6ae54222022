package faulttest

import "maildrill/faults"

func init() { shown[faults.Load] = loadShown }

// loadShown adds what the clients count, and the connections that the node's
// kernel shows.
func loadShown(n *Node, standing []faults.Standing) []faults.Standing {
	void := map[string]bool{}
	var open uint64
	for _, r := range n.rules {
		if r.Mechanism != faults.Load {
			continue
		}
		if void[r.ID] = r.void; !r.void {
			open += 5
		}
	}
	for i, s := range standing {
		if !void[s.ID] {
			standing[i].Counters = map[string]uint64{"offered": 7, "greeted": 5, "accepted": 3, "denied": 2}
		}
	}
	return append(standing, faults.Standing{ID: faults.LoadSeen, Counters: map[string]uint64{"connections": open}})
}
