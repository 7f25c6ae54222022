package reports

import (
	"fmt"

	"maildrill/harness/record"
)

// part is one summand, or one count beside the sums.
type part struct {
	word string
	n    int
}

// sum is one of the equations that must hold.
type sum struct {
	whole part
	parts []part
}

func (s sum) total() int {
	n := 0
	for _, p := range s.parts {
		n += p.n
	}
	return n
}

func (s sum) holds() bool { return s.total() == s.whole.n }

// sums are both equations of the accounting (see [record.Accounting]).
func sums(a record.Accounting) []sum {
	return []sum{
		{part{"attempted", a.Attempted}, []part{
			{"accepted", a.Accepted}, {"refused for now", a.RejectedTemporary}, {"refused for good", a.RejectedPermanent},
			{"in doubt", a.Indeterminate}, {"never handed over", a.NotAttempted},
		}},
		{part{"accepted", a.Accepted}, []part{
			{"delivered", a.Delivered}, {"damaged", a.Damaged}, {"bounced", a.Notified}, {"still queued", a.Deferred},
			{"quarantined", a.Quarantined}, {"LOST", a.Lost}, {"unknown", a.Unknown},
		}},
	}
}

// beside are the counts that are part of no sum.
func beside(a record.Accounting) []part {
	return []part{
		{"duplicates", a.Duplicates}, {"in the wrong mailbox", a.Misdelivered},
		{"delivered though refused", a.DeliveredDespiteRejection}, {"back after deletion", a.Resurrected},
		{"not in the ledger", a.Phantom}, {"planned, not sent", a.Unsent},
		{"lost, but on a disk", a.Hidden}, {"found after two readings without it", a.Late}, {"unreadable", a.Unreadable}, {"in the wrong folder", a.Misfiled}, {"of other runs", a.Stale}, {"of no run", a.Alien},
		{"in doubt and found", a.Recovered}, {"in doubt and not found", a.Absent},
	}
}

// unbalanced says which sum does not hold; empty: both do.
func unbalanced(a record.Accounting) string {
	for _, s := range sums(a) {
		if !s.holds() {
			return fmt.Sprintf("the sum does not hold: %d %s, but its parts make %d; a defect of the instrument", s.whole.n, s.whole.word, s.total())
		}
	}
	return ""
}
