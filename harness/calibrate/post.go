package calibrate

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/topology"
)

// forever is a hold that outlasts every run.
const forever = 24 * time.Hour

// mail writes what the driver, the sink, the queue reader and the scanner
// would have written about a system that tells the tape's lies.
func (t *tape) mail() {
	for seq := uint32(1); int(seq) <= t.copies; seq++ {
		t.offer(seq)
	}
	for reading := uint16(1); reading <= 2; reading++ {
		for _, seq := range sorted(t.lies) {
			if held := t.lies[seq].Hold; held >= forever || reading == 1 && held > 0 {
				t.write(ledger.Entry{Kind: ledger.Queued, Copy: ledger.Copy{Seq: seq}, Node: "mx1", Scan: reading, Detail: "hold"})
			}
		}
	}
	for scan := 1; scan <= t.scans; scan++ {
		for _, store := range t.stores {
			t.read(uint16(scan), store)
		}
	}
	for seq := uint32(1); int(seq) <= t.copies; seq++ {
		if buried(t.lies[seq]) {
			t.write(ledger.Entry{Kind: ledger.Raw, Copy: ledger.Copy{Seq: seq}, Node: "store1", Detail: "/srv/mail/lost+found/1"})
		}
	}
	t.entries = append(t.entries, t.extra...)
}

// offer writes what the driver knows of a copy, and the bounces.
func (t *tape) offer(seq uint32) {
	c, lie := ledger.Copy{Seq: seq}, t.lies[seq]
	at := time.Duration(seq) * tick
	t.write(ledger.Entry{Kind: ledger.Intent, Copy: c, Start: at, Detail: mailbox(seq)})
	o := ledger.Entry{Kind: ledger.Outcome, Copy: c, Start: at + time.Millisecond, Sent: at + 2*time.Millisecond, End: at + latency,
		Node: "mx1", Verdict: verdictOf(lie), Phase: ledger.PhaseReply}
	switch o.Verdict {
	case ledger.Accepted:
		o.Phase, o.Code = ledger.PhaseDone, 250
	case ledger.RejectedTemporary:
		o.Code = 451
	case ledger.RejectedPermanent:
		o.Code = 550
	case ledger.Indeterminate:
		o.Detail = "read a reply: unexpected EOF"
	}
	t.write(o)
	if detail := bounceOf(lie, seq); detail != "" {
		t.write(ledger.Entry{Kind: ledger.Notified, Copy: c, Start: o.End, End: o.End, Detail: detail})
	}
}

// read writes what a scan finds at one store.
func (t *tape) read(scan uint16, store string) {
	uids := map[string]uint32{}
	for seq := uint32(1); int(seq) <= t.copies; seq++ {
		for _, s := range sightings(t.lies[seq], seq) {
			uids[s.Mailbox]++
			s.Kind, s.Scan, s.Node, s.UID, s.UIDValidity = ledger.Seen, scan, store, uids[s.Mailbox], 1
			t.write(s)
		}
	}
}

// verdictOf is what the driver concludes from the reply.
func verdictOf(l topology.Lie) ledger.Verdict {
	switch l.Reply {
	case "cut", "stall":
		return ledger.Indeterminate
	case "451":
		return ledger.RejectedTemporary
	case "550":
		return ledger.RejectedPermanent
	}
	return ledger.Accepted
}

// bounceOf is what the sink writes down of the report: nothing of one that could
// be answered, or that was sent to somebody else.
func bounceOf(l topology.Lie, seq uint32) string {
	switch l.Report {
	case "", "answerable", "astray":
		return ""
	case "malformed":
		return "failed (no readable report)"
	}
	return l.Report + " " + mailbox(seq)
}

// buried tells whether a message is on a disk, and in no mailbox.
func buried(l topology.Lie) bool { return l.Buried && !l.Drop }

// sightings are the physical copies of a message that a reader finds.
func sightings(l topology.Lie, seq uint32) []ledger.Entry {
	if l.Drop || l.Buried || l.Hold >= forever {
		return nil
	}
	e := ledger.Entry{Copy: ledger.Copy{Seq: seq}, Mailbox: mailbox(seq) + "/INBOX", Attempt: 1, Integrity: ledger.Intact}
	if l.Folder != "" {
		e.Mailbox = mailbox(seq) + "/" + l.Folder
	}
	if l.To != "" {
		e.Mailbox, e.Foreign = l.To+"/INBOX", "misdelivered"
	}
	switch l.Damage {
	case "", "lf":
	case "empty":
		e.Copy, e.Foreign = ledger.Copy{}, "alien"
	default:
		e.Integrity, e.Detail = ledger.Damaged, l.Damage
	}
	if l.Twice == "" {
		return []ledger.Entry{e}
	}
	return twins(e, l, seq)
}

// twins are two copies of a message, with the chains that tell them apart.
func twins(e ledger.Entry, l topology.Lie, seq uint32) []ledger.Entry {
	chain := func(lmtp, smtp string) string {
		return fmt.Sprintf("store1.drill.test L%d%s;mx1.drill.test Q%d%s", seq, lmtp, seq, smtp)
	}
	first, second := e, e
	first.Hops, second.Hops = chain("a", "a"), chain("a", "a")
	switch l.Twice {
	case "forked":
		second.Hops = chain("b", "b")
	case "retried":
		second.Hops = chain("b", "a")
	case "folders":
		second.Mailbox = mailbox(seq) + "/Archive"
	}
	return []ledger.Entry{first, second}
}

// sorted gives the keys of a map in order.
func sorted[K ~string | ~uint32, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

// split takes the key of a service apart: "mx@mx1".
func split(key string) (service, node string) {
	service, node, _ = strings.Cut(key, "@")
	return service, node
}
