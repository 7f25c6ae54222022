package faults

import (
	"slices"
	"strings"
)

// Claims implements [Claimer]: one proxy at a time can play a connection, and where
// packets are lost its looks are too. What knows no protocol shows by when something
// comes, which late packets would hide.
func (p proxied) Claims(t Target) []Claim {
	var all []Claim
	for _, c := range crossings(t, p.services) {
		all = append(append(all, alive(c.from, c.to)...),
			takes(c.from, way{wayConnections, c.to, c.port}), rests(c.from, way{wayOpen, c.to, c.port}),
			rests(c.from, way{wayLoss, c.to, c.port}))
		if slices.Equal(p.services, overStreams) {
			all = append(all, rests(c.from, way{wayPace, c.to, c.port}))
		}
	}
	return all
}

// crossing is a way by the names of its ends.
type crossing struct {
	from, to string
	port     int
}

// crossings are what [paths] gives of nodes that run.
func crossings(t Target, services []string) (all []crossing) {
	if l := t.Link; l != nil {
		return []crossing{{t.Node.Name(), l.To.Name, l.Port}}
	}
	own, _ := t.Peer(t.Node.Name())
	for _, from := range t.besides(own.Name) {
		for _, s := range offeredBy(own, services) {
			all = append(all, crossing{from, own.Name, own.Services[s]})
		}
	}
	return all
}

// loadClients are those whose connections the node's kernel counts together.
const loadClients thing = "clients that nobody asked for"

// Claims implements [Claimer]. What the clients are answered must be the node's own
// answer. Mail and passwords were offered, whatever becomes of the node then;
// connections that are to stay need the node and the way to it.
func (s storming) Claims(t Target) []Claim {
	self := t.Node.Name()
	all := []Claim{takes(self, loadClients)}
	from, err := s.client(t)
	own, _ := t.Peer(self)
	to := own.Services[s.service]
	if err == nil {
		all = append(all, rests(from, way{wayConnections, self, to}))
	}
	if err != nil || s.spec.Manner == Send || s.spec.Manner == Guess {
		return all
	}
	return append(append(all, alive(self, from)...), rests(from, way{wayOpen, self, to}))
}

// questions are those that a rule of the name server is about, and who asks them.
type questions struct {
	NameMatch
	clients string // names between spaces; empty: everybody
}

// asking gives the questions of some clients; none: of everybody.
func asking(m NameMatch, clients ...string) questions {
	if len(clients) == 0 {
		return questions{m, ""}
	}
	return questions{m, " " + strings.Join(clients, " ") + " "}
}

func (q questions) meets(o Part) bool {
	other, ok := o.(questions)
	return ok && q.NameMatch.meets(other.NameMatch) && q.sharesClient(other)
}

func (q questions) sharesClient(o questions) bool {
	if q.clients == "" || o.clients == "" {
		return true
	}
	return slices.ContainsFunc(strings.Fields(q.clients), func(c string) bool { return strings.Contains(o.clients, " "+c+" ") })
}

func (q questions) of(node string) string {
	text := "what " + node + " answers for " + q.Name
	if len(q.Types) > 0 {
		text += " " + strings.Join(q.Types, ", ")
	}
	if q.clients != "" {
		text += " to " + strings.Join(strings.Fields(q.clients), ", ")
	}
	return text
}

// meets tells whether there is a question that is in both sets.
func (m NameMatch) meets(o NameMatch) bool {
	types := len(m.Types) == 0 || len(o.Types) == 0 ||
		slices.ContainsFunc(m.Types, func(t string) bool { return slices.Contains(o.Types, t) })
	return types && (m.covers(o.Name) || o.covers(m.Name) || m.Name == o.Name)
}

// Claims implements [Claimer]: what is answered otherwise, and to whom; who asks,
// and the other question that must still be answered rightly.
func (f nameFault) Claims(t Target) []Claim {
	server := t.Node.Name()
	all := alive(server)
	plan, err := f.params.plan(t)
	if err != nil {
		return whole(t) // the check says what is wrong
	}
	for _, m := range plan.spec.Match {
		all = append(all, takes(server, asking(m, plan.clients...)))
	}
	askers := plan.askingNodes(t)
	for _, from := range askers {
		to := way{to: server, port: portOf(t, server, "dns")}
		for _, to.trait = range []string{wayOpen, wayLoss, wayPace} {
			all = append(all, rests(from, to))
		}
		all = append(all, alive(from)...)
	}
	if q, _, ok := plan.untouched(t); ok {
		all = append(all, rests(server, asking(NameMatch{Name: q.name, Types: []string{q.qtype}}, askers...)))
	}
	return all
}

// askingNodes are the names of those from which it is looked at.
func (p namePlan) askingNodes(t Target) []string {
	if len(p.clients) > 0 {
		return p.clients
	}
	for _, role := range askerRoles {
		for _, peer := range t.Peers {
			if peer.Name != t.Node.Name() && (role == "" || slices.Contains(peer.Roles, role)) {
				return []string{peer.Name}
			}
		}
	}
	return nil
}

func portOf(t Target, node, service string) int {
	p, _ := t.Peer(node)
	return p.Services[service]
}
