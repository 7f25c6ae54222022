package harness

import (
	"context"
	"fmt"

	"maildrill/harness/stored"
	"maildrill/harness/topology"
)

// storeMail fills the accounts of stored mail and reads them back, before the
// baseline. It does nothing unless the scenario asks for stored mail.
func (i *instruments) storeMail(ctx context.Context) error {
	asked := i.r.plan.Scenario.Workload.Stored
	if asked == nil {
		return nil
	}
	s := stored.New(storedConfig(i.r, i.way, i.store))
	if err := s.Setup(ctx); err != nil {
		return fmt.Errorf("prepare the stored mail: %w", err)
	}
	i.stored = s
	return nil
}

// storedConfig hands the scenario's stored mail to its instrument, at the first
// store.
func storedConfig(r *run, way stored.Dialer, store string) stored.Config {
	w, t := r.plan.Scenario.Workload, r.plan.Topology
	node, _ := t.Node(store)
	_, pop3 := node.Services[topology.POP3]
	_, sieve := node.Services[stored.ManageSieve]
	return stored.Config{
		Dialer: way, Store: store, POP3: pop3, Sieve: sieve, Key: r.key, Seed: r.cfg.Seed,
		Accounts: t.Accounts[w.Mailboxes : w.Mailboxes+w.Stored.Accounts],
		Messages: w.Stored.Messages, Rate: float64(*w.Stored.Operations), Clock: r.clock,
		Note: func(kind string, data any) { r.events.append(kind, "", store, data) },
	}
}
