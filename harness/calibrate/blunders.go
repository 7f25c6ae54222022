package calibrate

import (
	"context"
	"strings"

	"maildrill/harness/identity"
	"maildrill/harness/ledger"
	"maildrill/harness/probe"
	"maildrill/harness/record"
)

// Blunder is a deliberate defect of an instrument. The live calibration in has
// to notice it.
type Blunder struct {
	name, what, in string
	entry          func(*ledger.Entry) bool // what is written down; false: it is not
	queue          func(*ledger.QueueReading)
	scan           func(context.Context, *probe.Scanner, int) (ledger.ScanResult, error)
	check          func(probe.Check) probe.Check
	sink           func(identity.Key) func(command string) string // what the sink hears of a command
	sender         func(r *rig, seq uint32) string                // the reverse-path of mail that should have the null one
}

var blunders = []Blunder{
	{name: "probe-takes-empty-for-ok", what: "an inbox that is OK and empty counts as readable", in: "CAL-11", check: forgiving("the inbox is empty")},
	{name: "probe-takes-no-for-ok", what: "a login counts, whatever EXAMINE says", in: "CAL-11", check: forgiving("examine")},
	{name: "scanner-reads-one-store", what: "only the first store is read", in: "CAL-13", scan: firstStore},
	{name: "scanner-skips-folders", what: "only inboxes are read", in: "CAL-08", scan: inboxOnly},
	{name: "scanner-forgives", what: "a mailbox that could not be read counts as read", in: "CAL-13", scan: forgivingScan},
	{name: "scanner-reads-no-digests", what: "damage is not looked for", in: "CAL-07", entry: func(e *ledger.Entry) bool {
		if e.Kind == ledger.Seen {
			e.Integrity = ledger.Intact
		}
		return true
	}},
	{name: "scanner-knows-no-owners", what: "whose mailbox it is, is not compared", in: "CAL-08", entry: func(e *ledger.Entry) bool {
		if e.Foreign == "misdelivered" {
			e.Foreign = ""
		}
		return true
	}},
	{name: "sink-is-deaf", what: "bounces are not written down", in: "CAL-09", entry: func(e *ledger.Entry) bool { return e.Kind != ledger.Notified }},
	{name: "sink-reads-no-action", what: "every report counts as a failure", in: "CAL-09", entry: func(e *ledger.Entry) bool {
		if e.Kind == ledger.Notified {
			e.Detail = "failed"
		}
		return true
	}},
	{name: "sink-takes-any-sender", what: "a report that could be answered counts as one", in: "CAL-09", sink: nullSender},
	{name: "sink-takes-any-run", what: "a report about another run's copy counts as one about ours", in: "CAL-09", sink: anyRun},
	{name: "driver-signs-null-mail", what: "mail with the null reverse-path is sent with the address of a sender", in: "CAL-09", sender: (*rig).sender},
	{name: "driver-trusts-silence", what: "a lost reply counts as a 250", in: "CAL-03", entry: outcomeAs(ledger.Indeterminate, ledger.Accepted)},
	{name: "driver-ignores-4yz", what: "a 451 after the dot counts as a 250", in: "CAL-05", entry: outcomeAs(ledger.RejectedTemporary, ledger.Accepted)},
	{name: "queue-reader-is-blind", what: "queues are always empty", in: "CAL-10",
		entry: func(e *ledger.Entry) bool { return e.Kind != ledger.Queued }, queue: func(q *ledger.QueueReading) { q.Ours, q.Count = 0, 0 }},
}

// hunt runs the row that has to notice.
func (u Blunder) hunt(ctx context.Context, o Options, sound map[string]bool) record.CaughtMutant {
	out := record.CaughtMutant{Name: u.name, What: u.what}
	for _, c := range table {
		if c.id != u.in || c.live == nil || !sound[c.id] || ctx.Err() != nil {
			continue
		}
		b := o.bench(ctx)
		b.Full, b.hasty, b.Progress, b.Blunder = false, true, nil, &u
		b.guarded(func() { c.live(ctx, b) })
		if b.failed > 0 && ctx.Err() == nil {
			out.CaughtBy, out.Reason = c.id, b.reason
		}
	}
	return out
}

func outcomeAs(from, to ledger.Verdict) func(*ledger.Entry) bool {
	return func(e *ledger.Entry) bool {
		if e.Kind == ledger.Outcome && e.Verdict == from {
			e.Verdict = to
		}
		return true
	}
}

// forgiving takes one failure for a success.
func forgiving(what string) func(probe.Check) probe.Check {
	return func(check probe.Check) probe.Check {
		return func(ctx context.Context) error {
			err := check(ctx)
			if err != nil && strings.Contains(err.Error(), what) {
				return nil
			}
			return err
		}
	}
}

func firstStore(ctx context.Context, s *probe.Scanner, n int) (ledger.ScanResult, error) {
	s.Stores = s.Stores[:1]
	return s.Scan(ctx, n)
}

func forgivingScan(ctx context.Context, s *probe.Scanner, n int) (ledger.ScanResult, error) {
	res, err := s.Scan(ctx, n)
	res.Unread, res.Mailboxes = nil, len(s.Accounts)
	return res, err
}

// inboxOnly leaves out other folders, and keeps its books in order.
func inboxOnly(ctx context.Context, s *probe.Scanner, n int) (ledger.ScanResult, error) {
	skipped := 0
	s.Recorder = clumsy{s.Recorder, func(e *ledger.Entry) bool {
		other := !strings.HasSuffix(e.Mailbox, "/INBOX")
		if other {
			skipped++
		}
		return !other
	}}
	res, err := s.Scan(ctx, n)
	res.Messages -= skipped
	return res, err
}

// clumsy is a recorder that changes what is written; false leaves it out.
type clumsy struct {
	ledger.Recorder
	change func(*ledger.Entry) bool
}

// Record implements ledger.Recorder.
func (c clumsy) Record(all ...ledger.Entry) error {
	var kept []ledger.Entry
	for _, e := range all {
		if c.change(&e) {
			kept = append(kept, e)
		}
	}
	return c.Recorder.Record(kept...)
}
