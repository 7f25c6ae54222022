package harness

import (
	"context"

	"maildrill/harness/ledger"
	"maildrill/harness/security"
)

// startSecurity asks every guarded service, from the beginning of the baseline
// on, so that it is known what was offered before the faults.
func (i *instruments) startSecurity(ctx context.Context) {
	for _, g := range i.r.plan.Guarded() {
		w := security.Watch{Report: func(a ledger.SecurityAnswer, node string) { i.r.events.append(ledger.SecurityAsked, "", node, a) },
			Interview: security.Interview{Dialer: i.r.system, Node: g.Node, Service: g.Service, Open: g.Open,
				Account: i.r.plan.ProbeAccount(), Foreign: i.r.plan.Topology.BounceDomain, Clock: i.r.clock}}
		i.loadWait.Go(func() { w.Run(ctx) })
	}
}
