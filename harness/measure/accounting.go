package measure

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

// class is what finally became of an accepted copy.
type class uint8

const (
	delivered   class = iota + 1 // intact, in the right mailbox, in the final scan
	damaged                      // there, but no copy is intact
	quarantined                  // only where a filter puts things
	bounced                      // nowhere, and the sender was told
	deferred                     // nowhere, and in the last reading of a queue
	lost                         // nowhere, and absence is proven
	unknown                      // not found, and absence is not proven
)

// classify gives the final class of a copy that was accepted.
func (a absence) classify(s *state) class {
	scanned := a.finalScan > 0
	switch {
	case scanned && s.intact == a.finalScan:
		return delivered
	case scanned && s.placed == a.finalScan:
		return damaged
	case scanned && s.scan == a.finalScan:
		return quarantined
	case s.has(notified):
		return bounced
	case a.lastReading > 0 && s.queued == a.lastReading:
		return deferred
	case a.proven():
		return lost
	}
	return unknown
}

// books is the accounting with the copies behind each anomaly.
type books struct {
	record.Accounting
	// damagedAny counts damaged copies of indeterminate submissions too: that
	// they were damaged does not depend on who was responsible for them.
	damagedAny int
	// recovered and absent split the indeterminate copies by whether they were
	// found.
	recovered, absent int
	anomalies         map[string]*ranges
	counts            map[string]int
	defects           defects
}

// account counts every copy once and asserts that the sums hold.
func (v *survey) account(a absence, scans []scanReading) *books {
	b := &books{defects: v.defects, anomalies: map[string]*ranges{}, counts: map[string]int{}}
	v.each(func(k ledger.Copy, s *state) { b.count(k, s, a) })
	b.Misdelivered = v.misdelivered()
	b.Phantom = len(slices.Compact(slices.Sorted(slices.Values(v.phantoms.seqs))))
	if b.Phantom > 0 {
		b.anomalies["phantom"], b.counts["phantom"] = &v.phantoms, b.Phantom
	}
	b.counts["misdelivered"] = b.Misdelivered
	b.conserve(v, scans)
	return b
}

func (b *books) count(k ledger.Copy, s *state, a absence) {
	b.Planned++
	b.countFound(k, s, a)
	if s.has(unsent) && s.attempted() {
		b.defects.add("copy %d/%d is unsent and was attempted", k.Seq, k.Rcpt)
	}
	if !s.attempted() {
		b.Unsent++
		return
	}
	b.Attempted++
	switch s.submission() {
	case ledger.Accepted:
		b.Accepted++
		b.countAccepted(k, a.classify(s))
	case ledger.RejectedTemporary:
		b.RejectedTemporary++
	case ledger.RejectedPermanent:
		b.RejectedPermanent++
	case ledger.Indeterminate:
		b.Indeterminate++
		b.countIndeterminate(k, s, a)
	case ledger.NotAttempted:
		b.NotAttempted++
	}
}

// countFound counts what was found of a copy, whatever its submission.
func (b *books) countFound(k ledger.Copy, s *state, a absence) {
	if s.most > 1 {
		b.Duplicates += int(s.most - 1)
		b.note("duplicated", k, int(s.most-1))
	}
	if s.has(misplaced) {
		b.note("misdelivered", k, 0)
	}
	if s.scan == 0 || !s.attempted() {
		return
	}
	switch s.submission() {
	case ledger.RejectedTemporary, ledger.RejectedPermanent, ledger.NotAttempted:
		b.DeliveredDespiteRejection++
		b.note("delivered despite rejection", k, 1)
	}
}

func (b *books) countAccepted(k ledger.Copy, c class) {
	switch c {
	case delivered:
		b.Delivered++
	case damaged:
		b.Damaged++
		b.damagedAny++
		b.note("damaged", k, 1)
	case quarantined:
		b.Quarantined++
		b.note("quarantined", k, 1)
	case bounced:
		b.Notified++
		b.note("notified", k, 1)
	case deferred:
		b.Deferred++
		b.note("deferred", k, 1)
	case lost:
		b.Lost++
		b.note("lost", k, 1)
	case unknown:
		b.Unknown++
		b.note("unknown", k, 1)
	}
}

// countIndeterminate: an indeterminate copy can never be lost, but it can be
// damaged.
func (b *books) countIndeterminate(k ledger.Copy, s *state, a absence) {
	b.note("indeterminate", k, 1)
	if s.scan == 0 {
		b.absent++
		return
	}
	b.recovered++
	if s.has(corrupt) && s.intact != a.finalScan {
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
// plans, of verdicts, of classes, and of messages found.
func (b *books) conserve(v *survey, scans []scanReading) {
	equal := func(name string, left, right int) {
		if left != right {
			b.defects.add("%s: %d is not %d", name, left, right)
		}
	}
	equal("planned = unsent + attempted", v.planned, b.Unsent+b.Attempted)
	equal("attempted = accepted + rejected + indeterminate + not attempted", b.Attempted,
		b.Accepted+b.RejectedTemporary+b.RejectedPermanent+b.Indeterminate+b.NotAttempted)
	equal("accepted = delivered + damaged + notified + deferred + quarantined + lost + unknown", b.Accepted,
		b.Delivered+b.Damaged+b.Notified+b.Deferred+b.Quarantined+b.Lost+b.Unknown)
	for _, r := range scans {
		equal(fmt.Sprintf("messages of scan %d = messages in the ledger", r.Scan), r.Messages, v.physical[uint16(r.Scan)])
	}
	if b.Phantom > 0 {
		b.defects.add("%d messages carry valid tokens that were never sent (%s)", b.Phantom, v.phantoms)
	}
}

// anomalyOrder is the order of the record, the worst first.
var anomalyOrder = []string{"lost", "misdelivered", "damaged", "duplicated", "delivered despite rejection", "notified",
	"deferred", "quarantined", "unknown", "indeterminate", "phantom"}

// problems names the copies of every anomaly.
func (b *books) problems() []record.Problem {
	var out []record.Problem
	for _, name := range anomalyOrder {
		r := b.anomalies[name]
		if r == nil {
			continue
		}
		p := record.Problem{Class: name, Count: b.counts[name], Seqs: r.String()}
		if name == "indeterminate" {
			p.Note = fmt.Sprintf("%d found, %d not; neither counts as lost", b.recovered, b.absent)
		}
		out = append(out, p)
	}
	return out
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
