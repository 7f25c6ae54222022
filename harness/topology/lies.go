package topology

import (
	"sync/atomic"
	"time"
)

// Lie is what a known-truth system does to one message instead of what it
// says. The zero value is the truth; fields combine. The first group is told
// by the node that receives by SMTP, the second by the store, so that both may
// be given the same lies.
type Lie struct {
	// Reply is what the client hears after its final dot: empty is the 250,
	// "cut" a connection that ends, "stall" nothing at all, "451" and "550" that
	// the message was refused. What happens to the message does not depend on it.
	Reply string
	Drop  bool          // nothing is delivered
	Hold  time.Duration // in the queue before the first attempt
	To    string        // delivered to this address instead of its recipients
	// Report is the action of a delivery status notification (RFC 3464) that is
	// sent as well: "failed", "delayed", "delivered"; "malformed" is one without a
	// readable report. Two are no notification, though they say "failed":
	// "answerable" has a reverse-path of its own, which RFC 3464, section 2,
	// forbids; "astray" is addressed to the sender of another run.
	Report string
	// Twice says where a second copy comes from. "forked": the receiving node
	// queued it twice. "retried": its queue delivered it twice under one id.
	// "stored": the store filed it twice after one delivery. "folders": the same
	// into another folder.
	Twice string

	Folder string // filed there, not in the inbox
	Buried bool   // on the store's disk, and in no mailbox
	// Damage is how the stored text differs: "truncate" (within body line At),
	// "flip" (a bit of body line At), "splice" (the message stored before, after
	// body line At), "empty" (no bytes), "header" (X-Drill-To is gone), "dots" (not
	// un-stuffed), "undots" (un-stuffed twice), "lf" (lines ended by LF, which is
	// no damage).
	Damage string
	At     int // from 1
}

// Veil is what a store shows its readers instead of what it holds. It may be
// changed while the store runs. Nil, or never set, shows everything.
type Veil struct{ shown atomic.Pointer[Shown] }

// Shown is one way of showing too little or too much.
type Shown struct {
	// Skip leaves every message whose UID is a multiple of it out of FETCH,
	// Unfound out of SEARCH. 0: none.
	Skip, Unfound uint32
	More          uint32    // STATUS and EXAMINE count so many too many
	CutAfter      int       // a FETCH is cut off after so many messages; 0: never
	Empty         bool      // OK, and every mailbox is empty
	Closed        bool      // LOGIN works, SELECT and EXAMINE answer NO
	Until         time.Time // nothing stored later is shown: a replica that stopped
}

// Set changes what is shown from now on.
func (v *Veil) Set(s Shown) { v.shown.Store(&s) }

// Shown tells what is shown now.
func (v *Veil) Shown() Shown {
	if v == nil {
		return Shown{}
	}
	if s := v.shown.Load(); s != nil {
		return *s
	}
	return Shown{}
}
