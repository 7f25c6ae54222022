package measure

import (
	"fmt"
	"maps"
	"testing"

	"maildrill/harness/ledger"
)

// Copy 790 is one of the last of its mailbox, so that nothing later proves that
// the way was open; the others have later neighbours. Copy 100 was looked for
// on every volume, copy 101 on one of two, copy 102 is on a disk.
func TestLossesAreGraded(t *testing.T) {
	gone := among(100, 101, 102, 103, 798)
	d := sound()
	d.found = func(_ int, seq uint32) int {
		if gone(seq) {
			return 0
		}
		return 1
	}
	d.spec = func(s *Spec) { s.Volumes = []string{"mx1", "store1"} }
	search := func(seq uint32, node, path string) {
		d.extra = append(d.extra, ledger.Entry{Kind: ledger.Raw, Copy: ledger.Copy{Seq: seq}, Node: node, Detail: path})
	}
	search(100, "mx1", "")
	search(100, "store1", "")
	search(101, "mx1", "")
	search(102, "mx1", "")
	search(102, "store1", "/var/mail/u3/cur/1")
	r := d.verdict(t)
	if want := map[string]int{"L2": 1, "L3": 3, "L4": 1}; !maps.Equal(r.LossGrades, want) || r.Accounting.Lost != 5 || r.Accounting.Hidden != 1 {
		t.Errorf("%d lost, %d hidden, grades %v, want 5, 1, %v", r.Accounting.Lost, r.Accounting.Hidden, r.LossGrades, want)
	}
}

// An account that read exactly as before is not written down again; its
// messages count for the last scan, and only once.
func TestAnAccountThatStands(t *testing.T) {
	d := sound()
	d.found = func(scan int, seq uint32) int {
		if scan == 2 && seq%4 == 0 {
			return 0 // u1 stands
		}
		if seq == 8 {
			return 2
		}
		return 1
	}
	stand := func(account string) func(*ledger.Event) bool {
		return func(e *ledger.Event) bool {
			if e.Kind == ledger.Scanned {
				edit(t, e, func(s *ledger.ScanResult) {
					s.Digest = "the same"
					if s.Scan == 2 {
						s.Messages = 801
						s.Standing = []ledger.Standing{{Account: account, Scan: 1}}
					}
				})
			}
			return true
		}
	}
	d.event = stand("u1@drill.test")
	if r := d.verdict(t); r.Accounting.Delivered != 800 || r.Accounting.Duplicates != 1 {
		t.Errorf("%s: %+v", r.Reason, r.Accounting)
	}
	d.event = stand("u2@drill.test")
	if r := d.verdict(t); r.Accounting.Delivered == 800 {
		t.Error("the wrong account stood, and nobody noticed")
	}
}

func TestRangesAddedInAnyOrder(t *testing.T) {
	var r ranges
	for _, seq := range []uint32{5, 6, 6, 7, 3, 20, 8, 21} {
		r.add(seq)
	}
	if got := fmt.Sprint(r, r.list()); got != "3 5-8 20-21 [3 5 6 7 8 20 21]" {
		t.Error(got)
	}
}
