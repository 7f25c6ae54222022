package calibrate

import (
	"errors"
	"fmt"
	"slices"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
	"maildrill/harness/topology"
)

// unshown plants mail of which a scan cannot tell whose it is: messages that the
// store cannot show, and one that lost the header with its recipients.
func unshown(b *Bench) {
	for _, c := range []struct {
		name    string
		missing []uint32
		want    map[string]int
		loss    record.Verdict
	}{
		{"a copy is missing, and a message cannot be read", some[:1], map[string]int{"lost": 0, "unknown": 1, "unreadable": 1, "damaged": 0}, record.Inconclusive},
		{"two copies are missing, and a message cannot be read", some[:2], map[string]int{"lost": 0, "unknown": 2, "unreadable": 1, "damaged": 0}, record.Failed},
	} {
		t := newTape(sample)
		t.lies = every(c.missing, topology.Lie{Drop: true})
		t.extra = inBoth(ledger.Entry{Mailbox: mailbox(c.missing[0]) + "/INBOX", Foreign: "unreadable", Detail: "the connection ends before it does"})
		b.about(c.name, t, func(r record.Record) error {
			return errors.Join(sameCounts(r, c.want), decided(r, "loss", c.loss), decided(r, "damaged", record.Failed))
		})
	}
	for _, c := range []struct {
		name, mailbox string
		want          map[string]int
	}{
		{"a message without its recipients, in its own mailbox", mailbox(some[0]), map[string]int{"damaged": 1, "misdelivered": 0, "lost": 0}},
		{"a message without its recipients, at a stranger's", stranger, map[string]int{"damaged": 0, "misdelivered": 1, "lost": 1}},
	} {
		t := newTape(sample)
		t.lies = every(some[:1], topology.Lie{Drop: true})
		t.extra = inBoth(ledger.Entry{Copy: ledger.Copy{Seq: some[0]}, Mailbox: c.mailbox + "/INBOX", Foreign: "unaddressed", Detail: "the header X-Drill-To is gone"})
		b.about(c.name, t, func(r record.Record) error { return sameCounts(r, c.want) })
	}
}

// inBoth is a damaged message that both scans found.
func inBoth(e ledger.Entry) []ledger.Entry {
	e.Kind, e.Node, e.UID, e.UIDValidity, e.Integrity = ledger.Seen, "store1", 9000, 1, ledger.Damaged
	first, second := e, e
	first.Scan, second.Scan = 1, 2
	return []ledger.Entry{first, second}
}

// decided asks for the verdict on one objective.
func decided(r record.Record, name string, want record.Verdict) error {
	i := slices.IndexFunc(r.Objectives, func(o record.Objective) bool { return o.Name == name })
	if i < 0 || r.Objectives[i].Verdict != want {
		return fmt.Errorf("objective %s is not %s: %+v", name, want, r.Objectives)
	}
	return nil
}

// sameCounts asks for some numbers of the accounting.
func sameCounts(r record.Record, want map[string]int) error {
	got := counted(r)
	for _, name := range sorted(want) {
		if got[name] != want[name] {
			return fmt.Errorf("%s is %d, true are %d", name, got[name], want[name])
		}
	}
	return nil
}
