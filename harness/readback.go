package harness

import (
	"context"
	"fmt"

	"maildrill/harness/ledger"
	"maildrill/harness/topology"
)

// readQueues makes one reading of every queue, writes it down, and tells how
// many of the workload's copies wait there. A queue that cannot be read counts
// as one, so that it is never taken for empty.
func (i *instruments) readQueues(ctx context.Context) int {
	i.readings++
	readings, err := i.queues.Read(ctx, i.readings)
	if err != nil {
		i.r.fail(err)
	}
	waiting := 0
	for _, q := range readings {
		i.r.events.append(ledger.QueueRead, "", q.Node, q.QueueReading)
		i.r.live.queued(q.Node, q.Count)
		waiting += q.Ours
		if q.Error != "" {
			waiting++
		}
	}
	return waiting
}

// queueDepth looks at the queues for the status line and the conditions. It
// leaves no trace in the history. ok is false if one could not be read.
func (i *instruments) queueDepth(ctx context.Context) (total int, ok bool) {
	ok = true
	for _, instance := range i.queues.Instances {
		q, queuer := instance.(topology.Queuer)
		if !queuer {
			continue
		}
		queued, err := q.Queue(ctx)
		if err != nil {
			ok = false
			continue
		}
		i.r.live.queued(instance.Name(), len(queued))
		total += len(queued)
	}
	return total, ok
}

// sentinel proves, after the queues were found empty, that the path is alive.
func (i *instruments) sentinel(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, sentinelLimit)
	defer cancel()
	s := i.prober.Sentinel(ctx, "mx", i.send, i.store, i.r.clock)
	i.r.events.append(ledger.SentinelSeen, "", "", s)
}

// scan reads every mailbox of every account, the canaries' own as well.
func (i *instruments) scan(ctx context.Context, n int) ledger.ScanResult {
	res, err := i.scanner.Scan(ctx, n)
	if err != nil {
		i.r.fail(fmt.Errorf("scan the mailboxes: %w", err))
	}
	return res
}
