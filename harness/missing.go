package harness

import (
	"context"
	"time"

	"maildrill/harness/probe"
)

const (
	missingPoll  = 5 * time.Second
	missingLimit = 10 * time.Second
)

// missing counts, while the drill runs, the accepted copies that are neither
// in a mailbox nor in a queue nor bounced. It is what conditions on `lost` look
// at; the verdict never does. It is a lower bound: mail moves on while it is
// counted, so accepted copies are read first, then queues, then stores. A copy
// on its way is then rather counted twice than missed, one accepted during the
// look or delivered twice makes up for one that is gone, and only what two
// looks in a row agree on is told. ok is false while a place cannot be read.
type missing struct {
	inst *instruments
	last int
	seen bool
}

func (m *missing) look(ctx context.Context) (lost int, ok bool) {
	ctx, cancel := context.WithTimeout(ctx, missingLimit)
	defer cancel()
	now, ok := m.count(ctx)
	lost, ok, m.last, m.seen = min(now, m.last), ok && m.seen, now, ok
	return lost, ok
}

func (m *missing) count(ctx context.Context) (int, bool) {
	accepted := int(m.inst.counters().Accepted)
	queued, ok := m.inst.queueDepth(ctx)
	if !ok {
		return 0, false
	}
	scanner := probe.Scanner{Dialer: m.inst.way, Accounts: m.inst.r.plan.WorkloadAccounts(), Stores: m.inst.r.plan.Mailboxes()}
	stored, err := scanner.Stored(ctx)
	if err != nil {
		return 0, false
	}
	return max(0, accepted-queued-stored-m.inst.recorder.notified()), true
}
