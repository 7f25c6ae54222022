package chronicle

import (
	"cmp"
	"slices"
	"time"

	"maildrill/harness/ledger"
)

// copyState is what is kept of one copy: 32 bytes, because there may be millions.
type copyState struct {
	due     time.Duration
	took    time.Duration // from due to the end of its last attempt
	arrived time.Duration // the whole second that its store named
	facts   facts
	verdict ledger.Verdict
	view    uint8 // number of scan and store that it was last seen in
	fate    uint8 // index in Fates
}

// facts about a copy that either happened or not, as the ledger has them. Those
// that begin with "in" are of the final reading of its mailbox.
type facts uint32

const (
	intended    facts = 1 << iota
	withdrawn         // its time did not come: it is in no account
	planted           // by the instrument: it is in no account
	unsent            // the driver could not begin it
	found             // by any scan
	again             // more than once in one view
	inMailbox         // in a folder of its recipient
	inInbox           // in the one it was addressed to
	inIntact          // in a folder of its recipient, undamaged
	inJunk            // where a filter puts things
	corrupt           // found damaged, at some time
	misplaced         // found with somebody who is no recipient
	bounced           // a report said that it failed
	receipted         // a report said that it was delivered
	queued            // in the last reading of a queue
	onDisk            // in a file
	hasArrived        // its store named a time
	accompanied       // its message has other copies
	marked            // it has an anomaly beside its fate
)

func (f facts) has(any facts) bool { return f&any != 0 }

// counts tells whether the copy is in the accounts of the record.
func (c *copyState) counts() bool { return c.facts.has(intended) && !c.facts.has(withdrawn|planted) }

// attempted tells whether it was offered, as the record counts that.
func (c *copyState) attempted() bool { return c.verdict != 0 || !c.facts.has(unsent) }

// submission is the verdict on a copy that was attempted: without an outcome
// nobody knows.
func (c *copyState) submission() ledger.Verdict {
	if c.verdict == 0 {
		return ledger.Indeterminate
	}
	return c.verdict
}

const (
	pageBits = 14
	pageSize = 1 << pageBits
	// pagesSlack is how many pages there may be beyond those that the copies fill:
	// numbers are dense but for a few, and a damaged ledger is no reason to ask for
	// gigabytes.
	pagesSlack = 64
)

// copyTable is the state of every copy, in pages: numbers may begin anywhere.
type copyTable struct {
	pages   map[pageKey]*[pageSize]copyState
	order   []pageKey
	last    pageKey // neighbours come together
	at      *[pageSize]copyState
	planned int
}

type pageKey struct {
	number uint32 // sequence number without its low bits
	rcpt   uint16
}

// of finds a copy that was intended; nil: there is none.
func (t *copyTable) of(k ledger.Copy) *copyState {
	if c := t.get(k); c != nil && c.facts.has(intended) {
		return c
	}
	return nil
}

func (t *copyTable) get(k ledger.Copy) *copyState {
	key := pageKey{k.Seq >> pageBits, k.Rcpt}
	if t.at == nil || t.last != key {
		page := t.pages[key]
		if page == nil {
			return nil
		}
		t.last, t.at = key, page
	}
	return &t.at[k.Seq%pageSize]
}

// plan makes room for a copy; nil: its number is absurd.
func (t *copyTable) plan(k ledger.Copy) *copyState {
	c := t.get(k)
	if c == nil {
		if len(t.order) > t.planned/(pageSize/2)+pagesSlack {
			return nil
		}
		if t.pages == nil {
			t.pages = map[pageKey]*[pageSize]copyState{}
		}
		key := pageKey{k.Seq >> pageBits, k.Rcpt}
		t.pages[key], t.order = new([pageSize]copyState), append(t.order, key)
		c = t.get(k)
	}
	t.planned++
	return c
}

// anyOf finds the first copy of a message, for facts that are about no
// particular recipient.
func (t *copyTable) anyOf(seq uint32) *copyState {
	if c := t.of(ledger.Copy{Seq: seq}); c != nil {
		return c
	}
	for _, key := range t.order {
		if key.number == seq>>pageBits {
			if c := t.of(ledger.Copy{Seq: seq, Rcpt: key.rcpt}); c != nil {
				return c
			}
		}
	}
	return nil
}

// each visits the copies that count, in the order of their numbers, and of
// recipients within a message.
func (t *copyTable) each(visit func(ledger.Copy, *copyState)) {
	slices.SortFunc(t.order, func(a, b pageKey) int {
		return cmp.Or(cmp.Compare(a.number, b.number), cmp.Compare(a.rcpt, b.rcpt))
	})
	for from := 0; from < len(t.order); {
		to := from
		for to < len(t.order) && t.order[to].number == t.order[from].number {
			to++
		}
		t.rows(t.order[from:to], visit)
		from = to
	}
}

// rows visits pages that share their numbers.
func (t *copyTable) rows(keys []pageKey, visit func(ledger.Copy, *copyState)) {
	for low := range uint32(pageSize) {
		for _, key := range keys {
			if c := &t.pages[key][low]; c.counts() {
				visit(ledger.Copy{Seq: key.number<<pageBits | low, Rcpt: key.rcpt}, c)
			}
		}
	}
}
