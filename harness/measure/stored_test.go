package measure

import (
	"encoding/json"
	"slices"
	"testing"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

// TestStoredObjectivesInARun: the objectives, the record and the accounting of a
// whole run in which a message comes back whose removal was acknowledged, and
// another loses its flag.
func TestStoredObjectivesInARun(t *testing.T) {
	const account = "stored1@drill.test"
	inbox := func(mail ...ledger.StoredMessage) []ledger.StoredFolder {
		return []ledger.StoredFolder{{Name: "INBOX", UIDValidity: 100, UIDNext: 3, ModSeq: 50, Messages: mail}}
	}
	first := ledger.StoredMessage{UID: 1, Seq: 1, Digest: "d1", Size: 1024, Date: 1001, Flags: []string{`\Flagged`}}
	second := ledger.StoredMessage{UID: 2, Seq: 2, Digest: "d2", Size: 1024, Date: 1002}
	bare := first
	bare.Flags = nil
	var history []ledger.Event
	put := func(kind string, data any) {
		b, err := json.Marshal(data)
		if err != nil {
			t.Fatal(err)
		}
		history = append(history, ledger.Event{N: len(history) + 1, Kind: kind, Data: b})
	}
	put(ledger.StateManifest, ledger.Manifest{Round: ledger.BeforeDrill, Account: account, Folders: inbox(first, second)})
	put(ledger.StateIntent, ledger.StateOperation{N: 1, Account: account, Kind: ledger.OpExpunge, Folder: "INBOX", Seq: 2, UID: 2})
	put(ledger.StateDone, ledger.StateOutcome{N: 1, Account: account, Verdict: ledger.StateOK})
	put(ledger.StateManifest, ledger.Manifest{Round: ledger.AfterDrill, Account: account, Folders: inbox(bare, second)})

	d := sound()
	d.goals = append(d.goals, Objective{"stored", 0, "anomalies"}, Objective{"identity", 0, "%"})
	w := d.write(t)
	w.events = slices.Insert(w.events, len(w.events)-1, history...)
	r, err := Judge(History{Events: w.events, Ledger: w})
	if err != nil {
		t.Fatal(err)
	}
	if r.Verdict != record.Failed || r.Reason != "missed: stored, identity" || r.Accounting.Resurrected != 1 {
		t.Errorf("%s (%s), %d resurrected, %+v", r.Verdict, r.Reason, r.Accounting.Resurrected, r.Stored)
	}
	if r.Stored == nil || r.Stored.Messages != 2 || r.Stored.Operations[ledger.OpExpunge][ledger.StateOK] != 1 {
		t.Errorf("stored: %+v", r.Stored)
	}
}

// A restore that gives folders a new UIDVALIDITY breaks no promise about names,
// and costs every reader a download: an objective of its own.
func TestARenewedFolderIsAnObjectiveOfItsOwn(t *testing.T) {
	const account = "stored1@drill.test"
	inbox := func(validity uint32) []ledger.StoredFolder {
		mail := []ledger.StoredMessage{{UID: 1, Seq: 1, Digest: "d1", Size: 1024, Date: 1001}}
		return []ledger.StoredFolder{{Name: "INBOX", UIDValidity: validity, UIDNext: 2, ModSeq: 50, Messages: mail}}
	}
	for after, want := range map[uint32]record.Verdict{100: record.Passed, 101: record.Failed} {
		d := sound()
		d.goals = append(d.goals, Objective{"stored", 0, "anomalies"}, Objective{"identity", 0, "anomalies"}, Objective{"renewed", 0, "folders"})
		w := d.write(t)
		var history []ledger.Event
		for _, m := range []ledger.Manifest{
			{Round: ledger.BeforeDrill, Account: account, Folders: inbox(100)},
			{Round: ledger.AfterDrill, Account: account, Folders: inbox(after)},
		} {
			b, err := json.Marshal(m)
			if err != nil {
				t.Fatal(err)
			}
			history = append(history, ledger.Event{Kind: ledger.StateManifest, Data: b})
		}
		w.events = slices.Insert(w.events, len(w.events)-1, history...)
		r, err := Judge(History{Events: w.events, Ledger: w})
		if err != nil {
			t.Fatal(err)
		}
		if r.Verdict != want || want == record.Failed && r.Reason != "missed: renewed" {
			t.Errorf("UIDVALIDITY 100, then %d: %s (%s)", after, r.Verdict, r.Reason)
		}
	}
}
