package harness_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/harness/embedded"
	"maildrill/harness/embedded/store"
	"maildrill/harness/identity"
	"maildrill/harness/ledger"
	"maildrill/harness/measure"
	"maildrill/harness/planning"
	"maildrill/harness/probe"
	"maildrill/harness/record"
	"maildrill/harness/stored"
	"maildrill/harness/topology"
	"maildrill/harness/topology/runtimetest"
)

// keeping is stored mail at the known-truth store, without the rest of a drill.
type keeping struct {
	t       *testing.T
	system  topology.System
	liar    embedded.Liar
	account topology.Account
	inst    *stored.Instrument

	mu     sync.Mutex
	events []ledger.Event
	done   int // operations that ended
	enough func()
	until  int
}

var storedKey = identity.NewKey("stored", 3)

// keep starts the store and fills the account.
func keep(t *testing.T, seed int64, change func(*stored.Config)) *keeping {
	t.Helper()
	top := runtimetest.Topology()
	account := topology.Account{Address: "stored1@" + top.MailDomain, User: "stored1@" + top.MailDomain, Password: "drill"}
	top.Accounts = append(top.Accounts, account)
	for i, n := range top.Nodes {
		if n.Name == "store1" {
			top.Nodes[i].Services = maps.Clone(n.Services)
			top.Nodes[i].Services[topology.POP3] = 110
		}
	}
	s, err := embedded.New(embedded.Config{Dir: t.TempDir()}).Start(t.Context(), top, topology.Options{RunID: "stored"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	store1, _ := s.Instance("store1")
	k := &keeping{t: t, system: s, liar: store1.(embedded.Liar), account: account}
	k.note(ledger.RunPlanned, measure.Spec{Objectives: []measure.Objective{{Name: "stored", Unit: "anomalies"}, {Name: "identity", Unit: "anomalies"}}})
	began := time.Now()
	c := stored.Config{Dialer: s, Store: "store1", POP3: true, Accounts: []topology.Account{account}, Key: storedKey, Seed: seed,
		Messages: 24, Rate: 2000, Clock: func() time.Duration { return time.Since(began) }, Note: k.note}
	if change != nil {
		change(&c)
	}
	k.inst = stored.New(c)
	if err := k.inst.Setup(t.Context()); err != nil {
		t.Fatal(err)
	}
	return k
}

func (k *keeping) note(kind string, data any) {
	b, err := json.Marshal(data)
	if err != nil {
		k.t.Error(err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.events = append(k.events, ledger.Event{N: len(k.events) + 1, Kind: kind, Data: b})
	if kind == ledger.StateDone {
		if k.done++; k.done == k.until {
			k.enough()
		}
	}
}

// operate carries out so many operations.
func (k *keeping) operate(n int) {
	ctx, cancel := context.WithTimeout(k.t.Context(), time.Minute)
	defer cancel()
	k.mu.Lock()
	k.enough, k.until = cancel, k.done+n
	k.mu.Unlock()
	k.inst.Operate(ctx)
}

func (k *keeping) lie(l embedded.Lie) {
	k.t.Helper()
	l.Account = k.account.Address
	if err := k.liar.Lie(k.t.Context(), l); err != nil {
		k.t.Fatal(err)
	}
}

func (k *keeping) uids(mailbox string) []uint32 {
	k.t.Helper()
	all, err := k.liar.UIDs(k.t.Context(), k.account.Address, mailbox)
	if err != nil {
		k.t.Fatal(err)
	}
	return all
}

// manifests gives the readings of a round.
func (k *keeping) manifests() (all []ledger.Manifest) {
	for _, e := range k.events {
		var m ledger.Manifest
		if e.Kind == ledger.StateManifest {
			if err := json.Unmarshal(e.Data, &m); err != nil {
				k.t.Fatal(err)
			}
			all = append(all, m)
		}
	}
	return all
}

// empty is a ledger without entries.
type empty struct{}

func (empty) Each(func(ledger.Entry) error) error { return nil }
func (empty) Torn() string                        { return "" }

// judge reads the end and gives what the judge says, with the classes that it
// found.
func (k *keeping) judge() (record.Record, map[string]int) {
	k.t.Helper()
	k.inst.Finish(k.t.Context())
	r, err := measure.Judge(measure.History{Events: k.events, Ledger: empty{}})
	if err != nil || r.Stored == nil {
		k.t.Fatalf("judge: %v, stored %+v", err, r.Stored)
	}
	found := maps.Clone(r.Stored.Anomalies)
	maps.DeleteFunc(found, func(_ string, n int) bool { return n == 0 })
	return r, found
}

// TestStoredMailUnderWork: every kind of operation is carried out, and all is as
// it has to be.
func TestStoredMailUnderWork(t *testing.T) {
	t.Parallel()
	k := keep(t, 11, func(c *stored.Config) { c.SyncEvery = 50 * time.Millisecond })
	k.operate(150)
	r, found := k.judge()
	if len(found) > 0 || r.Stored.Compared == 0 {
		t.Errorf("found %v in %d messages: %+v", found, r.Stored.Compared, r.Stored.Details)
	}
	for _, kind := range []string{ledger.OpAddFlags, ledger.OpRemoveFlags, ledger.OpCopy, ledger.OpMove, ledger.OpExpunge, ledger.OpAppend,
		ledger.OpCreate, ledger.OpRename, ledger.OpSubscribe, ledger.OpUnsubscribe, ledger.OpPOPDelete} {
		if r.Stored.Operations[kind][ledger.StateOK] == 0 {
			t.Errorf("no %s was acknowledged: %v", kind, r.Stored.Operations[kind])
		}
	}
	if got := r.Stored.Anomalies; len(got) < 17 {
		t.Errorf("only %d classes were looked for: %v", len(got), got)
	}
}

// TestReadingLeavesNoTrace: two scans of everything, by the scanner that counts
// the drill's mail, and three readings by this instrument, set no flag.
func TestReadingLeavesNoTrace(t *testing.T) {
	t.Parallel()
	k := keep(t, 5, nil)
	log, err := ledger.Create(t.TempDir() + "/ledger")
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	for n := range 2 {
		res, err := probe.Scan(t.Context(), k.system, []string{"store1"}, []topology.Account{k.account}, storedKey, n+1, log)
		if err != nil || len(res.Unread) > 0 || res.Messages != 24 {
			t.Fatalf("scan: %+v, %v", res, err)
		}
	}
	k.inst.Finish(t.Context())
	if _, found := k.judge(); len(found) > 0 {
		t.Errorf("found %v", found)
	}
	all := k.manifests()
	unseen := 0
	for i, f := range all[0].Folders {
		for j, m := range f.Messages {
			if !slices.ContainsFunc(m.Flags, func(f string) bool { return strings.EqualFold(f, `\Seen`) }) {
				unseen++
			}
			for _, later := range all[1:] {
				if got := later.Folders[i].Messages[j]; !slices.Equal(got.Flags, m.Flags) {
					t.Errorf("%s UID %d: flags %v, before %v", f.Name, m.UID, got.Flags, m.Flags)
				}
			}
		}
	}
	if len(all) != 3 || unseen == 0 {
		t.Errorf("%d readings, %d messages not seen", len(all), unseen)
	}
}

// TestPlantedLiesAreFound tells the store one lie at a time: the right class and
// the right number, and nothing else.
func TestPlantedLiesAreFound(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		plant func(*keeping)
		want  map[string]int
	}{
		"lost messages": {func(k *keeping) {
			for _, uid := range k.uids("INBOX")[:3] {
				k.lie(embedded.Lie{Kind: store.LoseMessage, UID: uid})
			}
		}, map[string]int{"content_lost": 3}},
		"damaged messages": {func(k *keeping) {
			for _, uid := range k.uids("Archive")[:2] {
				k.lie(embedded.Lie{Kind: store.DamageMessage, Mailbox: "Archive", UID: uid})
			}
		}, map[string]int{"content_damaged": 2}},
		"a lost flag and a lost keyword": {func(k *keeping) {
			uid := k.uids("INBOX")[4]
			for _, flag := range []string{`\Flagged`, "drill-red"} {
				k.lie(embedded.Lie{Kind: store.AddFlag, UID: uid, Flag: flag})
			}
			k.remanifest()
			for _, flag := range []string{`\Flagged`, "drill-red"} {
				k.lie(embedded.Lie{Kind: store.LoseFlag, UID: uid, Flag: flag})
			}
		}, map[string]int{"flag_lost": 1, "keyword_lost": 1}},
		"a flag that nobody set": {func(k *keeping) {
			for _, uid := range k.uids("INBOX")[:2] {
				k.lie(embedded.Lie{Kind: store.AddFlag, UID: uid, Flag: `\Deleted`})
			}
		}, map[string]int{"flag_spurious": 2}},
		"a lost folder": {func(k *keeping) { k.lie(embedded.Lie{Kind: store.LoseMailbox, Mailbox: "Archive"}) },
			map[string]int{"folder_lost": 1, "content_lost": 4}},
		"a lost subscription": {func(k *keeping) { k.lie(embedded.Lie{Kind: store.LoseSubscription, Mailbox: "Archive"}) },
			map[string]int{"subscription_lost": 1}},
		"another UIDVALIDITY": {func(k *keeping) { k.lie(embedded.Lie{Kind: store.ChangeValidity, Value: 4_000_000_000}) },
			map[string]int{"uidvalidity_changed": 1, "uidl_churn": 12}},
		"a smaller UIDVALIDITY": {func(k *keeping) { k.lie(embedded.Lie{Kind: store.ChangeValidity, Mailbox: "Archive", Value: 7}) },
			map[string]int{"uidvalidity_decreased": 1}},
		"other unique-ids": {func(k *keeping) { k.lie(embedded.Lie{Kind: store.ChurnUIDL}) }, map[string]int{"uidl_churn": 12}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := keep(t, 9, nil)
			c.plant(k)
			r, found := k.judge()
			if !maps.Equal(found, c.want) {
				t.Errorf("found %v, want %v: %+v", found, c.want, r.Stored.Details)
			}
		})
	}
}

// TestStoreWithoutPOP3: what is not offered is not measured, and says so.
func TestStoreWithoutPOP3(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*stored.Config){
		"not declared": func(c *stored.Config) { c.POP3 = false },
		"not there":    func(c *stored.Config) { c.Dialer = popless{c.Dialer} },
	} {
		k := keep(t, 2, change)
		k.operate(20)
		r, found := k.judge()
		_, looked := r.Stored.Anomalies["uidl_churn"]
		said := slices.ContainsFunc(r.Stored.Unmeasured, func(g record.StoredGap) bool { return g.What == "uidl" && g.Why != "" })
		if len(found) > 0 || looked || !said || len(r.Stored.Operations[ledger.OpPOPDelete]) > 0 {
			t.Errorf("%s: found %v, looked %t, unmeasured %v, operations %v", name, found, looked, r.Stored.Unmeasured, r.Stored.Operations)
		}
	}
}

// popless is a store that refuses POP3.
type popless struct{ stored.Dialer }

func (p popless) Dial(ctx context.Context, node string, service topology.Service) (net.Conn, error) {
	if service == topology.POP3 {
		return nil, topology.ErrRefused
	}
	return p.Dialer.Dial(ctx, node, service)
}

// remanifest takes what is there now for what was there before.
func (k *keeping) remanifest() {
	k.inst.Finish(k.t.Context())
	all := k.manifests()
	last := all[len(all)-1]
	last.Round = ledger.BeforeDrill
	k.note(ledger.StateManifest, last)
}

// TestResurrectedMailIsFound: removals that were acknowledged, undone.
func TestResurrectedMailIsFound(t *testing.T) {
	t.Parallel()
	k := keep(t, 21, nil)
	var removed []ledger.StateOperation
	for tries := 0; len(removed) < 2; tries++ {
		if tries == 10 {
			t.Fatalf("only %d removals", len(removed))
		}
		k.operate(30)
		removed = k.ordered(func(o ledger.StateOperation) bool { return o.Kind == ledger.OpExpunge && o.Folder == "INBOX" })
	}
	for _, o := range removed[:2] {
		k.lie(embedded.Lie{Kind: store.Resurrect, UID: o.UID})
	}
	r, found := k.judge()
	want := map[string]int{"resurrected": 2, "expunged_reappeared": 2}
	delete(found, "invisible_to_cached_clients") // who had not seen them before the removal never will
	if !maps.Equal(found, want) || r.Accounting.Resurrected != 2 {
		t.Errorf("found %v (%d resurrected), want %v: %+v", found, r.Accounting.Resurrected, want, r.Stored.Details)
	}
}

// ordered lists the operations that were ordered.
func (k *keeping) ordered(fits func(ledger.StateOperation) bool) (all []ledger.StateOperation) {
	for _, e := range k.events {
		var o ledger.StateOperation
		if e.Kind == ledger.StateIntent && json.Unmarshal(e.Data, &o) == nil && fits(o) {
			all = append(all, o)
		}
	}
	return all
}

// deaf is a dialer whose connections lose every second reply to a command of
// some kind: the command is written, then the connection breaks.
type deaf struct {
	stored.Dialer
	command string
	count   atomic.Int64
}

func (d *deaf) Dial(ctx context.Context, node string, service topology.Service) (net.Conn, error) {
	c, err := d.Dialer.Dial(ctx, node, service)
	if err != nil {
		return nil, err
	}
	return &deafConn{Conn: c, dialer: d}, nil
}

type deafConn struct {
	net.Conn
	dialer *deaf
	broken atomic.Bool
}

func (c *deafConn) Write(b []byte) (int, error) {
	lost := bytes.Contains(b, []byte(c.dialer.command)) && c.dialer.count.Add(1)%2 == 1
	c.broken.Store(c.broken.Load() || lost)
	return c.Conn.Write(b)
}

func (c *deafConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if c.broken.Load() {
		_ = c.Conn.Close()
		return 0, io.ErrUnexpectedEOF
	}
	return n, err
}

// TestLostReplies: whether the command was carried out or not,
// nothing is reported, and nothing is built upon it.
func TestLostReplies(t *testing.T) {
	t.Parallel()
	for command, c := range map[string]struct {
		verdict string
		kinds   []string
	}{
		"UID STORE":    {ledger.StateIndeterminate, []string{ledger.OpAddFlags, ledger.OpRemoveFlags, ledger.OpExpunge}},
		"UID EXPUNGE":  {ledger.StateIndeterminate, []string{ledger.OpExpunge}},
		"UID COPY":     {ledger.StateIndeterminate, []string{ledger.OpCopy}},
		"UID MOVE":     {ledger.StateIndeterminate, []string{ledger.OpMove}},
		"APPEND":       {ledger.StateIndeterminate, []string{ledger.OpAppend}},
		"X-Drill-Sum:": {ledger.StateIndeterminate, []string{ledger.OpAppend}}, // the literal
		"CREATE":       {ledger.StateIndeterminate, []string{ledger.OpCreate}},
		"RENAME":       {ledger.StateIndeterminate, []string{ledger.OpRename}},
		"SUBSCRIBE":    {ledger.StateIndeterminate, []string{ledger.OpSubscribe, ledger.OpUnsubscribe}},
		"QUIT":         {ledger.StateIndeterminate, []string{ledger.OpPOPDelete}},
		"DELE":         {ledger.StateFailed, []string{ledger.OpPOPDelete}}, // without QUIT nothing is deleted
	} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			d := &deaf{command: "no such command"}
			k := keep(t, 17, func(c *stored.Config) { d.Dialer, c.Dialer = c.Dialer, d })
			d.command = command
			for tries := 0; k.ended(c.verdict, c.kinds) == 0; tries++ {
				if tries == 20 {
					t.Fatal("no reply was lost")
				}
				k.operate(20)
			}
			d.command = "no such command"
			if r, found := k.judge(); len(found) > 0 {
				t.Errorf("found %v: %+v", found, r.Stored.Details)
			}
		})
	}
}

// ended counts the operations of some kinds that ended so.
func (k *keeping) ended(verdict string, kinds []string) (n int) {
	asked := map[int]bool{}
	for _, o := range k.ordered(func(o ledger.StateOperation) bool { return slices.Contains(kinds, o.Kind) }) {
		asked[o.N] = true
	}
	for _, e := range k.events {
		var o ledger.StateOutcome
		if e.Kind == ledger.StateDone && json.Unmarshal(e.Data, &o) == nil && asked[o.N] && o.Verdict == verdict {
			n++
		}
	}
	return n
}

// TestRefusedAndUnreachable: a tagged NO has failed; what met no server was not
// attempted.
func TestRefusedAndUnreachable(t *testing.T) {
	t.Parallel()
	k := keep(t, 3, nil)
	k.lie(embedded.Lie{Kind: store.LoseMailbox, Mailbox: "Receipts"})
	k.operate(60)
	r, _ := k.judge()
	if n := r.Stored.Operations[ledger.OpAppend][ledger.StateFailed]; n == 0 {
		t.Errorf("no APPEND failed: %v", r.Stored.Operations)
	}
	store1, _ := k.system.Instance("store1")
	if err := store1.(faults.Stopper).Stop(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	before := k.done
	k.operate(10)
	for _, e := range k.events {
		var o ledger.StateOutcome
		if e.Kind == ledger.StateDone && json.Unmarshal(e.Data, &o) == nil && o.N > before && o.Verdict != ledger.StateNotAttempted {
			t.Errorf("operation %d on a store that is down: %s (%s)", o.N, o.Verdict, o.Error)
		}
	}
}

// TestRestoredSnapshotIsFound: a mailbox is put back to an earlier state under
// its old UIDVALIDITY while users go on. Its UIDs are given twice, and clients
// that cache never show what bears one.
func TestRestoredSnapshotIsFound(t *testing.T) {
	t.Parallel()
	k := keep(t, 33, func(c *stored.Config) { c.SyncEvery = time.Millisecond })
	k.lie(embedded.Lie{Kind: store.Remember})
	from := slices.Max(k.uids("INBOX")) + 1
	k.operate(80)
	next := k.toldNext("INBOX")
	k.lie(embedded.Lie{Kind: store.RollBack})
	k.operate(80)
	r, found := k.judge()
	hidden := 0
	for _, uid := range k.uids("INBOX") {
		if from <= uid && uid < next {
			hidden++
		}
	}
	if hidden == 0 || found["invisible_to_cached_clients"] != hidden {
		t.Errorf("%d messages are invisible, counted %d: %+v", hidden, found["invisible_to_cached_clients"], r.Stored.Details)
	}
	if found["uidnext_rollback"] != 1 || found["uid_reused"] == 0 || found["content_lost"] == 0 || found["uidvalidity_changed"] != 0 {
		t.Errorf("found %v", found)
	}
	for _, o := range r.Objectives {
		if o.Verdict != record.Failed {
			t.Errorf("%s: %s (%s)", o.Name, o.Verdict, o.Reason)
		}
	}
}

// toldNext is the highest UIDNEXT that the client was told.
func (k *keeping) toldNext(folder string) uint32 {
	next := uint32(0)
	for _, e := range k.events {
		var s ledger.CacheSync
		if e.Kind != ledger.StateSynced || json.Unmarshal(e.Data, &s) != nil {
			continue
		}
		for _, f := range s.Folders {
			if f.Name == folder {
				next = max(next, f.UIDNext)
			}
		}
	}
	return next
}

// TestStoredMailThroughACrash: the whole drill, with stored mail. It has the
// machine for itself: a probe that is late would be an outage.
func TestStoredMailThroughACrash(t *testing.T) {
	source := strings.Replace(quick, "primary-backup-mx", "single-server", 1)
	source = strings.Replace(source, "sizes: [1KiB]", "sizes: [1KiB], stored: {messages: 30, accounts: 2, operations: 6/s}", 1)
	source = strings.Replace(source, "on: mx1", "on: mail1", 1)
	source = strings.Replace(source, "baseline: 2s", "baseline: 4s", 1)
	plan := compile(t, source+"  stored: {max: 0}\n  identity: {max: 0}\n")
	rec, _ := play(t, plan, nil, nil)
	if rec.Verdict != record.Passed {
		t.Errorf("verdict %s (%s), stored %+v", rec.Verdict, rec.Reason, rec.Stored)
	}
	n := 0
	for _, verdicts := range rec.Stored.Operations {
		n += verdicts[ledger.StateOK]
	}
	if rec.Stored.Messages != 60 || rec.Stored.Compared == 0 || n == 0 {
		t.Errorf("stored %+v", rec.Stored)
	}
	if d := planning.Describe(plan); !strings.Contains(d.Stored, "30 messages in each of 2 accounts") {
		t.Errorf("plan: %q", d.Stored)
	}
}
