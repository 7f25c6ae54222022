package chronicle

import (
	"fmt"
	"slices"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

// fates tells what the record says of each copy.
type fates struct {
	rows   []*named
	counts map[Fate]int
}

// readFates reads the record's rows of problems. What it cannot read of them is
// a doubt.
func readFates(r record.Record) (f *fates, doubts []string) {
	f = &fates{counts: map[Fate]int{}}
	for _, p := range r.Problems {
		n, err := readNamed(p)
		if err != nil {
			doubts = append(doubts, fmt.Sprintf("the record's list of copies that are %s cannot be read: %v", cut(p.Class, 40), err))
		}
		f.rows = append(f.rows, n)
	}
	return f, doubts
}

// settle gives every copy its fate.
func (f *fates) settle(k ledger.Copy, c *copyState) {
	fate := f.of(k.Seq, c)
	c.fate = uint8(slices.Index(Fates, fate))
	f.counts[fate]++
	if len(f.rows) > 0 && len(f.marks(k.Seq, c)) > 0 {
		c.facts |= marked
	}
}

// unaccepted are the fates of copies that nobody took responsibility for.
var unaccepted = map[ledger.Verdict]Fate{
	ledger.RejectedTemporary: RefusedForNow, ledger.RejectedPermanent: Refused,
	ledger.Indeterminate: Indeterminate, ledger.NotAttempted: NotAttempted,
}

func (f *fates) of(seq uint32, c *copyState) Fate {
	if !c.attempted() {
		return Unsent
	}
	if fate, ok := unaccepted[c.submission()]; ok {
		return fate
	}
	fate := Delivered
	for _, n := range f.rows {
		switch {
		case n.fate == "" || n.fate == Indeterminate || !n.holds(seq, c):
		case n.fate == Duplicated || n.fate == Late:
			if fate == Delivered {
				fate = n.fate
			}
		default:
			return n.fate
		}
	}
	return fate
}

// marks are the anomalies of a copy beside its fate.
func (f *fates) marks(seq uint32, c *copyState) []Mark {
	var all []Mark
	for _, n := range f.rows {
		if n.holds(seq, c) && n.fate != Fates[c.fate] {
			all = append(all, Mark(n.name))
		}
	}
	return all
}

// disagreements are where the copies that were read do not add up to the record.
func (f *fates) disagreements(a record.Accounting) []string {
	var said []string
	for _, row := range []struct {
		name   string
		counts int
		fates  []Fate
	}{
		{"delivered", a.Delivered, []Fate{Delivered, Late, Duplicated}}, {"damaged", a.Damaged, []Fate{Damaged}},
		{"quarantined", a.Quarantined, []Fate{Quarantined}}, {"notified", a.Notified, []Fate{Notified}},
		{"deferred", a.Deferred, []Fate{Deferred}}, {"lost", a.Lost, []Fate{Lost}}, {"unknown", a.Unknown, []Fate{Unknown}},
		{"refused for now", a.RejectedTemporary, []Fate{RefusedForNow}}, {"refused", a.RejectedPermanent, []Fate{Refused}},
		{"indeterminate", a.Indeterminate, []Fate{Indeterminate}}, {"not attempted", a.NotAttempted, []Fate{NotAttempted}},
		{"unsent", a.Unsent, []Fate{Unsent}},
	} {
		here := 0
		for _, fate := range row.fates {
			here += f.counts[fate]
		}
		if here != row.counts {
			said = append(said, fmt.Sprintf("the record counts %d copies as %s, the ledger shows %d", row.counts, row.name, here))
		}
	}
	return said
}
