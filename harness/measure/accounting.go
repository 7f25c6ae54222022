package measure

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

// books is the accounting with the copies behind each anomaly.
type books struct {
	record.Accounting
	// damagedAny counts damaged copies of indeterminate submissions too: that
	// they were damaged does not depend on who was responsible for them.
	damagedAny int
	receipts   int // copies reported as delivered that are lost
	unfiltered int // messages in mailboxes without a filter's mark
	anomalies  map[string]*ranges
	counts     map[string]int
}

func newBooks() *books { return &books{anomalies: map[string]*ranges{}, counts: map[string]int{}} }

// accounts are the books of the drill's own mail and those of what the
// instrument planted, which are kept by the same hand.
type accounts struct {
	*books
	salt    *books
	defects defects
}

// account counts every copy once and asserts that the sums hold. torn: the
// ledger cannot be read to its end.
func (v *survey) account(proven, torn bool, scans []scanReading) *accounts {
	all := &accounts{books: newBooks(), salt: newBooks(), defects: v.defects}
	v.each(func(k ledger.Copy, s *state) {
		if s.has(withdrawn) {
			all.withdrawn(k, *s)
			return
		}
		b := all.books
		if s.has(planted) {
			b = all.salt
		}
		if s.has(unsent) && (s.verdict() != 0 || s.has(tried)) {
			all.defects.add("copy %d/%d is unsent and was attempted", k.Seq, k.Rcpt)
		}
		b.countFound(k, *s, v.rules.several(v.multiplicity(k, *s)), v.rules.marks)
		b.count(k, *s, v.rules.classify(*s, proven))
		if v.belated[k] {
			b.Late++
			b.note("late", k, 1)
		}
	})
	all.found(v)
	all.conserve(v)
	all.retell(v, torn, scans)
	return all
}

// withdrawn: nothing of the copy may have been offered.
func (all *accounts) withdrawn(k ledger.Copy, s state) {
	if s.verdict() != 0 || s.has(tried|unsent) {
		all.defects.add("copy %d/%d is withdrawn and was attempted", k.Seq, k.Rcpt)
	}
}

// found counts the messages that are no rightful copies. Those that were
// planted leave the list of phantoms; a phantom that is left is a message that
// the ledger should know and does not.
func (all *accounts) found(v *survey) {
	all.Stale = v.tally(func(r *inspection) int { return r.stale })
	all.Alien = v.tally(func(r *inspection) int { return r.alien })
	if all.Unreadable = v.unreadable(); all.Unreadable > 0 {
		all.counts["unreadable"], all.anomalies["unreadable"] = all.Unreadable, &ranges{}
	}
	all.unfiltered = v.tally(func(r *inspection) int { return r.unfiltered })
	all.Misdelivered = v.misdelivered()
	all.counts["misdelivered"] = all.Misdelivered
	for _, seq := range v.phantoms.list() {
		b := all.books
		if slices.Contains(v.plants, plant{ledger.Copy{Seq: seq}, plantedPhantom}) {
			b = all.salt
		}
		b.Phantom++
		b.note("phantom", ledger.Copy{Seq: seq}, 1)
	}
}

func (b *books) count(k ledger.Copy, s state, c class) {
	b.Planned++
	if !s.attempted() {
		b.Unsent++
		return
	}
	b.Attempted++
	switch s.submission() {
	case ledger.Accepted:
		b.Accepted++
		b.countAccepted(k, s, c)
	case ledger.RejectedTemporary:
		b.RejectedTemporary++
	case ledger.RejectedPermanent:
		b.RejectedPermanent++
	case ledger.Indeterminate:
		b.Indeterminate++
		b.countIndeterminate(k, s)
	case ledger.NotAttempted:
		b.NotAttempted++
	}
}

// countFound counts what was found of a copy, whatever its submission.
func (b *books) countFound(k ledger.Copy, s state, surplus int, marks []mark) {
	if surplus > 0 {
		b.Duplicates += surplus
		b.note("duplicated", k, surplus)
	}
	for _, f := range marks {
		if f.holds(s) {
			b.note(f.name, k, 1)
		}
	}
	b.Misfiled = b.counts["misfiled"]
	b.DeliveredDespiteRejection = b.counts["delivered despite rejection"]
}

// column is where the accounting counts a class.
func (b *books) column(c class) (column *int, problem string) {
	switch c {
	case delivered:
		return &b.Delivered, ""
	case damaged:
		return &b.Damaged, "damaged"
	case quarantined:
		return &b.Quarantined, "quarantined"
	case bounced:
		return &b.Notified, "notified"
	case deferred:
		return &b.Deferred, "deferred"
	case lost:
		return &b.Lost, "lost"
	}
	return &b.Unknown, "unknown"
}

func (b *books) countAccepted(k ledger.Copy, s state, c class) {
	column, problem := b.column(c)
	*column++
	if problem != "" {
		b.note(problem, k, 1)
	}
	switch {
	case c == damaged:
		b.damagedAny++
	case c == lost && s.has(onDisk) && !s.has(misplaced): // else it is the copy of somebody else's mailbox
		b.Hidden++
		b.note("hidden", k, 1)
	}
	if c == lost && s.has(receipted) {
		b.receipts++
		b.note("reported as delivered", k, 1)
	}
}

// countIndeterminate: an indeterminate copy can never be lost, but it can be
// damaged.
func (b *books) countIndeterminate(k ledger.Copy, s state) {
	b.note("indeterminate", k, 1)
	if !s.has(seen) {
		b.Absent++
		return
	}
	b.Recovered++
	if s.has(corrupt) && !s.has(inIntact) {
		b.damagedAny++
		b.note("damaged", k, 1)
	}
}

func (b *books) note(name string, k ledger.Copy, n int) {
	if b.anomalies[name] == nil {
		b.anomalies[name] = &ranges{}
	}
	b.anomalies[name].add(k.Seq)
	b.counts[name] += n
}

// conserve asserts the identities. The sums come from different counts: of
// intents, of verdicts, of classes, and of messages found.
func (all *accounts) conserve(v *survey) {
	equal := all.equal
	sum := func(of func(*books) int) int { return of(all.books) + of(all.salt) }
	equal("intents = unsent + attempted + withdrawn", v.planned,
		sum(func(b *books) int { return b.Unsent + b.Attempted })+v.left)
	equal("attempted = accepted + rejected + indeterminate + not attempted", sum(func(b *books) int { return b.Attempted }),
		sum(func(b *books) int {
			return b.Accepted + b.RejectedTemporary + b.RejectedPermanent + b.Indeterminate + b.NotAttempted
		}))
	equal("accepted = delivered + damaged + notified + deferred + quarantined + lost + unknown", sum(func(b *books) int { return b.Accepted }),
		sum(func(b *books) int {
			return b.Delivered + b.Damaged + b.Notified + b.Deferred + b.Quarantined + b.Lost + b.Unknown
		}))
	if all.Phantom > 0 {
		all.defects.add("%d messages carry valid tokens that were never sent (%s)", all.Phantom, all.anomalies["phantom"])
	}
}

// retell asserts that the ledger holds what each scan found. What lies behind a
// tear is missing, and the gate ledger-whole says so.
func (all *accounts) retell(v *survey, torn bool, scans []scanReading) {
	for _, r := range scans {
		if held := v.messages(r); !torn || held > r.Messages {
			all.equal(fmt.Sprintf("messages of scan %d = messages in the ledger", r.Scan), r.Messages, held)
		}
	}
}

func (all *accounts) equal(name string, left, right int) {
	if left != right {
		all.defects.add("%s: %d is not %d", name, left, right)
	}
}

// anomalyOrder is the order of the record, the worst first.
var anomalyOrder = []string{"lost", "hidden", "reported as delivered", "misdelivered", "damaged", "unreadable", "duplicated",
	"delivered despite rejection", "bounced and delivered", "late", "misfiled", "notified", "deferred", "quarantined", "unknown",
	"indeterminate", "phantom"}

// problems names the copies of every anomaly. notes say more of some.
func (b *books) problems(notes map[string]string) []record.Problem {
	var out []record.Problem
	for _, name := range anomalyOrder {
		if r := b.anomalies[name]; r != nil {
			out = append(out, record.Problem{Class: name, Count: b.counts[name], Seqs: r.String(), Note: notes[name]})
		}
	}
	return out
}

// notes are what the record says beside the copies of an anomaly.
func (q *inquiry) notes(causes map[string]int) map[string]string {
	return map[string]string{
		"lost":                  spelled(q.grading.counts, gradeWords),
		"duplicated":            spelled(causes, nil),
		"indeterminate":         fmt.Sprintf("%d found, %d not; neither counts as lost", q.accounts.Recovered, q.accounts.Absent),
		"late":                  "found only after two readings had agreed without them",
		"hidden":                "of the lost: on a disk, but no mailbox shows them",
		"unreadable":            q.survey.unreadablePlaces(),
		"reported as delivered": "of the lost: a report says that they were delivered",
	}
}

// spelled prints counts by name: "4 mx1 -> store1, 1 store".
func spelled(counts map[string]int, words map[string]string) string {
	var said []string
	for _, name := range sortedKeys(counts) {
		said = append(said, fmt.Sprintf("%d %s", counts[name], cmp.Or(words[name], name)))
	}
	return strings.Join(said, ", ")
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
