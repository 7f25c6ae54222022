package harness

import (
	"context"
	"fmt"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/probe"
	"maildrill/harness/topology"
)

// healthPoll is how often the system's own health checks are asked for.
const healthPoll = 500 * time.Millisecond

// startAlerts receives alerts on the vantage, if the scenario declares them.
func (i *instruments) startAlerts(ctx context.Context) error {
	if a := i.r.plan.Scenario.Alerts; a == nil || !a.Webhook {
		return nil
	}
	listener, err := i.r.system.Listen(ctx, topology.HTTP)
	if err != nil {
		return fmt.Errorf("listen for alerts: %w", err)
	}
	receiver := &probe.Alerts{
		Report:  func(a ledger.Alert) { i.r.events.append(ledger.AlertReceived, "", "", a) },
		Dropped: func(why string) { i.r.events.append(ledger.Note, "", "", map[string]string{"note": why}) },
	}
	i.sinkWait.Go(func() {
		if err := receiver.Serve(ctx, listener); err != nil && ctx.Err() == nil {
			i.r.fail(fmt.Errorf("the receiver of alerts ended: %w", err))
		}
	})
	return nil
}

// watchHealth asks every node that has a health check how it is, and writes
// down each change. It ends with the context.
func (r *run) watchHealth(ctx context.Context) {
	tellers := map[string]topology.HealthTeller{}
	for _, n := range r.plan.Topology.Nodes {
		instance, _ := r.system.Instance(n.Name)
		if t, ok := instance.(topology.HealthTeller); ok {
			tellers[n.Name] = t
		}
	}
	last := map[string]bool{}
	r.every(ctx, healthPoll, func() {
		for _, n := range r.plan.Topology.Nodes {
			if t, ok := tellers[n.Name]; ok && !r.tellHealth(ctx, n.Name, t, last) {
				delete(tellers, n.Name)
			}
		}
	})
}

// tellHealth writes down what a check says if it says something new. A look that
// failed saw nothing. False: the node has no check, and need not be asked again.
func (r *run) tellHealth(ctx context.Context, node string, t topology.HealthTeller, last map[string]bool) bool {
	ctx, cancel := context.WithTimeout(ctx, healthPoll)
	defer cancel()
	h := ledger.Health{Began: r.now()}
	healthy, known, err := t.Health(ctx)
	h.Ended, h.Healthy = r.now(), healthy
	before, seen := last[node]
	if err != nil || !known || seen && before == healthy {
		return err != nil || known
	}
	last[node] = healthy
	r.events.append(ledger.HealthSeen, "", node, h)
	return true
}
