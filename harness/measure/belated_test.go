package measure

import (
	"strings"
	"testing"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

// TestBelated: a copy that comes after it could have been called lost is counted,
// and then no other copy is called lost.
func TestBelated(t *testing.T) {
	const belated, gone = 100, 200 // the second is never found
	told := func(k ledger.Kind, detail string) []ledger.Entry {
		return []ledger.Entry{{Kind: k, Copy: ledger.Copy{Seq: belated}, Scan: 2, Detail: detail}}
	}
	for _, c := range []struct {
		name        string
		scans, from int // the copy is found from this scan on
		extra       []ledger.Entry
		event       func(*ledger.Event) bool
		verdict     ledger.Verdict // of its submission; 0: accepted
		late, lost  int
	}{
		{name: "after two scans, by one", scans: 3, from: 3, late: 1},
		{name: "after two scans, by two that agree", scans: 4, from: 3, late: 1},
		{name: "after one scan", scans: 3, from: 2, lost: 1},
		{name: "never missed", scans: 3, from: 1, lost: 1},
		{name: "bounced before", scans: 4, from: 3, extra: told(ledger.Notified, "failed u1@drill.test"), lost: 1},
		{name: "still queued", scans: 4, from: 3, extra: told(ledger.Queued, "deferred"), lost: 1},
		{name: "of unknown submission", scans: 4, from: 3, verdict: ledger.Indeterminate, lost: 1},
		{name: "refused", scans: 4, from: 3, verdict: ledger.RejectedPermanent, lost: 1},
		{name: "while a mailbox was unread", scans: 4, from: 3, lost: 1, event: func(e *ledger.Event) bool {
			if e.Kind == ledger.Scanned {
				edit(t, e, func(s *ledger.ScanResult) {
					if s.Scan == 2 {
						s.Unread = []string{"u1: no"}
					}
				})
			}
			return true
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := sound()
			d.scans, d.extra, d.event = c.scans, c.extra, c.event
			d.found = func(scan int, seq uint32) int {
				if seq == gone || seq == belated && scan < c.from {
					return 0
				}
				return 1
			}
			d.entry = func(e *ledger.Entry) bool {
				if e.Kind == ledger.Outcome && e.Copy.Seq == belated && c.verdict != 0 {
					e.Verdict = c.verdict
				}
				return true
			}
			r := d.verdict(t)
			if r.Accounting.Late != c.late || r.Accounting.Lost != c.lost {
				t.Errorf("%d late, %d lost, want %d and %d", r.Accounting.Late, r.Accounting.Lost, c.late, c.lost)
			}
			if c.late == 0 {
				return
			}
			if g := gateOf(t, r, "scans-agree"); g.Passed || r.Verdict != record.Inconclusive {
				t.Errorf("gate %+v, verdict %s (%s)", g, r.Verdict, r.Reason)
			}
			if p := r.Problems[0]; p.Class != "late" || p.Seqs != "100" || !strings.Contains(p.Note, "only after") {
				t.Errorf("problems %+v", r.Problems)
			}
		})
	}
}
