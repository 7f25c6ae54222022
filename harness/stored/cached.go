package stored

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"maildrill/harness/identity"
	"maildrill/harness/ledger"
	"maildrill/harness/topology"
)

// cachedClient is a mail reader that keeps what it has read, and asks only for
// what is new. What it never asks for, its user never sees.
type cachedClient struct {
	kind    string
	folders map[string]*cachedFolder
}

// cachedFolder is what it keeps of one folder.
type cachedFolder struct {
	validity uint32
	next     uint32 // highest UIDNEXT that it was told; it never asks below
	modseq   uint64 // as the server told it last
	known    map[uint32]bool
}

func newCachedClients() []*cachedClient {
	return []*cachedClient{
		{ledger.ClientUIDNext, map[string]*cachedFolder{}},
		{ledger.ClientQResync, map[string]*cachedFolder{}},
	}
}

// sync lets every client that the server can serve synchronise, each on a
// connection of its own, and writes down what it learned.
func (w *worker) sync(ctx context.Context, round string) {
	for _, c := range w.clients {
		s := ledger.CacheSync{Round: round, Client: c.kind, Account: w.account.Address}
		offered, err := w.syncClient(ctx, c, &s)
		if !offered || len(s.Folders) == 0 && errors.Is(context.Cause(ctx), context.Canceled) {
			continue // the drill ended in the middle of it
		}
		if err != nil {
			s.Error = err.Error()
		}
		w.Note(ledger.StateSynced, s)
	}
}

// syncClient is one synchronisation. Folders that were done before an error
// stay done.
func (w *worker) syncClient(ctx context.Context, c *cachedClient, s *ledger.CacheSync) (offered bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, syncLimit)
	defer cancel()
	conn, err := w.Dialer.Dial(ctx, w.Store, topology.IMAP)
	if err != nil {
		return c.kind == ledger.ClientUIDNext || len(c.folders) > 0, fmt.Errorf("connect to IMAP of %s: %w", w.Store, err)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	l := newWire(conn)
	if err := l.greeting(); err != nil {
		return true, err
	}
	if _, err := l.command("LOGIN %s %s", wireQuote(w.account.User), wireQuote(w.account.Password)); err != nil {
		return true, fmt.Errorf("log in: %w", err)
	}
	if c.kind == ledger.ClientQResync {
		if offered, err = l.enable("QRESYNC"); err != nil || !offered {
			return offered || len(c.folders) > 0, err
		}
	}
	names, err := l.names()
	if err != nil {
		return true, err
	}
	for _, name := range names {
		f, err := c.syncFolder(l, name, w.Key)
		if err != nil {
			return true, fmt.Errorf("folder %s: %w", name, err)
		}
		s.Folders = append(s.Folders, f)
	}
	return true, nil
}

// enable turns an extension on, if the server offers it.
func (w *wire) enable(extension string) (bool, error) {
	answers, err := w.command("CAPABILITY")
	if err != nil {
		return false, fmt.Errorf("ask for the capabilities: %w", err)
	}
	for _, a := range answers {
		if !a.is("CAPABILITY") || !slices.Contains(a.values, any(extension)) {
			continue
		}
		if _, err := w.command("ENABLE %s", extension); err != nil {
			return true, fmt.Errorf("enable %s: %w", extension, err)
		}
		return true, nil
	}
	return false, nil
}

func (a answer) is(word string) bool {
	first, ok := at[string](a.values, 0)
	return ok && strings.EqualFold(first, word)
}

// at gives a value of a list if it is there and of the type.
func at[T any](values []any, i int) (v T, ok bool) {
	if i >= len(values) {
		return v, false
	}
	v, ok = values[i].(T)
	return v, ok
}

// names lists the folders that can be opened.
func (w *wire) names() ([]string, error) {
	answers, err := w.command(`LIST "" "*"`)
	if err != nil {
		return nil, fmt.Errorf("list the folders: %w", err)
	}
	var names []string
	for _, a := range answers {
		attributes, listed := at[[]any](a.values, 1)
		name, named := at[string](a.values, 3)
		closed := slices.ContainsFunc(attributes, func(v any) bool {
			s, _ := v.(string)
			return strings.EqualFold(s, `\NoSelect`) || strings.EqualFold(s, `\NonExistent`)
		})
		if a.is("LIST") && listed && named && !closed {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}

// syncFolder opens the folder as this kind of client does, and fetches what it
// believes to be new.
func (c *cachedClient) syncFolder(l *wire, name string, key identity.Key) (ledger.SyncFolder, error) {
	have := c.folders[name]
	opening := ""
	if c.kind == ledger.ClientQResync {
		opening = " (CONDSTORE)"
		if have != nil && have.modseq > 0 {
			opening = fmt.Sprintf(" (QRESYNC (%d %d))", have.validity, have.modseq)
		}
	}
	answers, err := l.command("EXAMINE %s%s", wireQuote(name), opening)
	if err != nil {
		return ledger.SyncFolder{}, err
	}
	said := read(answers)
	out := ledger.SyncFolder{Name: name, UIDValidity: said.validity, UIDNext: said.next, ModSeq: said.modseq}
	if have == nil || have.validity != said.validity {
		have = &cachedFolder{validity: said.validity, known: map[uint32]bool{}}
		said.changed = nil
	}
	wanted := c.wanted(have, said)
	if said.exists > 0 && wanted != "" {
		if out.New, err = l.fetch(wanted, key, func(uid uint32) bool {
			return !have.known[uid] && (c.kind == ledger.ClientQResync || uid >= have.next)
		}); err != nil {
			return out, err
		}
	}
	for _, uid := range said.vanished {
		if have.known[uid] {
			out.Vanished = append(out.Vanished, uid)
			delete(have.known, uid)
		}
	}
	for _, m := range out.New {
		have.known[m.UID] = true
	}
	have.next, have.modseq = max(have.next, said.next), said.modseq
	c.folders[name] = have
	return out, nil
}

// wanted is the set of UIDs that the client asks for; empty: none.
func (c *cachedClient) wanted(have *cachedFolder, said selected) string {
	switch {
	case len(have.known) == 0 && have.next == 0:
		return "1:*" // nothing is known of the folder yet
	case c.kind == ledger.ClientQResync && have.modseq == 0:
		return "1:*" // the folder has no mod-sequences (NOMODSEQ), so it compares all
	case c.kind == ledger.ClientUIDNext && said.next > have.next:
		return fmt.Sprintf("%d:*", have.next)
	case c.kind == ledger.ClientQResync:
		var uids []string
		for _, uid := range said.changed {
			if !have.known[uid] {
				uids = append(uids, strconv.FormatUint(uint64(uid), 10))
			}
		}
		return strings.Join(uids, ",")
	}
	return ""
}

// selected is what the answers to EXAMINE say.
type selected struct {
	exists, validity, next uint32
	modseq                 uint64
	changed, vanished      []uint32
}

func read(answers []answer) selected {
	var s selected
	for _, a := range answers {
		word, value, _ := strings.Cut(a.code, " ")
		n, _ := strconv.ParseUint(value, 10, 64) // 0: not told, or no number
		switch strings.ToUpper(word) {
		case "UIDVALIDITY":
			s.validity = uint32(n)
		case "UIDNEXT":
			s.next = uint32(n)
		case "HIGHESTMODSEQ":
			s.modseq = n
		}
		second, _ := at[string](a.values, 1)
		switch {
		case strings.EqualFold(second, "EXISTS"):
			count, _ := at[string](a.values, 0)
			exists, _ := strconv.ParseUint(count, 10, 32)
			s.exists = uint32(exists)
		case strings.EqualFold(second, "FETCH"):
			items, _ := at[[]any](a.values, 2)
			if uid, ok := itemOf(items, "UID"); ok {
				n, _ := strconv.ParseUint(uid, 10, 32)
				s.changed = append(s.changed, uint32(n))
			}
		case a.is("VANISHED"):
			set, _ := at[string](a.values, len(a.values)-1)
			s.vanished = append(s.vanished, uidSet(set)...)
		}
	}
	return s
}

// itemOf finds a data item of FETCH; BODY with whatever section.
func itemOf(items []any, name string) (string, bool) {
	for i := 0; i+1 < len(items); i += 2 {
		key, _ := items[i].(string)
		if strings.EqualFold(key, name) || name == "BODY" && strings.HasPrefix(strings.ToUpper(key), "BODY[") {
			return at[string](items, i+1)
		}
	}
	return "", false
}

// vanishedMost bounds a set of UIDs: a range is two numbers on the wire.
const vanishedMost = 1 << 20

// uidSet reads "3,7:9".
func uidSet(set string) []uint32 {
	var uids []uint32
	for part := range strings.SplitSeq(set, ",") {
		from, to, ranged := strings.Cut(part, ":")
		first, err := strconv.ParseUint(from, 10, 32)
		last := first
		if ranged && err == nil {
			last, err = strconv.ParseUint(to, 10, 32)
		}
		for uid := first; err == nil && uid <= last && len(uids) < vanishedMost; uid++ {
			uids = append(uids, uint32(uid))
		}
	}
	return uids
}

// fetch reads whose the messages are, of those that are wanted.
func (w *wire) fetch(set string, key identity.Key, want func(uint32) bool) ([]ledger.SyncedMail, error) {
	answers, err := w.command("UID FETCH %s (UID BODY.PEEK[HEADER.FIELDS (%s)])", set, identity.HeaderToken)
	if err != nil {
		return nil, fmt.Errorf("fetch: %w", err)
	}
	var all []ledger.SyncedMail
	for _, a := range answers {
		items, _ := at[[]any](a.values, 2)
		text, ok := itemOf(items, "UID")
		header, shown := itemOf(items, "BODY")
		uid, err := strconv.ParseUint(text, 10, 32)
		if ok && shown && err == nil && want(uint32(uid)) {
			all = append(all, ledger.SyncedMail{UID: uint32(uid), Seq: seqOf(key, []byte(header))})
		}
	}
	slices.SortFunc(all, func(a, b ledger.SyncedMail) int { return int(a.UID) - int(b.UID) })
	return all, nil
}
