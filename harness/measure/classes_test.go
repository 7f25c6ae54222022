package measure

import (
	"testing"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

// Every class has its cause planted, with the numbers and the sequence numbers
// that must come out, whatever the other 795 copies do.
func TestEveryClassIsFound(t *testing.T) {
	five := among(100, 101, 102, 350, 700)
	const seqs = "100-102 350 700"
	gone := func(_ int, seq uint32) int {
		if five(seq) {
			return 0
		}
		return 1
	}
	outcome := func(change func(*ledger.Entry) bool) func(*ledger.Entry) bool {
		return func(e *ledger.Entry) bool {
			return e.Kind != ledger.Outcome || !five(e.Copy.Seq) || change(e)
		}
	}
	verdict := func(v ledger.Verdict) func(*ledger.Entry) bool {
		return outcome(func(e *ledger.Entry) bool { e.Verdict = v; return true })
	}
	seen := func(change func(*ledger.Entry)) func(*ledger.Entry) bool {
		return func(e *ledger.Entry) bool {
			if e.Kind == ledger.Seen && five(e.Copy.Seq) {
				change(e)
			}
			return true
		}
	}
	each := func(make func(seq uint32) ledger.Entry) (all []ledger.Entry) {
		for _, seq := range []uint32{100, 101, 102, 350, 700} {
			e := make(seq)
			e.Copy.Seq = seq
			all = append(all, e)
		}
		return all
	}
	for _, c := range []struct {
		name  string
		plant func(*drill)
		class string
		want  record.Accounting
	}{
		{"lost", func(d *drill) { d.found = gone }, "lost", record.Accounting{Accepted: 800, Delivered: 795, Lost: 5}},
		{"unknown without quiescence", func(d *drill) {
			d.found = gone
			d.spec = func(s *Spec) { s.QueueNodes = append(s.QueueNodes, "mx3") }
		}, "unknown", record.Accounting{Accepted: 800, Delivered: 795, Unknown: 5}},
		{"damaged", func(d *drill) {
			d.entry = seen(func(e *ledger.Entry) { e.Integrity = ledger.Damaged })
		}, "damaged", record.Accounting{Accepted: 800, Delivered: 795, Damaged: 5}},
		{"duplicated", func(d *drill) { d.found = func(_ int, seq uint32) int { return 2 - gone(0, seq) } },
			"duplicated", record.Accounting{Accepted: 800, Delivered: 800, Duplicates: 5}},
		{"misdelivered", func(d *drill) {
			d.found = gone
			for scan := range uint16(2) {
				d.extra = append(d.extra, each(func(uint32) ledger.Entry {
					return ledger.Entry{Kind: ledger.Seen, Scan: scan + 1, Mailbox: "u9@drill.test/INBOX", Integrity: ledger.Intact, Foreign: "misdelivered"}
				})...)
			}
		}, "misdelivered", record.Accounting{Accepted: 800, Delivered: 795, Lost: 5, Misdelivered: 5}},
		{"misdelivered, and so on a disk", func(d *drill) {
			d.found = gone
			for scan := range uint16(2) {
				d.extra = append(d.extra, each(func(uint32) ledger.Entry {
					return ledger.Entry{Kind: ledger.Seen, Scan: scan + 1, Mailbox: "u9@drill.test/INBOX", Integrity: ledger.Intact, Foreign: "misdelivered"}
				})...)
			}
			d.extra = append(d.extra, each(func(uint32) ledger.Entry {
				return ledger.Entry{Kind: ledger.Raw, Node: "store", Detail: "/var/mail/u9/x"}
			})...)
		}, "misdelivered", record.Accounting{Accepted: 800, Delivered: 795, Lost: 5, Misdelivered: 5}},
		{"notified", func(d *drill) {
			d.found = gone
			d.extra = each(func(uint32) ledger.Entry {
				return ledger.Entry{Kind: ledger.Notified, Detail: "failed u1@drill.test"}
			})
		}, "notified", record.Accounting{Accepted: 800, Delivered: 795, Notified: 5}},
		{"a delay is no failure", func(d *drill) {
			d.found = gone
			d.extra = each(func(uint32) ledger.Entry {
				return ledger.Entry{Kind: ledger.Notified, Detail: "delayed u1@drill.test"}
			})
		}, "lost", record.Accounting{Accepted: 800, Delivered: 795, Lost: 5}},
		{"deferred in the last reading", func(d *drill) {
			d.found = gone
			d.extra = each(func(uint32) ledger.Entry { return ledger.Entry{Kind: ledger.Queued, Scan: 2, Node: "mx2"} })
		}, "deferred", record.Accounting{Accepted: 800, Delivered: 795, Deferred: 5}},
		{"queued earlier only", func(d *drill) {
			d.found = gone
			d.extra = each(func(uint32) ledger.Entry { return ledger.Entry{Kind: ledger.Queued, Scan: 1, Node: "mx2"} })
		}, "lost", record.Accounting{Accepted: 800, Delivered: 795, Lost: 5}},
		{"quarantined", func(d *drill) {
			d.entry = seen(func(e *ledger.Entry) { e.Mailbox = "u1@drill.test/Junk" })
		}, "quarantined", record.Accounting{Accepted: 800, Delivered: 795, Quarantined: 5}},
		{"rejected for now", func(d *drill) { d.found, d.entry = gone, verdict(ledger.RejectedTemporary) }, "",
			record.Accounting{Accepted: 795, Delivered: 795, RejectedTemporary: 5}},
		{"rejected for good, yet there", func(d *drill) { d.entry = verdict(ledger.RejectedPermanent) }, "delivered despite rejection",
			record.Accounting{Accepted: 795, Delivered: 795, RejectedPermanent: 5, DeliveredDespiteRejection: 5}},
		{"not attempted", func(d *drill) { d.found, d.entry = gone, verdict(ledger.NotAttempted) }, "",
			record.Accounting{Accepted: 795, Delivered: 795, NotAttempted: 5}},
		{"reply lost, copy gone", func(d *drill) { d.found, d.entry = gone, verdict(ledger.Indeterminate) }, "indeterminate",
			record.Accounting{Accepted: 795, Delivered: 795, Indeterminate: 5, Absent: 5}},
		{"intent without an outcome", func(d *drill) {
			d.found, d.entry = gone, outcome(func(*ledger.Entry) bool { return false })
		}, "indeterminate", record.Accounting{Accepted: 795, Delivered: 795, Indeterminate: 5, Absent: 5}},
		{"planned, never begun", func(d *drill) {
			d.found = gone
			d.entry = outcome(func(e *ledger.Entry) bool { e.Kind = ledger.Unsent; return true })
		}, "", record.Accounting{Unsent: 5, Accepted: 795, Delivered: 795}},
		{"misfiled", func(d *drill) {
			d.entry = seen(func(e *ledger.Entry) { e.Mailbox = "u1@drill.test/Archive" })
		}, "misfiled", record.Accounting{Accepted: 800, Delivered: 800, Misfiled: 5}},
		{"bounced and delivered", func(d *drill) {
			d.extra = each(func(uint32) ledger.Entry { return ledger.Entry{Kind: ledger.Notified, Detail: "failed u1@drill.test"} })
		}, "bounced and delivered", record.Accounting{Accepted: 800, Delivered: 800}},
		{"reported as delivered", func(d *drill) {
			d.found = gone
			d.extra = each(func(uint32) ledger.Entry {
				return ledger.Entry{Kind: ledger.Notified, Detail: "delivered u1@drill.test"}
			})
		}, "reported as delivered", record.Accounting{Accepted: 800, Delivered: 795, Lost: 5}},
		{"on a disk and in no mailbox", func(d *drill) {
			d.found = gone
			d.extra = each(func(uint32) ledger.Entry {
				return ledger.Entry{Kind: ledger.Raw, Node: "store", Detail: "/var/mail/u1/x"}
			})
		}, "hidden", record.Accounting{Accepted: 800, Delivered: 795, Lost: 5, Hidden: 5}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := sound()
			c.plant(d)
			r := d.verdict(t)
			c.want.Planned, c.want.Attempted = 800, 800-c.want.Unsent
			if r.Accounting != c.want {
				t.Errorf("accounting\n got %+v\nwant %+v\n%s", r.Accounting, c.want, r.Reason)
			}
			if c.class == "" {
				return
			}
			for _, p := range r.Problems {
				if p.Class == c.class {
					if p.Seqs != seqs || p.Count != 5 {
						t.Errorf("%s: %d copies, %q, want 5 copies %q", p.Class, p.Count, p.Seqs, seqs)
					}
					return
				}
			}
			t.Errorf("no problem %q in %+v", c.class, r.Problems)
		})
	}
}

// Damage to an indeterminate copy counts for the objective, though not in the
// sum of the accepted ones.
func TestDamageOfIndeterminateCopies(t *testing.T) {
	d := sound()
	d.entry = func(e *ledger.Entry) bool {
		if e.Copy.Seq == 50 {
			e.Integrity = ledger.Damaged
			if e.Kind == ledger.Outcome {
				e.Verdict = ledger.Indeterminate
			}
		}
		return true
	}
	r := d.verdict(t)
	if o := goal(t, r, "damaged"); o.Verdict != record.Failed || r.Accounting.Damaged != 0 {
		t.Errorf("damaged: %s, %d in the accounting; want failed, 0", o.Verdict, r.Accounting.Damaged)
	}
}

// Reading a mailbox again does not duplicate its mail.
func TestDuplicatesAreNotSummedOverScans(t *testing.T) {
	d := sound()
	d.found = func(scan int, seq uint32) int {
		if seq == 5 {
			return 3
		}
		return 1
	}
	if r := d.verdict(t); r.Accounting.Duplicates != 2 {
		t.Errorf("%d duplicates, want 2", r.Accounting.Duplicates)
	}
}

// A replica shows the same mail once more; that is no duplicate. Two at one
// store are.
func TestReplicasAreNotDuplicates(t *testing.T) {
	v := &survey{rules: soundRules(), sightings: (&story{}).sightings()}
	if err := v.plan(ledger.Copy{Seq: 1}); err != nil {
		t.Fatal(err)
	}
	see := func(store string) int {
		v.saw(&ledger.Entry{Kind: ledger.Seen, Copy: ledger.Copy{Seq: 1}, Scan: 1, Node: store, Mailbox: "u1@drill.test/INBOX", Integrity: ledger.Intact})
		return v.of(ledger.Copy{Seq: 1}).most()
	}
	for i, c := range []struct {
		store string
		most  int
	}{{"store1", 1}, {"store2", 1}, {"store2", 2}} {
		if got := see(c.store); got != c.most {
			t.Errorf("sighting %d, at %s: %d at once, want %d", i, c.store, got, c.most)
		}
	}
}

// A copy that an earlier scan found and the last one did not is neither
// delivered nor lost: the scans disagree.
func TestSightingsMustBeOfTheFinalScan(t *testing.T) {
	d := sound()
	d.found = func(scan int, seq uint32) int {
		if scan == 2 && seq == 5 {
			return 0
		}
		return 1
	}
	r := d.verdict(t)
	if a := r.Accounting; a.Delivered != 799 || a.Unknown != 1 || a.Lost != 0 || r.Verdict != record.Inconclusive {
		t.Errorf("%s: %+v", r.Verdict, a)
	}
}

// A target that is met exactly is met.
func TestTargetsAreInclusive(t *testing.T) {
	d := sound()
	d.goals = []Objective{{"loss", 2, "copies"}}
	d.found = func(_ int, seq uint32) int { return int(min(1, seq%400)) }
	if o := goal(t, d.verdict(t), "loss"); o.Verdict != record.Passed {
		t.Errorf("2 lost, 2 allowed: %s (%s)", o.Verdict, o.Reason)
	}
}

// Several recipients of one message are several copies.
func TestCopiesOfOneMessage(t *testing.T) {
	d := sound()
	second := ledger.Copy{Seq: 5, Rcpt: 1}
	d.extra = []ledger.Entry{
		{Kind: ledger.Intent, Copy: second},
		{Kind: ledger.Outcome, Copy: second, Verdict: ledger.Accepted, End: 300, Node: "mx1"},
	}
	r := d.verdict(t)
	if a := r.Accounting; a.Planned != 801 || a.Accepted != 801 || a.Lost != 1 || r.Problems[0].Seqs != "5" {
		t.Errorf("accounting %+v, problems %+v", a, r.Problems)
	}
}

// Stale and alien messages, and those of probes and sentinels, are found but
// accounted for nowhere.
func TestForeignMessages(t *testing.T) {
	d := sound()
	for scan := range uint16(2) {
		box := ledger.Entry{Kind: ledger.Seen, Scan: scan + 1, Mailbox: "u1@drill.test/INBOX", Integrity: ledger.Intact}
		for _, foreign := range []string{"stale", "alien"} {
			e := box
			e.Foreign, e.Copy.Seq = foreign, 12345
			d.extra = append(d.extra, e)
		}
		for _, stream := range []uint16{ledger.StreamProbe, ledger.StreamSentinel} {
			e := box
			e.Copy = ledger.Copy{Stream: stream, Seq: 99999}
			d.extra = append(d.extra, e)
		}
	}
	if r := d.verdict(t); r.Verdict != record.Passed || r.Accounting.Phantom != 0 {
		t.Errorf("%s (%s), %d phantoms", r.Verdict, r.Reason, r.Accounting.Phantom)
	}
}
