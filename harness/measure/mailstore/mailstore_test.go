package mailstore

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

// shelfLife is a hand-written history of stored mail: one account with twelve
// messages in two folders, some operations, and an end where all is as it has to
// be. Tests plant one anomaly each.
type shelfLife struct {
	before, after ledger.Manifest
	operations    []operation
	syncs         []ledger.CacheSync
	sightings     []ledger.UIDSighting
}

const keeper = "stored1@drill.test"

func soundShelf() *shelfLife {
	l := &shelfLife{
		before: ledger.Manifest{Round: ledger.BeforeDrill, Account: keeper, Folders: []ledger.StoredFolder{
			storedFolder("INBOX", 100, 1, 8), storedFolder("Archive", 200, 9, 12)},
			Quota:   []ledger.StoredQuota{{Root: "all", Resource: "MESSAGE", Usage: 12, Limit: 100}, {Root: "all", Resource: "STORAGE", Usage: 12, Limit: 1000}},
			Scripts: []ledger.StoredScript{{Name: "main", Active: true, Digest: "s"}}},
	}
	l.before.Folders[0].Subscribed = true
	for _, m := range l.before.Folders[0].Messages {
		l.before.UIDL = append(l.before.UIDL, ledger.StoredUIDL{ID: fmt.Sprintf("id%d", m.Seq), Seq: m.Seq})
	}
	l.after = copyOf(l.before)
	l.after.Round = ledger.AfterDrill
	for _, client := range []string{ledger.ClientUIDNext, ledger.ClientQResync} {
		first := ledger.CacheSync{Round: ledger.BeforeDrill, Client: client, Account: keeper}
		for _, f := range l.before.Folders {
			s := ledger.SyncFolder{Name: f.Name, UIDValidity: f.UIDValidity, UIDNext: f.UIDNext, ModSeq: f.ModSeq}
			for _, m := range f.Messages {
				s.New = append(s.New, ledger.SyncedMail{UID: m.UID, Seq: m.Seq})
			}
			first.Folders = append(first.Folders, s)
		}
		l.syncs = append(l.syncs, first, ledger.CacheSync{Round: ledger.AfterDrill, Client: client, Account: keeper})
	}
	return l
}

func storedFolder(name string, validity, from, to uint32) ledger.StoredFolder {
	f := ledger.StoredFolder{Name: name, UIDValidity: validity, ModSeq: 50}
	for seq := from; seq <= to; seq++ {
		f.Messages = append(f.Messages, storedMessage(seq-from+1, seq))
	}
	f.UIDNext = to - from + 2
	return f
}

func storedMessage(uid, seq uint32) ledger.StoredMessage {
	return ledger.StoredMessage{UID: uid, Seq: seq, Digest: fmt.Sprintf("d%d", seq), Size: 1024, Date: 1000 + int64(seq),
		Flags: []string{`\Flagged`, "drill-red"}}
}

func copyOf(m ledger.Manifest) ledger.Manifest {
	b, _ := json.Marshal(m)
	var out ledger.Manifest
	_ = json.Unmarshal(b, &out)
	return out
}

func (l *shelfLife) inbox() *ledger.StoredFolder   { return &l.after.Folders[0] }
func (l *shelfLife) archive() *ledger.StoredFolder { return &l.after.Folders[1] }

// did adds an operation with its verdict.
func (l *shelfLife) did(verdict string, o ledger.StateOperation, uid uint32) {
	o.N, o.Account = len(l.operations)+1, keeper
	out := ledger.StateOutcome{N: o.N, Account: keeper, Verdict: verdict, UID: uid}
	switch o.Kind {
	case ledger.OpAppend, ledger.OpCopy, ledger.OpMove:
		out.UIDValidity = map[string]uint32{"INBOX": 100, "Archive": 200}[o.Folder+o.Target]
		if o.Target != "" {
			out.UIDValidity = map[string]uint32{"INBOX": 100, "Archive": 200}[o.Target]
		}
	}
	l.operations = append(l.operations, operation{o, out})
}

// expunged removes message 3 with an acknowledgement.
func (l *shelfLife) expunged() {
	l.did(ledger.StateOK, ledger.StateOperation{Kind: ledger.OpExpunge, Folder: "INBOX", Seq: 3, UID: 3}, 0)
	l.inbox().Messages = slices.Delete(l.inbox().Messages, 2, 3)
	l.spent(1)
}

// spent lets the quota follow what is removed.
func (l *shelfLife) spent(n int64) {
	l.after.Quota[0].Usage -= n
	l.after.Quota[1].Usage -= n
}

// appended adds message 20 as UID 9 of the inbox, acknowledged, and the clients
// learn of it.
func (l *shelfLife) appended() {
	l.did(ledger.StateOK, ledger.StateOperation{Kind: ledger.OpAppend, Folder: "INBOX", Seq: 20, Digest: "d20", Date: 1020,
		Flags: []string{`\Flagged`, "drill-red"}}, 9)
	l.inbox().Messages = append(l.inbox().Messages, storedMessage(9, 20))
	l.inbox().UIDNext = 10
	l.spent(-1)
	l.shown("INBOX", 100, 10, ledger.SyncedMail{UID: 9, Seq: 20})
}

// shown lets both clients see mail at their last synchronisation.
func (l *shelfLife) shown(folder string, validity, next uint32, mail ...ledger.SyncedMail) {
	for i := range l.syncs {
		if l.syncs[i].Round == ledger.AfterDrill {
			l.syncs[i].Folders = append(l.syncs[i].Folders, ledger.SyncFolder{Name: folder, UIDValidity: validity, UIDNext: next, ModSeq: 60, New: mail})
		}
	}
}

// events writes the history: manifest, clients, operations, clients, manifest.
func (l *shelfLife) events(t *testing.T) []ledger.Event {
	t.Helper()
	var all []ledger.Event
	put := func(kind string, data any) {
		b, err := json.Marshal(data)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, ledger.Event{N: len(all) + 1, Kind: kind, Data: b})
	}
	put(ledger.StateManifest, l.before)
	for _, s := range l.syncs {
		if s.Round != ledger.AfterDrill {
			put(ledger.StateSynced, s)
		}
	}
	for _, o := range l.operations {
		put(ledger.StateIntent, o.StateOperation)
		if o.outcome.Verdict != "" {
			put(ledger.StateDone, o.outcome)
		}
	}
	for _, s := range l.sightings {
		put(ledger.StateSeen, s)
	}
	put(ledger.StateManifest, l.after)
	for _, s := range l.syncs {
		if s.Round == ledger.AfterDrill {
			put(ledger.StateSynced, s)
		}
	}
	return all
}

func (l *shelfLife) judge(t *testing.T) (*Mail, *record.Stored) {
	t.Helper()
	m := Judge(l.events(t), func(format string, args ...any) { t.Errorf("defect of the instrument: "+format, args...) }, Checks)
	return m, m.Record()
}

// none judges a reading by the objective that nothing is wrong.
func none(r Reading) record.Verdict {
	switch {
	case r.Measured != nil && r.Measured.Low > 0:
		return record.Failed
	case r.Measured == nil || r.Weak != "" || *r.Measured.High > 0:
		return record.Inconclusive
	}
	return record.Passed
}

// found are the classes that were counted.
func found(r *record.Stored) map[string]int {
	n := maps.Clone(r.Anomalies)
	maps.DeleteFunc(n, func(_ string, n int) bool { return n == 0 })
	return n
}

// TestNothingWrongWithStoredMail: every class is looked for, and none is found,
// whatever was done and acknowledged.
func TestNothingWrongWithStoredMail(t *testing.T) {
	for name, change := range map[string]func(*shelfLife){
		"nothing was done": func(*shelfLife) {},
		"expunge":          (*shelfLife).expunged,
		"append":           (*shelfLife).appended,
		"flags": func(l *shelfLife) {
			l.did(ledger.StateOK, ledger.StateOperation{Kind: ledger.OpAddFlags, Folder: "INBOX", Seq: 1, Flags: []string{`\Seen`, "Drill-Blue"}}, 0)
			l.did(ledger.StateOK, ledger.StateOperation{Kind: ledger.OpRemoveFlags, Folder: "INBOX", Seq: 1, Flags: []string{`\FLAGGED`}}, 0)
			l.did(ledger.StateFailed, ledger.StateOperation{Kind: ledger.OpAddFlags, Folder: "INBOX", Seq: 2, Flags: []string{`\Draft`}}, 0)
			l.inbox().Messages[0].Flags = []string{"drill-blue", "drill-red", `\seen`, `\Recent`}
		},
		"copy": func(l *shelfLife) {
			l.did(ledger.StateOK, ledger.StateOperation{Kind: ledger.OpCopy, Folder: "INBOX", Target: "Archive", Seq: 1}, 5)
			l.archive().Messages = append(l.archive().Messages, ledger.StoredMessage{UID: 5, Seq: 1, Digest: "d1", Size: 1024, Date: 7})
			l.archive().UIDNext = 6
			l.spent(-1)
			l.shown("Archive", 200, 6, ledger.SyncedMail{UID: 5, Seq: 1})
		},
		"move": func(l *shelfLife) {
			l.did(ledger.StateOK, ledger.StateOperation{Kind: ledger.OpMove, Folder: "INBOX", Target: "Archive", Seq: 8, UID: 8}, 5)
			l.inbox().Messages = l.inbox().Messages[:7]
			l.archive().Messages = append(l.archive().Messages, storedMessage(5, 8))
			l.archive().UIDNext = 6
			l.shown("Archive", 200, 6, ledger.SyncedMail{UID: 5, Seq: 8})
		},
		"folders": func(l *shelfLife) {
			l.did(ledger.StateOK, ledger.StateOperation{Kind: ledger.OpCreate, Folder: "New"}, 0)
			l.did(ledger.StateOK, ledger.StateOperation{Kind: ledger.OpRename, Folder: "New", Target: "Newer"}, 0)
			l.did(ledger.StateOK, ledger.StateOperation{Kind: ledger.OpSubscribe, Folder: "Archive"}, 0)
			l.did(ledger.StateOK, ledger.StateOperation{Kind: ledger.OpUnsubscribe, Folder: "INBOX"}, 0)
			l.inbox().Subscribed, l.archive().Subscribed = false, true
			l.after.Folders = append(l.after.Folders, ledger.StoredFolder{Name: "Newer", UIDValidity: 300, UIDNext: 1, ModSeq: 1})
		},
		"pop": func(l *shelfLife) {
			l.did(ledger.StateOK, ledger.StateOperation{Kind: ledger.OpPOPDelete, Folder: "INBOX", Seq: 8}, 0)
			l.inbox().Messages, l.after.UIDL = l.inbox().Messages[:7], l.after.UIDL[:7]
			l.spent(1)
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := soundShelf()
			change(l)
			m, r := l.judge(t)
			if wrong := found(r); len(wrong) > 0 {
				t.Errorf("found %v: %+v", wrong, r.Details)
			}
			if len(r.Anomalies) != len(Checks) {
				t.Errorf("%d classes were looked for, there are %d", len(r.Anomalies), len(Checks))
			}
			for _, o := range []Reading{m.Read(Stored, false), m.Read(Identity, false)} {
				if got := none(o); got != record.Passed {
					t.Errorf("%s: %+v", got, o)
				}
			}
		})
	}
}

// TestEitherOutcomeIsAllowed: of an operation without a reply, both endings are
// right.
func TestEitherOutcomeIsAllowed(t *testing.T) {
	for name, c := range map[string]struct {
		order   ledger.StateOperation
		happens func(*shelfLife)
	}{
		"append": {ledger.StateOperation{Kind: ledger.OpAppend, Folder: "INBOX", Seq: 20, Digest: "d20", Date: 1020, Flags: []string{`\Flagged`, "drill-red"}}, func(l *shelfLife) {
			l.inbox().Messages = append(l.inbox().Messages, storedMessage(9, 20))
			l.spent(-1)
			l.shown("INBOX", 100, 10, ledger.SyncedMail{UID: 9, Seq: 20})
		}},
		"expunge": {ledger.StateOperation{Kind: ledger.OpExpunge, Folder: "INBOX", Seq: 8}, func(l *shelfLife) {
			l.inbox().Messages = l.inbox().Messages[:7]
			l.spent(1)
		}},
		"marked, but not expunged": {ledger.StateOperation{Kind: ledger.OpExpunge, Folder: "INBOX", Seq: 8}, func(l *shelfLife) {
			l.inbox().Messages[7].Flags = append(l.inbox().Messages[7].Flags, `\Deleted`)
		}},
		"flag": {ledger.StateOperation{Kind: ledger.OpAddFlags, Folder: "INBOX", Seq: 1, Flags: []string{`\Seen`}}, func(l *shelfLife) {
			l.inbox().Messages[0].Flags = append(l.inbox().Messages[0].Flags, `\Seen`)
		}},
		"flag off": {ledger.StateOperation{Kind: ledger.OpRemoveFlags, Folder: "INBOX", Seq: 1, Flags: []string{`\Flagged`}}, func(l *shelfLife) {
			l.inbox().Messages[0].Flags = []string{"drill-red"}
		}},
		"move": {ledger.StateOperation{Kind: ledger.OpMove, Folder: "INBOX", Target: "Archive", Seq: 8}, func(l *shelfLife) {
			l.inbox().Messages = l.inbox().Messages[:7]
			l.archive().Messages = append(l.archive().Messages, storedMessage(5, 8))
			l.shown("Archive", 200, 6, ledger.SyncedMail{UID: 5, Seq: 8})
		}},
		"rename": {ledger.StateOperation{Kind: ledger.OpRename, Folder: "Archive", Target: "Older"}, func(l *shelfLife) {
			l.archive().Name = "Older"
			var all []ledger.SyncedMail
			for _, m := range l.archive().Messages {
				all = append(all, ledger.SyncedMail{UID: m.UID, Seq: m.Seq})
			}
			l.shown("Older", 200, 5, all...)
		}},
		"create": {ledger.StateOperation{Kind: ledger.OpCreate, Folder: "New"}, func(l *shelfLife) {
			l.after.Folders = append(l.after.Folders, ledger.StoredFolder{Name: "New", UIDValidity: 300, UIDNext: 1})
		}},
		"unsubscribe": {ledger.StateOperation{Kind: ledger.OpUnsubscribe, Folder: "INBOX"}, func(l *shelfLife) { l.inbox().Subscribed = false }},
		"pop": {ledger.StateOperation{Kind: ledger.OpPOPDelete, Folder: "INBOX", Seq: 8}, func(l *shelfLife) {
			l.inbox().Messages, l.after.UIDL = l.inbox().Messages[:7], l.after.UIDL[:7]
			l.spent(1)
		}},
	} {
		for _, verdict := range []string{ledger.StateIndeterminate, ""} { // "": the outcome was never written
			for _, happens := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%q/%t", name, verdict, happens), func(t *testing.T) {
					l := soundShelf()
					l.did(verdict, c.order, 0)
					if happens {
						c.happens(l)
					}
					if _, r := l.judge(t); len(found(r)) > 0 {
						t.Errorf("found %v: %+v", found(r), r.Details)
					}
				})
			}
		}
	}
}

// TestEveryStoredClassIsFound plants each anomaly, with all that must be counted
// and nothing else.
func TestEveryStoredClassIsFound(t *testing.T) {
	covered := map[string]bool{}
	for name, c := range storedPlants {
		t.Run(name, func(t *testing.T) {
			l := soundShelf()
			c.plant(l)
			_, r := l.judge(t)
			if got := found(r); !maps.Equal(got, c.want) {
				t.Errorf("found %v, want %v\n%+v", got, c.want, r.Details)
			}
			if len(r.Details) == 0 {
				t.Error("no anomaly is spelled out")
			}
		})
		for class := range c.want {
			covered[class] = true
		}
	}
	for _, check := range Checks {
		if !covered[check.Class] {
			t.Errorf("no test plants %s", check.Class)
		}
	}
}

type counts = map[string]int

var storedPlants = map[string]struct {
	plant func(*shelfLife)
	want  counts
}{
	"content lost": {func(l *shelfLife) {
		l.inbox().Messages = slices.Delete(l.inbox().Messages, 1, 3)
		l.spent(2)
	}, counts{"content_lost": 2}},
	"moved without a reply and nowhere": {func(l *shelfLife) {
		l.did(ledger.StateIndeterminate, ledger.StateOperation{Kind: ledger.OpMove, Folder: "INBOX", Target: "Archive", Seq: 8}, 0)
		l.inbox().Messages = l.inbox().Messages[:7]
		l.spent(1)
	}, counts{"content_lost": 1}},
	"an acknowledged append lost": {func(l *shelfLife) {
		l.did(ledger.StateOK, ledger.StateOperation{Kind: ledger.OpAppend, Folder: "INBOX", Seq: 20, Digest: "d20"}, 9)
		l.inbox().UIDNext = 10
	}, counts{"content_lost": 1}},
	"content damaged": {func(l *shelfLife) { l.inbox().Messages[0].Digest = "x" }, counts{"content_damaged": 1}},
	"content emptied": {func(l *shelfLife) {
		l.inbox().Messages[0] = ledger.StoredMessage{UID: 1, Digest: "x", Size: 1024, Date: 1001, Flags: []string{`\Flagged`, "drill-red"}}
	}, counts{"content_damaged": 1}},
	"content spurious": {func(l *shelfLife) {
		l.did(ledger.StateFailed, ledger.StateOperation{Kind: ledger.OpAppend, Folder: "INBOX", Seq: 20, Digest: "d20"}, 0)
		l.inbox().Messages = append(l.inbox().Messages, storedMessage(9, 20))
		l.inbox().UIDNext = 10
		l.spent(-1)
		l.shown("INBOX", 100, 10, ledger.SyncedMail{UID: 9, Seq: 20})
	}, counts{"content_spurious": 1}},
	"flag lost": {func(l *shelfLife) { l.inbox().Messages[0].Flags = []string{"drill-red"} }, counts{"flag_lost": 1}},
	"an acknowledged flag lost": {func(l *shelfLife) {
		l.did(ledger.StateOK, ledger.StateOperation{Kind: ledger.OpAddFlags, Folder: "INBOX", Seq: 1, Flags: []string{`\Seen`}}, 0)
	}, counts{"flag_lost": 1}},
	"keyword lost": {func(l *shelfLife) { l.inbox().Messages[0].Flags = []string{`\Flagged`} }, counts{"keyword_lost": 1}},
	"marked as seen by a scan": {func(l *shelfLife) {
		for i := range l.inbox().Messages {
			l.inbox().Messages[i].Flags = append(l.inbox().Messages[i].Flags, `\Seen`)
		}
	}, counts{"flag_spurious": 8}},
	"date changed": {func(l *shelfLife) { l.inbox().Messages[0].Date++ }, counts{"internaldate_changed": 1}},
	"folder lost": {func(l *shelfLife) {
		l.after.Folders = l.after.Folders[:1]
		l.spent(4)
	}, counts{"folder_lost": 1, "content_lost": 4}},
	"folder renamed": {func(l *shelfLife) {
		l.archive().Name = "recovered-lost-folder-77"
		l.shown("recovered-lost-folder-77", 200, 5, ledger.SyncedMail{UID: 1, Seq: 9}, ledger.SyncedMail{UID: 2, Seq: 10},
			ledger.SyncedMail{UID: 3, Seq: 11}, ledger.SyncedMail{UID: 4, Seq: 12})
	}, counts{"folder_renamed": 1}},
	"subscription lost":     {func(l *shelfLife) { l.inbox().Subscribed = false }, counts{"subscription_lost": 1}},
	"subscription spurious": {func(l *shelfLife) { l.archive().Subscribed = true }, counts{"subscription_spurious": 1}},
	"quota limit":           {func(l *shelfLife) { l.after.Quota[0].Limit = 1 }, counts{"quota_wrong": 1}},
	"quota usage":           {func(l *shelfLife) { l.after.Quota[0].Usage, l.after.Quota[1].Usage = 0, 0 }, counts{"quota_wrong": 2}},
	"sieve":                 {func(l *shelfLife) { l.after.Scripts[0].Active = false }, counts{"sieve_lost": 1}},
	"resurrected under another UID": {func(l *shelfLife) {
		l.expunged()
		l.inbox().Messages = append(l.inbox().Messages, storedMessage(9, 3))
		l.inbox().UIDNext = 10
		l.spent(-1)
		l.shown("INBOX", 100, 10, ledger.SyncedMail{UID: 9, Seq: 3})
	}, counts{"resurrected": 1}},
	"expunged reappeared": {func(l *shelfLife) {
		l.expunged()
		l.inbox().Messages = slices.Insert(l.inbox().Messages, 2, storedMessage(3, 3))
		l.spent(-1)
	}, counts{"resurrected": 1, "expunged_reappeared": 1}},
	"a move undone": {func(l *shelfLife) {
		l.did(ledger.StateOK, ledger.StateOperation{Kind: ledger.OpMove, Folder: "INBOX", Target: "Archive", Seq: 8, UID: 8}, 5)
		l.archive().UIDNext = 6
	}, counts{"content_lost": 1, "resurrected": 1, "expunged_reappeared": 1}},
	// UID 9 was given to message 20, and after a rollback to message 21.
	"uid reused": {func(l *shelfLife) {
		l.appended()
		l.inbox().Messages[8] = storedMessage(9, 21)
		l.did(ledger.StateOK, ledger.StateOperation{Kind: ledger.OpAppend, Folder: "INBOX", Seq: 21, Digest: "d21", Date: 1021,
			Flags: []string{`\Flagged`, "drill-red"}}, 9)
	}, counts{"content_lost": 1, "uid_reused": 1, "uidnext_rollback": 1, "invisible_to_cached_clients": 1}},
	"uid reused, met by a look": {func(l *shelfLife) {
		l.sightings = append(l.sightings, ledger.UIDSighting{Account: keeper, Folder: "INBOX", UIDValidity: 100, UID: 4, Seq: 77})
	}, counts{"uid_reused": 1}},
	"uidnext rollback": {func(l *shelfLife) { l.inbox().UIDNext = 8 }, counts{"uidnext_rollback": 1}},
	"modseq rollback":  {func(l *shelfLife) { l.inbox().ModSeq = 49 }, counts{"modseq_rollback": 1}},
	"uidvalidity": {func(l *shelfLife) {
		l.inbox().UIDValidity = 101
		var all []ledger.SyncedMail
		for _, m := range l.inbox().Messages {
			all = append(all, ledger.SyncedMail{UID: m.UID, Seq: m.Seq})
		}
		l.shown("INBOX", 101, 9, all...)
		for i := range l.after.UIDL {
			l.after.UIDL[i].ID += "new"
		}
	}, counts{"uidvalidity_changed": 1, "uidl_churn": 8}},
	"uidvalidity decreased": {func(l *shelfLife) {
		l.archive().UIDValidity = 1
		l.shown("Archive", 1, 5, ledger.SyncedMail{UID: 1, Seq: 9}, ledger.SyncedMail{UID: 2, Seq: 10},
			ledger.SyncedMail{UID: 3, Seq: 11}, ledger.SyncedMail{UID: 4, Seq: 12})
	}, counts{"uidvalidity_decreased": 1}},
	"uidl churn": {func(l *shelfLife) { l.after.UIDL[0].ID, l.after.UIDL[1].ID = "other", "another" }, counts{"uidl_churn": 2}},
	"uidl churn without TOP": {func(l *shelfLife) {
		for _, m := range []*ledger.Manifest{&l.before, &l.after} {
			for i := range m.UIDL {
				m.UIDL[i].Seq = 0
			}
		}
		l.did(ledger.StateOK, ledger.StateOperation{Kind: ledger.OpPOPDelete, Folder: "INBOX", Seq: 8}, 0)
		l.inbox().Messages, l.after.UIDL = l.inbox().Messages[:7], l.after.UIDL[:7]
		l.spent(1)
		l.after.UIDL[0].ID = "other"
	}, counts{"uidl_churn": 1}},
	// Stored under a UID below the client's UIDNEXT: it never asks for it.
	"invisible": {func(l *shelfLife) {
		l.appended()
		for i := range l.syncs {
			l.syncs[i].Folders = slices.DeleteFunc(l.syncs[i].Folders, func(f ledger.SyncFolder) bool { return f.UIDNext == 10 })
		}
	}, counts{"invisible_to_cached_clients": 1}},
}

// TestInvisibleIsCountedByClient: one client may see what another never will.
func TestInvisibleIsCountedByClient(t *testing.T) {
	l := soundShelf()
	l.appended()
	for i := range l.syncs {
		if l.syncs[i].Client == ledger.ClientUIDNext && l.syncs[i].Round == ledger.AfterDrill {
			l.syncs[i].Folders = nil
		}
	}
	_, r := l.judge(t)
	if want := (counts{ledger.ClientUIDNext: 1, ledger.ClientQResync: 0}); !maps.Equal(r.InvisibleTo, want) {
		t.Errorf("invisible to %v, want %v", r.InvisibleTo, want)
	}
	// A client whose last synchronisation failed says nothing.
	l.syncs[len(l.syncs)-1].Error = "connection refused"
	if _, r := l.judge(t); len(r.InvisibleTo) != 1 {
		t.Errorf("invisible to %v", r.InvisibleTo)
	}
}

// TestResyncStorm: every folder is downloaded anew; that is no loss.
func TestResyncStorm(t *testing.T) {
	l := soundShelf()
	l.inbox().UIDValidity, l.archive().UIDValidity = 101, 201
	m, r := l.judge(t)
	if !r.ResyncStorm || r.ResyncBytes != 12*1024 {
		t.Errorf("storm %t with %d bytes", r.ResyncStorm, r.ResyncBytes)
	}
	if got := none(m.Read(Stored, false)); got != record.Passed {
		t.Errorf("stored: %s", got)
	}
	if got := none(m.Read(Identity, false)); got != record.Passed {
		t.Errorf("identity: %s: a new UIDVALIDITY is what a restore has to give", got)
	}
}

// TestStoredMailWithoutData: what could not be read is not counted as missing,
// and nothing passes; what was found stands.
func TestStoredMailWithoutData(t *testing.T) {
	unread := func(l *shelfLife) {
		l.after = ledger.Manifest{Round: ledger.AfterDrill, Account: keeper, Error: "connection refused"}
	}
	for name, c := range map[string]struct {
		plant            func(*shelfLife)
		stored, identity record.Verdict
	}{
		"not read after": {unread, record.Inconclusive, record.Inconclusive},
		"no message": {func(l *shelfLife) {
			l.before.Folders, l.after.Folders, l.syncs = nil, nil, nil
			l.before.Quota = nil
		}, record.Inconclusive, record.Inconclusive},
		"not read before": {func(l *shelfLife) { l.before.Error = "no"; l.syncs = nil }, record.Inconclusive, record.Inconclusive},
		"read": {func(l *shelfLife) { l.inbox().UIDNext = 8; l.inbox().Messages[0].Flags = nil },
			record.Failed, record.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			l := soundShelf()
			c.plant(l)
			m, r := l.judge(t)
			for objective, want := range map[Group]record.Verdict{Stored: c.stored, Identity: c.identity} {
				o := m.Read(objective, false)
				if got := none(o); got != want {
					t.Errorf("group %s: %s, want %s: %+v", objective, got, want, o)
				}
			}
			if name != "read" && len(found(r)) > 0 {
				t.Errorf("found %v", found(r))
			}
		})
	}
	var nothing *Mail
	if got := none(nothing.Read(Stored, false)); got != record.Inconclusive || nothing.Record() != nil || nothing.Resurrected() != 0 {
		t.Errorf("without any stored mail: %s", got)
	}
}
