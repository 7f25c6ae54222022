package workload

import (
	"context"
	"fmt"
	"time"

	"maildrill/harness/ledger"
)

// The intents of a second are committed together, four times a second: far
// enough ahead that no message waits for the disk, and no further, because after
// a crash every intent without an outcome is an indeterminate copy.
const (
	ahead     = time.Second
	planEvery = ahead / 4
	// planMost bounds one commit, in messages.
	planMost = 4096
)

// plan commits the intents of all arrivals ahead of their time and hands the
// arrivals on, batch by batch. If the disk is slow they come late; that is the
// driver's lag, which shows in the ledger as the time between intent and
// attempt.
func (d *Driver) plan(ctx context.Context, committed chan<- []Arrival) {
	defer close(committed)
	schedule := NewSchedule(d.cfg)
	again := time.NewTicker(planEvery)
	defer again.Stop()
	var entries []ledger.Entry
	next, more := schedule.Next()
	for more && ctx.Err() == nil {
		var batch []Arrival
		entries = entries[:0]
		horizon := d.clock() - d.base + ahead
		for more && next.At <= horizon && len(batch) < planMost {
			batch, entries = append(batch, next), d.intents(entries, next)
			next, more = schedule.Next()
		}
		if err := d.commit(entries); err != nil {
			return
		}
		if len(batch) > 0 {
			committed <- batch
		}
		if more && next.At <= horizon {
			continue
		}
		select {
		case <-again.C:
		case <-ctx.Done():
		}
	}
}

func (d *Driver) intents(entries []ledger.Entry, a Arrival) []ledger.Entry {
	for i, to := range a.Recipients {
		entries = append(entries, ledger.Entry{Kind: ledger.Intent, Copy: copyOf(a, i), Start: d.base + a.At, Size: uint32(a.Size), Detail: to})
	}
	return entries
}

// commit returns when the intents are durable. If they cannot be, the workload
// ends: what cannot be written down is not sent.
func (d *Driver) commit(intents []ledger.Entry) error {
	if len(intents) == 0 {
		return nil
	}
	err := d.recorder.Intend(intents...)
	if err != nil {
		d.fail(&brokenHistory{fmt.Errorf("commit the intents: %w", err)})
	}
	return err
}

// offer hands out each arrival when it is due. One that finds the FIFO full is
// unsent: it counts against the driver, not against the system. When the
// workload ends, those whose time did not come before the last moment are
// withdrawn.
func (d *Driver) offer(ctx context.Context, committed <-chan []Arrival) {
	due := time.NewTimer(ahead)
	defer due.Stop()
	for batch := range committed {
		for _, a := range batch {
			now := d.await(ctx, due, d.base+a.At)
			if now < d.base+a.At {
				d.withdraw(a)
				continue
			}
			if ctx.Err() != nil {
				d.leave(a)
				continue
			}
			d.tally.planned(len(a.Recipients))
			select {
			case d.queue <- a:
			default:
				d.unsent(a, "every session is busy and the queue is full")
			}
		}
	}
}

// await returns at a time of the clock, or earlier if the context ends, and says
// when that was.
func (d *Driver) await(ctx context.Context, due *time.Timer, at time.Duration) time.Duration {
	for {
		now := d.clock()
		if now >= at || ctx.Err() != nil {
			return now
		}
		due.Reset(at - now)
		select {
		case <-due.C:
		case <-ctx.Done():
		}
	}
}

func (d *Driver) withdraw(a Arrival) {
	entries := make([]ledger.Entry, len(a.Recipients))
	for i := range a.Recipients {
		entries[i] = ledger.Entry{Kind: ledger.Withdrawn, Copy: copyOf(a, i), Start: d.clock()}
	}
	d.record(entries...)
}
