package chronicle

import (
	"fmt"
	"strings"
	"time"

	"maildrill/harness/ledger"
)

// entryKinds are those that say something of a copy's fate. What tries and
// replies say is read for problem copies alone.
var entryKinds = []ledger.Kind{ledger.Intent, ledger.Unsent, ledger.Withdrawn, ledger.Planted, ledger.Outcome, ledger.Seen,
	ledger.Queued, ledger.Notified, ledger.Raw}

// wordy are the kinds whose texts are not needed for that.
var wordy = []ledger.Kind{ledger.Intent, ledger.Try, ledger.Outcome, ledger.Seen, ledger.Queued}

// entries reads the ledger for the first time: the facts of every copy.
type entries struct {
	copyTable
	plants   map[ledger.Copy]bool
	reading  uint16 // the last one of the queues
	mailbox  finality
	end      time.Duration
	strays   int // entries of copies without an intent
	misplans int // intents with absurd numbers, or twice
}

func readEntries(l ledger.Scanner, s *story) (*entries, error) {
	t := &entries{plants: map[ledger.Copy]bool{}, reading: s.reading, mailbox: newFinality(s.scan)}
	if l == nil {
		return t, nil
	}
	terse(l, wordy...)
	if err := ledger.EachOf(l, entryKinds, t.take); err != nil {
		return nil, fmt.Errorf("read the ledger: %w", err)
	}
	return t, nil
}

// terse leaves texts out where the scanner knows how.
func terse(l ledger.Scanner, kinds ...ledger.Kind) {
	if r, ok := l.(interface{ Terse(...ledger.Kind) }); ok {
		r.Terse(kinds...)
	}
}

func (t *entries) take(e ledger.Entry) error {
	if e.Copy.Stream != ledger.StreamWorkload {
		return nil
	}
	switch e.Kind {
	case ledger.Intent:
		t.intend(&e)
		return nil
	case ledger.Planted:
		t.plants[e.Copy] = true
		return nil
	case ledger.Seen:
		t.saw(&e)
		return nil
	}
	if c := t.of(e.Copy); c != nil {
		t.happened(c, &e)
		return nil
	}
	t.strays++
	return nil
}

func (t *entries) intend(e *ledger.Entry) {
	c := t.plan(e.Copy)
	if c == nil || c.facts.has(intended) {
		t.misplans++
		return
	}
	c.due, c.facts = e.Start, c.facts|intended
	if len(t.plants) > 0 && t.plants[e.Copy] {
		c.facts |= planted
	}
	if e.Copy.Rcpt > 0 {
		t.accompany(e.Copy, c)
	}
	t.end = max(t.end, e.Start)
}

// accompany notes that a message has several copies.
func (t *entries) accompany(k ledger.Copy, c *copyState) {
	if first := t.of(ledger.Copy{Seq: k.Seq}); first != nil {
		first.facts |= accompanied
	}
	c.facts |= accompanied
}

func (t *entries) happened(c *copyState, e *ledger.Entry) {
	switch e.Kind {
	case ledger.Unsent:
		c.facts |= unsent
	case ledger.Withdrawn:
		c.facts |= withdrawn
	case ledger.Outcome:
		t.settle(c, e)
	case ledger.Queued:
		if e.Scan == t.reading {
			c.facts |= queued
		}
	case ledger.Notified:
		c.facts |= reported(e.Detail)
	case ledger.Raw:
		if e.Detail != "" {
			c.facts |= onDisk
		}
	}
}

// settle keeps the outcome that the record goes by: after an accepted or an
// indeterminate one no other counts.
func (t *entries) settle(c *copyState, e *ledger.Entry) {
	known := e.Verdict >= ledger.Accepted && e.Verdict <= ledger.NotAttempted
	if !known || c.verdict == ledger.Accepted || c.verdict == ledger.Indeterminate {
		return
	}
	c.verdict, c.took = e.Verdict, max(0, e.End-c.due)
	t.end = max(t.end, e.End)
}

// saw notes one physical copy. Messages of other runs, and those that cannot be
// read, are nobody's here.
func (t *entries) saw(e *ledger.Entry) {
	switch e.Foreign {
	case "":
	case "misdelivered":
		if c := t.anyOf(e.Copy.Seq); c != nil {
			c.facts |= misplaced
		}
		return
	default:
		return
	}
	c := t.of(e.Copy)
	if c == nil {
		return // a phantom, which the record counts
	}
	where := t.mailbox.at(e)
	if c.facts.has(found) && c.view == where.view {
		c.facts |= again
	}
	c.view, c.facts = where.view, c.facts|found
	if e.Integrity != ledger.Intact {
		c.facts |= corrupt
	}
	if e.Arrived != 0 && !c.facts.has(hasArrived) {
		c.arrived, c.facts = e.Arrived, c.facts|hasArrived
	}
	if where.final {
		c.facts |= whereabouts(e)
	}
}

// whereabouts says where the final reading found a copy, and how.
func whereabouts(e *ledger.Entry) facts {
	_, folder, _ := strings.Cut(e.Mailbox, "/")
	switch strings.ToLower(folder) {
	case "junk", "spam", "quarantine":
		return inJunk
	}
	at := inMailbox
	if strings.EqualFold(folder, "INBOX") {
		at |= inInbox
	}
	if e.Integrity == ledger.Intact {
		at |= inIntact
	}
	return at
}

// reported is what a delivery status notification says (RFC 3464, section
// 2.3.3); the recipient may follow the action.
func reported(action string) facts {
	first, _, _ := strings.Cut(strings.TrimSpace(action), " ")
	switch strings.ToLower(first) {
	case "failed":
		return bounced
	case "delivered":
		return receipted
	}
	return 0
}
