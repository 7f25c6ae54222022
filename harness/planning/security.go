package planning

import (
	"maildrill/harness/topology"
)

// Guarded is a service that is asked whether it keeps what guards it.
type Guarded struct {
	Node    string
	Service topology.Service
	Open    bool // it takes any mail by design
}

// Guarded lists the services that the objective on security is about: of mail
// exchangers, of submission hosts and of stores, and of balancers before them,
// behind which everybody has the balancer's address. Without the objective
// there are none.
func (p *Plan) Guarded() []Guarded {
	if p.Scenario.Objectives.Security == nil {
		return nil
	}
	var list []Guarded
	for _, n := range p.Topology.Nodes {
		if n.Mail.RelayAnything || n.Has(topology.DNS) || n.Has(topology.Outside) {
			continue
		}
		for _, s := range []topology.Service{topology.SMTP, topology.MSA, topology.IMAP} {
			if _, ok := n.Services[s]; ok && guards(n, s) {
				list = append(list, Guarded{Node: n.Name, Service: s, Open: s == topology.MSA && !n.Mail.Auth && !n.Has(topology.Balancer)})
			}
		}
	}
	return list
}

// guards tells whether the node offers the service to the outside.
func guards(n topology.Node, s topology.Service) bool {
	role := map[topology.Service]topology.Role{topology.SMTP: topology.MX, topology.MSA: topology.Submission, topology.IMAP: topology.Store}[s]
	return n.Has(role) || n.Has(topology.Balancer)
}
