package measure

import (
	"strings"
	"testing"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

// unreadable are so many messages that no scan could read.
func unreadable(n uint32) (all []ledger.Entry) {
	for scan := range uint16(2) {
		for uid := range n {
			all = append(all, ledger.Entry{Kind: ledger.Seen, Scan: scan + 1, Node: "store1", Mailbox: "u1@drill.test/INBOX", UID: 90000 + uid,
				Integrity: ledger.Damaged, Foreign: "unreadable", Detail: "the connection ends before it does"})
		}
	}
	return all
}

// losing are drills in which no scan finds some copies.
func losing(seqs ...uint32) func(int, uint32) int {
	return func(_ int, seq uint32) int {
		if among(seqs...)(seq) {
			return 0
		}
		return 1
	}
}

// Messages that cannot be read are damage that was found. A missing copy may be
// one of them, so that it is not lost; of more missing copies than that, the
// difference is. Never does such a run pass.
func TestUnreadableMessages(t *testing.T) {
	loss, damaged, rto := Objective{"loss", 0, "copies"}, Objective{"damaged", 0, "copies"}, Objective{"rto.mx", 15, "s"}
	for _, c := range []struct {
		name    string
		missing []uint32
		bad     uint32
		goal    Objective
		want    record.Verdict // of the objective
		verdict record.Verdict // of the run
		counts  record.Accounting
	}{
		{"one missing, one unreadable", []uint32{100}, 1, loss, record.Inconclusive, record.Inconclusive, record.Accounting{Delivered: 799, Unknown: 1, Unreadable: 1}},
		{"no more missing than unreadable", []uint32{100, 200}, 3, loss, record.Inconclusive, record.Inconclusive, record.Accounting{Delivered: 798, Unknown: 2, Unreadable: 3}},
		{"more missing than unreadable", []uint32{100, 200, 300}, 2, loss, record.Failed, record.Failed, record.Accounting{Delivered: 797, Unknown: 3, Unreadable: 2}},
		{"damage was found", []uint32{100}, 1, damaged, record.Failed, record.Failed, record.Accounting{Delivered: 799, Unknown: 1, Unreadable: 1}},
		{"damage was found, nothing is missing", nil, 1, damaged, record.Failed, record.Failed, record.Accounting{Delivered: 800, Unreadable: 1}},
		{"only times are asked for", []uint32{100}, 1, rto, record.Passed, record.Inconclusive, record.Accounting{Delivered: 799, Unknown: 1, Unreadable: 1}},
		{"more may be lost than are", []uint32{100}, 1, Objective{"loss", 5, "copies"}, record.Passed, record.Inconclusive, record.Accounting{Delivered: 799, Unknown: 1, Unreadable: 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := sound()
			d.found, d.extra, d.goals = losing(c.missing...), unreadable(c.bad), []Objective{c.goal}
			r := d.verdict(t)
			c.counts.Planned, c.counts.Attempted, c.counts.Accepted = 800, 800, 800
			if r.Accounting != c.counts {
				t.Errorf("accounting\n got %+v\nwant %+v", r.Accounting, c.counts)
			}
			if o := goal(t, r, c.goal.Name); o.Verdict != c.want || r.Verdict != c.verdict {
				t.Errorf("objective %s (%s), run %s (%s); want %s, %s", o.Verdict, o.Reason, r.Verdict, r.Reason, c.want, c.verdict)
			}
			if p := r.Problems[0]; p.Class != "unreadable" || p.Count != int(c.bad) || !strings.HasPrefix(p.Note, "u1@drill.test/INBOX UID 90000 at store1") {
				t.Errorf("problem %+v", p)
			}
		})
	}
}
