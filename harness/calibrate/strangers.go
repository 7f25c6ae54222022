package calibrate

import (
	"fmt"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

// strangers puts mail into mailboxes that is nobody's copy.
func strangers(b *Bench) {
	plant := func(e ledger.Entry) *tape {
		t := newTape(sample)
		for scan := uint16(1); scan <= 2; scan++ {
			one := e
			one.Kind, one.Scan, one.Node, one.Mailbox, one.UID, one.UIDValidity = ledger.Seen, scan, "store1", mailbox(1)+"/INBOX", 9000, 1
			one.Integrity = ledger.Intact
			t.extra = append(t.extra, one)
		}
		return t
	}
	b.about("a valid token that was never sent", plant(ledger.Entry{Copy: ledger.Copy{Seq: 5000}}), phantom)
	b.about("a canary in a mailbox is nothing", plant(ledger.Entry{Copy: ledger.Copy{Stream: ledger.StreamProbe, Seq: 5000}}), passed)
	for _, foreign := range []string{"stale", "alien"} {
		b.about("a message that is "+foreign, plant(ledger.Entry{Foreign: foreign}), func(r record.Record) error { return strange(r, foreign, 1) })
	}
}

// phantom: a message that the ledger does not know is a defect of the ledger.
func phantom(r record.Record) error {
	if r.Accounting.Phantom != 1 || r.Verdict != record.Error {
		return fmt.Errorf("%d phantoms, verdict %s: %.200s", r.Accounting.Phantom, r.Verdict, r.Reason)
	}
	return nil
}

// strange: foreign mail changes nothing about ours.
func strange(r record.Record, foreign string, n int) error {
	a := r.Accounting
	switch {
	case a.Lost+a.Duplicates+a.Misdelivered+a.Phantom+a.Damaged > 0 || a.Delivered != a.Accepted:
		return fmt.Errorf("taken for one of ours: %+v", a)
	case foreign == "stale" && counted(r)["stale"] != n:
		return fmt.Errorf("stale is %d, true are %d", counted(r)["stale"], n)
	case foreign == "alien" && r.Verdict != record.Passed:
		return fmt.Errorf("verdict %s: %.200s", r.Verdict, r.Reason)
	}
	return nil
}
