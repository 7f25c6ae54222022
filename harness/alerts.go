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

// watchHealth asks every node that has health checks what they say, and writes
// down each change. It ends with the context.
func (r *run) watchHealth(ctx context.Context) {
	tellers := map[string]topology.HealthTeller{}
	for _, n := range r.plan.Topology.Nodes {
		instance, _ := r.system.Instance(n.Name)
		if t, ok := instance.(topology.HealthTeller); ok {
			tellers[n.Name] = t
		}
	}
	last := map[verdictOn]bool{}
	r.every(ctx, healthPoll, func() {
		for _, n := range r.plan.Topology.Nodes {
			if t, ok := tellers[n.Name]; ok && !r.tellHealth(ctx, t, last) {
				delete(tellers, n.Name)
			}
		}
	})
}

// verdictOn is a node in the eyes of one check.
type verdictOn struct{ node, by string }

// tellHealth writes down what checks say that is new. A look that failed saw
// nothing. False: the node has no check, and need not be asked again.
func (r *run) tellHealth(ctx context.Context, t topology.HealthTeller, last map[verdictOn]bool) bool {
	ctx, cancel := context.WithTimeout(ctx, healthPoll)
	defer cancel()
	began := r.now()
	said, err := t.Health(ctx)
	for _, c := range said {
		on := verdictOn{c.Node, c.By}
		if before, seen := last[on]; seen && before == c.Healthy {
			continue
		}
		last[on] = c.Healthy
		r.events.append(ledger.HealthSeen, "", c.Node, ledger.Health{Began: began, Ended: r.now(), Healthy: c.Healthy, Detail: c.By + ": " + c.Detail})
	}
	return err != nil || len(said) > 0
}
