package calibrate

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

// shelf is stored mail of which everything is known: what was there before, what
// was done to it, what is there afterwards, and what clients with a cache
// learned. A new one is as it has to be.
type shelf struct {
	before, after ledger.Manifest
	orders        []order
	syncs         []ledger.CacheSync
	learned       []ledger.SyncedMail
}

// order is one operation and how it was acknowledged; no verdict: not at all.
type order struct {
	ledger.StateOperation
	outcome ledger.StateOutcome
}

const (
	shelved    = "stored1@drill.test"
	shelfSize  = 12
	shelfValid = 100
)

func newShelf() *shelf {
	inbox := ledger.StoredFolder{Name: "INBOX", UIDValidity: shelfValid, UIDNext: shelfSize + 1, ModSeq: 50, Subscribed: true}
	s := &shelf{}
	for n := uint32(1); n <= shelfSize; n++ {
		inbox.Messages = append(inbox.Messages, letterOf(n, n))
		s.before.UIDL = append(s.before.UIDL, ledger.StoredUIDL{ID: fmt.Sprintf("id%d", n), Seq: n})
	}
	s.before.Round, s.before.Account, s.before.Folders = ledger.BeforeDrill, shelved, []ledger.StoredFolder{inbox}
	s.after = s.before
	s.after.Round, s.after.UIDL = ledger.AfterDrill, slices.Clone(s.before.UIDL)
	s.after.Folders = slices.Clone(s.before.Folders)
	s.inbox().Messages = slices.Clone(inbox.Messages)
	for _, client := range []string{ledger.ClientUIDNext, ledger.ClientQResync} {
		learned := ledger.SyncFolder{Name: "INBOX", UIDValidity: shelfValid, UIDNext: inbox.UIDNext, ModSeq: inbox.ModSeq}
		for _, m := range inbox.Messages {
			learned.New = append(learned.New, ledger.SyncedMail{UID: m.UID, Seq: m.Seq})
		}
		s.syncs = append(s.syncs,
			ledger.CacheSync{Round: ledger.BeforeDrill, Client: client, Account: shelved, Folders: []ledger.SyncFolder{learned}},
			ledger.CacheSync{Round: ledger.AfterDrill, Client: client, Account: shelved})
	}
	return s
}

func letterOf(uid, seq uint32) ledger.StoredMessage {
	return ledger.StoredMessage{UID: uid, Seq: seq, Digest: fmt.Sprintf("d%d", seq), Size: 1024, Date: 1000 + int64(seq), Flags: []string{`\Flagged`, "drill-red"}}
}

func (s *shelf) inbox() *ledger.StoredFolder { return &s.after.Folders[0] }

// ordered adds an operation on the inbox.
func (s *shelf) ordered(verdict string, o ledger.StateOperation, uid uint32) {
	o.N, o.Account, o.Folder = len(s.orders)+1, shelved, "INBOX"
	s.orders = append(s.orders, order{o, ledger.StateOutcome{N: o.N, Account: shelved, Verdict: verdict, UID: uid, UIDValidity: shelfValid}})
}

// removed expunges a message, acknowledged.
func (s *shelf) removed(seq uint32) {
	s.ordered(ledger.StateOK, ledger.StateOperation{Kind: ledger.OpExpunge, Seq: seq, UID: seq}, 0)
	s.inbox().Messages = slices.DeleteFunc(s.inbox().Messages, func(m ledger.StoredMessage) bool { return m.Seq == seq })
}

// popped deletes the last message by POP3 (RFC 1939, section 5); gone: it was.
func (s *shelf) popped(verdict string, gone bool) {
	s.ordered(verdict, ledger.StateOperation{Kind: ledger.OpPOPDelete, Seq: shelfSize}, 0)
	if gone {
		s.inbox().Messages, s.after.UIDL = s.inbox().Messages[:shelfSize-1], s.after.UIDL[:shelfSize-1]
	}
}

// added appends message seq, acknowledged, under the next UID; seen: the clients
// with a cache learn of it.
func (s *shelf) added(seq uint32, seen bool) {
	uid := s.inbox().UIDNext
	m := letterOf(uid, seq)
	s.ordered(ledger.StateOK, ledger.StateOperation{Kind: ledger.OpAppend, Seq: seq, Digest: m.Digest, Date: m.Date, Flags: m.Flags}, uid)
	s.inbox().Messages, s.inbox().UIDNext = append(s.inbox().Messages, m), uid+1
	if seen {
		s.learned = append(s.learned, ledger.SyncedMail{UID: uid, Seq: seq})
	}
}

// taught is what the clients learn at the end.
func (s *shelf) taught() []ledger.CacheSync {
	all := slices.Clone(s.syncs)
	for i := range all {
		if len(s.learned) > 0 && all[i].Round == ledger.AfterDrill {
			all[i].Folders = []ledger.SyncFolder{{Name: "INBOX", UIDValidity: shelfValid, UIDNext: s.inbox().UIDNext, ModSeq: 60, New: s.learned}}
		}
	}
	return all
}

// folder adds one with two messages, which has another name afterwards; none:
// the caller takes it away.
func (s *shelf) folder(before, after string) {
	f := ledger.StoredFolder{Name: before, UIDValidity: 200, UIDNext: 1, ModSeq: 50}
	s.before.Folders = append(s.before.Folders, f)
	f.Name = after
	s.after.Folders = append(s.after.Folders, f)
}

// reread: the clients read the inbox anew under another UIDVALIDITY.
func (s *shelf) reread(validity uint32) {
	for i := range s.syncs {
		if s.syncs[i].Round == ledger.AfterDrill {
			learned := s.syncs[i-1].Folders[0]
			learned.UIDValidity = validity
			s.syncs[i].Folders = []ledger.SyncFolder{learned}
		}
	}
}

// events are the history of the shelf.
func (s *shelf) events() (all []ledger.Event) {
	put := func(kind string, data any) {
		raw, err := json.Marshal(data)
		if err != nil {
			panic(err) // the facts of package ledger always can be
		}
		all = append(all, ledger.Event{Kind: kind, Data: raw, At: seconds(time.Duration(len(all)) * time.Millisecond)})
	}
	synced := func(round string) {
		for _, c := range s.taught() {
			if c.Round == round {
				put(ledger.StateSynced, c)
			}
		}
	}
	put(ledger.StateManifest, s.before)
	synced(ledger.BeforeDrill)
	for _, o := range s.orders {
		put(ledger.StateIntent, o.StateOperation)
		if o.outcome.Verdict != "" {
			put(ledger.StateDone, o.outcome)
		}
	}
	put(ledger.StateManifest, s.after)
	synced(ledger.AfterDrill)
	return all
}

// shelves asks of each case that exactly its anomalies are counted.
func shelves(cases []shelfCase) func(*Bench) {
	return func(b *Bench) {
		for _, c := range cases {
			s := newShelf()
			c.plant(s)
			t := newTape(sample)
			t.more = s.events()
			b.about(c.name, t, func(r record.Record) error { return c.counted(r) })
		}
	}
}

// shelfCase is one thing that became of stored mail.
type shelfCase struct {
	name  string
	plant func(*shelf)
	want  map[string]int
}

func (c shelfCase) counted(r record.Record) error {
	if r.Stored == nil {
		return fmt.Errorf("the record has no stored mail")
	}
	got := maps.Clone(r.Stored.Anomalies)
	maps.DeleteFunc(got, func(_ string, n int) bool { return n == 0 })
	if !maps.Equal(got, c.want) && len(got)+len(c.want) > 0 {
		return fmt.Errorf("counted %v, true are %v", got, c.want)
	}
	if n := c.want["resurrected"]; r.Accounting.Resurrected != n {
		return fmt.Errorf("%d are resurrected in the accounting, true are %d", r.Accounting.Resurrected, n)
	}
	return nil
}

// identityCases: the promises about the names of messages (RFC 9051, section
// 2.3.1.1) hold through a restore, or are seen to be broken.
var identityCases = []shelfCase{
	{"nothing wrong", func(s *shelf) { s.removed(3); s.added(20, true) }, nil},
	{"an expunged message is back under its UID", func(s *shelf) {
		s.removed(3)
		s.inbox().Messages = slices.Insert(s.inbox().Messages, 2, letterOf(3, 3))
	}, map[string]int{"resurrected": 1, "expunged_reappeared": 1}},
	{"a UID is given twice, after a rollback", func(s *shelf) {
		s.added(20, true)
		s.inbox().Messages, s.inbox().UIDNext = s.inbox().Messages[:shelfSize], shelfSize+1
		s.added(21, false)
	}, map[string]int{"content_lost": 1, "uid_reused": 1, "uidnext_rollback": 1, "invisible_to_cached_clients": 1}},
	{"UIDNEXT goes back", func(s *shelf) { s.inbox().UIDNext = shelfSize }, map[string]int{"uidnext_rollback": 1}},
	{"HIGHESTMODSEQ goes back", func(s *shelf) { s.inbox().ModSeq = 49 }, map[string]int{"modseq_rollback": 1}},
	{"UIDVALIDITY goes back", func(s *shelf) {
		s.inbox().UIDValidity = 1
		s.reread(1)
	}, map[string]int{"uidvalidity_decreased": 1}},
	{"an expunge without a reply, either way", func(s *shelf) {
		s.ordered(ledger.StateIndeterminate, ledger.StateOperation{Kind: ledger.OpExpunge, Seq: 3, UID: 3}, 0)
		s.ordered("", ledger.StateOperation{Kind: ledger.OpExpunge, Seq: 4, UID: 4}, 0)
		s.inbox().Messages = slices.Delete(s.inbox().Messages, 3, 4)
	}, nil},
	{"content is another", func(s *shelf) { s.inbox().Messages[4].Digest = "x" }, map[string]int{"content_damaged": 1}},
	{"a refused append is there", func(s *shelf) {
		s.added(20, true)
		s.orders[0].outcome.Verdict, s.orders[0].outcome.UID = ledger.StateFailed, 0
	}, map[string]int{"content_spurious": 1}},
	{"a keyword is gone", func(s *shelf) { s.inbox().Messages[0].Flags = []string{`\Flagged`} }, map[string]int{"keyword_lost": 1}},
	{"a date is another", func(s *shelf) { s.inbox().Messages[0].Date++ }, map[string]int{"internaldate_changed": 1}},
	{"a folder is gone", func(s *shelf) { s.folder("Archive", ""); s.after.Folders = s.after.Folders[:1] }, map[string]int{"folder_lost": 1}},
	{"a folder has another name", func(s *shelf) { s.folder("Archive", "recovered-lost-folder-7") }, map[string]int{"folder_renamed": 1}},
	{"a subscription is gone", func(s *shelf) { s.inbox().Subscribed = false }, map[string]int{"subscription_lost": 1}},
	{"a subscription came from nowhere", func(s *shelf) {
		s.folder("Archive", "Archive")
		s.after.Folders[1].Subscribed = true
	}, map[string]int{"subscription_spurious": 1}},
	{"a quota is another", func(s *shelf) {
		s.before.Quota = []ledger.StoredQuota{{Root: "all", Resource: "MESSAGE", Usage: shelfSize, Limit: 100}}
		s.after.Quota = []ledger.StoredQuota{{Root: "all", Resource: "MESSAGE", Usage: shelfSize, Limit: 1}}
	}, map[string]int{"quota_wrong": 1}},
	{"a script is not active", func(s *shelf) {
		s.before.Scripts = []ledger.StoredScript{{Name: "main", Active: true, Digest: "s"}}
		s.after.Scripts = []ledger.StoredScript{{Name: "main", Digest: "s"}}
	}, map[string]int{"sieve_lost": 1}},
	{"UIDVALIDITY goes on, as a restore has to let it", func(s *shelf) {
		s.inbox().UIDValidity = shelfValid + 1
		s.reread(shelfValid + 1)
	}, map[string]int{"uidvalidity_changed": 1}},
	{"an acknowledged flag is gone", func(s *shelf) {
		s.ordered(ledger.StateOK, ledger.StateOperation{Kind: ledger.OpAddFlags, Seq: 1, UID: 1, Flags: []string{`\Seen`}}, 0)
	}, map[string]int{"flag_lost": 1}},
	{"a reader marked mail as seen", func(s *shelf) {
		for i := range s.inbox().Messages {
			s.inbox().Messages[i].Flags = append(slices.Clone(s.inbox().Messages[i].Flags), `\Seen`)
		}
	}, map[string]int{"flag_spurious": shelfSize}},
}

// cacheCases: what is stored and searchable, and yet never shown.
var cacheCases = []shelfCase{
	{"both clients learn of new mail", func(s *shelf) { s.added(20, true); s.added(21, true) }, nil},
	{"neither does", func(s *shelf) { s.added(20, false); s.added(21, false); s.added(22, true) }, map[string]int{"invisible_to_cached_clients": 2}},
}

// popCases: deletions commit at QUIT (RFC 1939, section 6), and the unique-ids
// stay.
var popCases = []shelfCase{
	{"DELE and QUIT, acknowledged", func(s *shelf) { s.popped(ledger.StateOK, true) }, nil},
	{"the reply to QUIT is lost, and it is there", func(s *shelf) { s.popped(ledger.StateIndeterminate, false) }, nil},
	{"the reply to QUIT is lost, and it is gone", func(s *shelf) { s.popped(ledger.StateIndeterminate, true) }, nil},
	{"DELE without QUIT, and it is gone", func(s *shelf) { s.popped(ledger.StateFailed, true) }, map[string]int{"content_lost": 1}},
	{"the unique-ids are others", func(s *shelf) { s.after.UIDL[0].ID, s.after.UIDL[5].ID = "a", "b" }, map[string]int{"uidl_churn": 2}},
}
