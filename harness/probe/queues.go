package probe

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"maildrill/harness/identity"
	"maildrill/harness/ledger"
	"maildrill/harness/topology"
)

// QueueReader reads the queues of nodes.
type QueueReader struct {
	Instances []topology.Instance
	Key       identity.Key
	Recorder  ledger.Recorder
	Clock     func() time.Duration
	// Index gives the place of an address among the recipients of a message.
	// Nil: 0, which is right where messages have one recipient.
	Index func(t identity.Token, address string) uint16
}

// NodeQueue is one reading of one node's queue.
type NodeQueue struct {
	Node string
	ledger.QueueReading
}

// Read makes reading number n (from 1) of every queue, all nodes at the same
// time, and gives one result per node in the order of Instances. Each of the
// workload's copies that is found is recorded as Queued. Ours counts those
// copies and the bounces about them that are still on their way; canaries are
// in Count only.
//
// A queue that cannot be read says so in its reading. The error is the
// recorder's.
func (q QueueReader) Read(ctx context.Context, n int) ([]NodeQueue, error) {
	readings := make([]NodeQueue, len(q.Instances))
	failed := make([]error, len(q.Instances))
	var wg sync.WaitGroup
	for i, instance := range q.Instances {
		wg.Go(func() { readings[i], failed[i] = q.node(ctx, n, instance) })
	}
	wg.Wait()
	return readings, errors.Join(failed...)
}

func (q QueueReader) node(ctx context.Context, n int, instance topology.Instance) (NodeQueue, error) {
	r := NodeQueue{Node: instance.Name(), QueueReading: ledger.QueueReading{Reading: n}}
	queuer, ok := instance.(topology.Queuer)
	if !ok {
		r.Error = "the queue of this node cannot be read"
		return r, nil
	}
	queued, err := queuer.Queue(ctx)
	if err != nil {
		r.Error = err.Error()
		return r, nil
	}
	r.Count = len(queued)
	var found []ledger.Entry
	for _, one := range queued {
		if t, ours := q.ours(one.Sender); ours {
			r.Ours++
			found = append(found, q.entry(n, r.Node, t, one))
		} else if _, bounce := q.ours(one.Recipient); bounce {
			r.Ours++
		}
	}
	if err := q.Recorder.Record(found...); err != nil {
		return r, fmt.Errorf("record the queue of %s: %w", r.Node, err)
	}
	return r, nil
}

// ours reads the token of a workload's envelope sender.
func (q QueueReader) ours(address string) (identity.Token, bool) {
	t, err := q.Key.FromAddress(address)
	return t, err == nil && t.Stream == ledger.StreamWorkload
}

func (q QueueReader) entry(n int, node string, t identity.Token, one topology.Queued) ledger.Entry {
	now := q.Clock()
	e := ledger.Entry{Kind: ledger.Queued, Copy: ledger.Copy{Stream: t.Stream, Seq: t.Seq}, Start: now, End: now,
		Node: node, Scan: uint16(n), Detail: strings.TrimSpace(one.Queue + " " + one.Reason)}
	if q.Index != nil {
		e.Copy.Rcpt = q.Index(t, one.Recipient)
	}
	return e
}
