package measure

import (
	"strings"
	"testing"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

// unaddressed are messages that both scans found without their recipients.
func unaddressed(mailbox string, seqs ...uint32) (all []ledger.Entry) {
	for scan := range uint16(2) {
		for _, seq := range seqs {
			all = append(all, ledger.Entry{Kind: ledger.Seen, Copy: ledger.Copy{Seq: seq}, Scan: scan + 1, Mailbox: mailbox, UID: 80000 + seq,
				Integrity: ledger.Damaged, Foreign: "unaddressed", Detail: "the header X-Drill-To is gone"})
		}
	}
	return all
}

// A message that lost the header with its recipients is the copy of its mailbox's
// owner if that is one of them, however the address is written, and else
// misdelivered.
func TestMessagesThatNameNoRecipients(t *testing.T) {
	both := ledger.Copy{Seq: 100, Rcpt: 1}
	second := []ledger.Entry{{Kind: ledger.Intent, Copy: both, Detail: "u9@drill.test"},
		{Kind: ledger.Outcome, Copy: both, Verdict: ledger.Accepted, End: 300, Node: "mx1"}}
	for _, c := range []struct {
		name  string
		found func(int, uint32) int
		extra []ledger.Entry
		want  record.Accounting
	}{
		{"their own", losing(100), unaddressed("U1@Drill.Test/INBOX", 100), record.Accounting{Accepted: 800, Delivered: 799, Damaged: 1}},
		{"in the mailbox of a stranger", losing(100), unaddressed("u9@drill.test/INBOX", 100),
			record.Accounting{Accepted: 800, Delivered: 799, Lost: 1, Misdelivered: 1}},
		{"in the mailbox of another recipient", nil, append(second, unaddressed("u9@drill.test/INBOX", 100)...),
			record.Accounting{Accepted: 801, Delivered: 800, Damaged: 1}},
		{"beside an intact one", nil, unaddressed("u1@drill.test/INBOX", 100), record.Accounting{Accepted: 800, Delivered: 800, Duplicates: 1}},
		{"in Junk", losing(100), unaddressed("u1@drill.test/Junk", 100), record.Accounting{Accepted: 800, Delivered: 799, Quarantined: 1}},
		{"never sent", nil, unaddressed("u1@drill.test/INBOX", 5000), record.Accounting{Accepted: 800, Delivered: 800, Misdelivered: 1, Phantom: 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := sound()
			d.found, d.extra = c.found, c.extra
			r := d.verdict(t)
			c.want.Planned, c.want.Attempted = c.want.Accepted, c.want.Accepted
			if r.Accounting != c.want || r.Verdict == record.Passed && c.want.Damaged+c.want.Misdelivered > 0 {
				t.Errorf("%s\n got %+v\nwant %+v", r.Verdict, r.Accounting, c.want)
			}
		})
	}
}

// What is set aside is bounded, and what is not looked at never passes.
func TestTooManyMessagesThatNameNoRecipients(t *testing.T) {
	d := sound()
	for range namelessMost/2 + 1 {
		d.extra = append(d.extra, unaddressed("u1@drill.test/INBOX", 100)...)
	}
	if r := d.verdict(t); r.Verdict != record.Error || !strings.Contains(r.Reason, "name no recipients") {
		t.Errorf("%s: %s", r.Verdict, r.Reason)
	}
}
