package record

import "slices"

// Topology is the mail system under the drill, as far as a picture of it needs.
type Topology struct {
	Name  string         `json:"name"`
	Title string         `json:"title,omitempty"`
	Nodes []TopologyNode `json:"nodes"`
	Paths []Path         `json:"paths,omitempty"`
}

// TopologyNode is one host.
type TopologyNode struct {
	Name   string   `json:"name"`
	Roles  []string `json:"roles"`
	Server string   `json:"server,omitempty"`
	Site   string   `json:"site,omitempty"`
}

// Path is a way that traffic takes from one node to another.
type Path struct {
	From    string `json:"from"`
	To      string `json:"to"`
	Service string `json:"service,omitempty"` // "smtp"
	Link    string `json:"link,omitempty"`    // its name, if faults can be aimed at it
	Note    string `json:"note,omitempty"`    // "MX 10"
}

// ranks are the columns of a picture, from where mail comes in to where it is
// kept.
var ranks = []struct {
	role string
	rank int
}{{"outside", 0}, {"balancer", 1}, {"mx", 2}, {"submission", 2}, {"store", 3}, {"other", 3}, {"relay", 0}, {"dns", 3}}

// Columns are the nodes that mail passes, from left to right, each column in the
// order of the file; beside are all others. A relay that is reached from within
// stands at the far end.
func (t Topology) Columns() (columns [][]TopologyNode, beside []TopologyNode) {
	byRank := make([][]TopologyNode, 4)
	for _, n := range t.Nodes {
		if !slices.ContainsFunc(t.Paths, func(p Path) bool { return p.From == n.Name || p.To == n.Name }) {
			beside = append(beside, n)
			continue
		}
		byRank[t.rank(n)] = append(byRank[t.rank(n)], n)
	}
	for _, c := range byRank {
		if len(c) > 0 {
			columns = append(columns, c)
		}
	}
	return columns, beside
}

func (t Topology) rank(n TopologyNode) int {
	for _, r := range ranks {
		if !slices.Contains(n.Roles, r.role) {
			continue
		}
		if r.role == "relay" && t.reachedFromWithin(n.Name) {
			return 3
		}
		return r.rank
	}
	return 3
}

func (t Topology) reachedFromWithin(name string) bool {
	return slices.ContainsFunc(t.Paths, func(p Path) bool {
		i := slices.IndexFunc(t.Nodes, func(n TopologyNode) bool { return n.Name == p.From })
		return p.To == name && i >= 0 && !slices.Contains(t.Nodes[i].Roles, "outside")
	})
}
