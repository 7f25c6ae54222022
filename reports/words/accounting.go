package words

import (
	"fmt"

	"maildrill/harness/record"
)

// Part is one summand, or one count beside the sums.
type Part struct {
	Word string
	N    int
}

// Sum is one of the equations that must hold.
type Sum struct {
	Whole Part
	Parts []Part
}

func (s Sum) total() int {
	n := 0
	for _, p := range s.Parts {
		n += p.N
	}
	return n
}

// Holds tells whether the parts make up the whole.
func (s Sum) Holds() bool { return s.total() == s.Whole.N }

// Sums are both equations of the accounting (see [record.Accounting]).
func Sums(a record.Accounting) []Sum {
	return []Sum{
		{Part{"attempted", a.Attempted}, []Part{
			{"accepted", a.Accepted}, {"refused for now", a.RejectedTemporary}, {"refused for good", a.RejectedPermanent},
			{"in doubt", a.Indeterminate}, {"never handed over", a.NotAttempted},
		}},
		{Part{"accepted", a.Accepted}, []Part{
			{"delivered", a.Delivered}, {"damaged", a.Damaged}, {"bounced", a.Notified}, {"still queued", a.Deferred},
			{"quarantined", a.Quarantined}, {"LOST", a.Lost}, {"unknown", a.Unknown},
		}},
	}
}

// Beside are the counts that are part of no sum.
func Beside(a record.Accounting) []Part {
	return []Part{
		{"duplicates", a.Duplicates}, {"in the wrong mailbox", a.Misdelivered},
		{"delivered though refused", a.DeliveredDespiteRejection}, {"back after deletion", a.Resurrected},
		{"not in the ledger", a.Phantom}, {"planned, not sent", a.Unsent},
		{"lost, but on a disk", a.Hidden}, {"found after two readings without it", a.Late}, {"unreadable", a.Unreadable}, {"in the wrong folder", a.Misfiled}, {"of other runs", a.Stale}, {"of no run", a.Alien},
		{"in doubt and found", a.Recovered}, {"in doubt and not found", a.Absent},
	}
}

// Unbalanced says which sum does not hold; empty: both do.
func Unbalanced(a record.Accounting) string {
	for _, s := range Sums(a) {
		if !s.Holds() {
			return fmt.Sprintf("the sum does not hold: %d %s, but its parts make %d; a defect of the instrument", s.Whole.N, s.Whole.Word, s.total())
		}
	}
	return ""
}
