package probe

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"

	"maildrill/harness/identity"
	"maildrill/harness/ledger"
	"maildrill/harness/topology"
)

// mailboxes is a store with three users and the mail of one run.
func mailboxes(t *testing.T) (*system, identity.Key, []topology.Account) {
	t.Helper()
	users := []string{"u1@drill.test", "u2@drill.test", "u3@drill.test"}
	s := build(t, users...)
	var accounts []topology.Account
	for _, u := range users {
		accounts = append(accounts, topology.Account{Address: u, User: u, Password: "drill"})
	}
	return s, identity.NewKey("run-1", 1), accounts
}

func letter(k identity.Key, seq uint32, to ...string) []byte {
	return k.Render(nil, identity.Message{Token: identity.Token{Run: k.Run, Seq: seq}, Attempt: 1, From: "a@drill.test", To: to, Size: 2000, Date: time.Unix(0, 0)})
}

// told prints what a scan recorded, in an order of its own.
func told(entries []ledger.Entry) string {
	var lines []string
	for _, e := range entries {
		lines = append(lines, strings.TrimRight(fmt.Sprintf("%s %d/%d %d %s", e.Mailbox, e.Copy.Seq, e.Copy.Rcpt, e.Integrity, e.Foreign), " "))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func TestScanFindsEverything(t *testing.T) {
	s, k, accounts := mailboxes(t)
	if err := s.users["u3@drill.test"].Create("Junk", nil); err != nil {
		t.Fatal(err)
	}
	both := letter(k, 1, "u1@drill.test", "u2@drill.test")
	s.put("u1@drill.test", "INBOX", both)
	s.put("u2@drill.test", "INBOX", both)
	s.put("u2@drill.test", "INBOX", both)                          // twice
	s.put("u3@drill.test", "INBOX", letter(k, 2, "u1@drill.test")) // not theirs
	s.put("u3@drill.test", "Junk", letter(k, 3, "u3@drill.test"))
	cut := letter(k, 4, "u3@drill.test")
	s.put("u3@drill.test", "INBOX", cut[:len(cut)-200])
	s.put("u1@drill.test", "INBOX", letter(identity.NewKey("run-0", 1), 5, "u1@drill.test"))
	s.put("u1@drill.test", "INBOX", []byte("Subject: hello\r\n\r\nhello\r\n"))
	s.put("u1@drill.test", "INBOX", bytes.ReplaceAll(letter(k, 6, "u1@drill.test"), []byte("\r\n"), []byte("\n")))
	s.put("u3@drill.test", "INBOX", bytes.Replace(letter(k, 7, "u1@drill.test"), []byte(identity.HeaderTo+": "), []byte("X-Lost: "), 1))
	var p paper
	scan, err := Scan(t.Context(), s, []string{"store"}, accounts, k, 1, &p)
	if err != nil {
		t.Fatal(err)
	}
	want := `u1@drill.test/INBOX 0/0 1 alien
u1@drill.test/INBOX 0/0 1 stale
u1@drill.test/INBOX 1/0 1
u1@drill.test/INBOX 6/0 1
u2@drill.test/INBOX 1/1 1
u2@drill.test/INBOX 1/1 1
u3@drill.test/INBOX 2/0 1 misdelivered
u3@drill.test/INBOX 4/0 2
u3@drill.test/INBOX 7/0 2 unaddressed
u3@drill.test/Junk 3/0 1`
	if got := told(p.all()); got != want {
		t.Errorf("found\n%s\nwant\n%s", got, want)
	}
	if scan.Scan != 1 || scan.Mailboxes != 3 || scan.Messages != 10 || scan.Unread != nil || scan.Digest == "" {
		t.Errorf("%+v", scan)
	}
	again, err := Scan(t.Context(), s, []string{"store"}, accounts, k, 2, &p)
	if err != nil || again.Digest != scan.Digest {
		t.Errorf("the same mail gave another digest: %+v, %v", again, err)
	}
	s.put("u2@drill.test", "INBOX", letter(k, 9, "u2@drill.test"))
	if later, err := Scan(t.Context(), s, []string{"store"}, accounts, k, 3, &p); err != nil || later.Digest == scan.Digest {
		t.Errorf("other mail gave the same digest: %+v, %v", later, err)
	}
}

// What reads exactly as before is not written down again; what changed is, and
// the hops only where copies have to be told apart.
func TestScannerWritesDownWhatChanged(t *testing.T) {
	s, k, accounts := mailboxes(t)
	hops := []byte("Received: from x by mx1 id Q1; now\r\n")
	with := func(b []byte) []byte { return append(bytes.Clone(hops), b...) }
	s.put("u1@drill.test", "INBOX", with(letter(k, 1, "u1@drill.test")))
	for range 2 {
		s.put("u2@drill.test", "INBOX", with(letter(k, 2, "u2@drill.test")))
	}
	var p paper
	scanner := Scanner{Dialer: s, Stores: []string{"store"}, Accounts: accounts, Key: k, Recorder: &p, Clock: func() time.Duration { return 1 }}
	first, err := scanner.Scan(t.Context(), 1)
	if err != nil || first.Standing != nil {
		t.Fatalf("%+v, %v", first, err)
	}
	for _, e := range p.all() {
		if alone := e.Copy.Seq == 1; alone != (e.Hops == "") || e.Attempt != 1 {
			t.Errorf("copy %d: hops %q, attempt %d", e.Copy.Seq, e.Hops, e.Attempt)
		}
	}
	s.put("u1@drill.test", "INBOX", letter(k, 3, "u1@drill.test"))
	second, err := scanner.Scan(t.Context(), 2)
	if err != nil || second.Messages != 4 || second.Digest == first.Digest {
		t.Errorf("%+v, %v", second, err)
	}
	third, err := scanner.Scan(t.Context(), 3)
	if err != nil || third.Messages != 4 || third.Digest != second.Digest {
		t.Errorf("%+v, %v", third, err)
	}
	want := []ledger.Standing{{Store: "store", Account: "u1@drill.test", Scan: 2}, {Store: "store", Account: "u2@drill.test", Scan: 1},
		{Store: "store", Account: "u3@drill.test", Scan: 1}}
	if !slices.Equal(third.Standing, want) || !slices.Equal(second.Standing, want[1:]) {
		t.Errorf("standing %+v, then %+v", second.Standing, third.Standing)
	}
	if got := len(p.all()); got != 3+2 {
		t.Errorf("%d entries", got)
	}
}

// Arrival is told on the clock of the run, also of mail from before it; a scan
// that does not know when the run began tells nothing.
func TestScanTellsWhenMailArrived(t *testing.T) {
	s, k, accounts := mailboxes(t)
	before := time.Now().Truncate(time.Second)
	s.put("u1@drill.test", "INBOX", letter(k, 1, "u1@drill.test"))
	for _, began := range []time.Time{{}, before.Add(-20 * time.Second), before.Add(time.Minute)} {
		var p paper
		scanner := Scanner{Dialer: s, Stores: []string{"store"}, Accounts: accounts, Key: k, Recorder: &p,
			Clock: func() time.Duration { return 0 }, Began: began}
		if _, err := scanner.Scan(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		found := p.all()
		if len(found) != 1 {
			t.Fatalf("%d messages", len(found))
		}
		arrived := found[0].Arrived
		if began.IsZero() != (arrived == 0) {
			t.Errorf("run began at %v, arrived %v", began, arrived)
		}
		if at := began.Add(arrived); arrived != 0 && (at.Before(before) || at.After(time.Now())) {
			t.Errorf("arrived at %v, not between %v and now", at, before)
		}
	}
}

func TestScanSaysWhatItCouldNotRead(t *testing.T) {
	s, k, accounts := mailboxes(t)
	s.put("u1@drill.test", "INBOX", letter(k, 1, "u1@drill.test"))
	accounts[2].Password = "wrong"
	var p paper
	scan, err := Scan(t.Context(), s, []string{"store"}, accounts, k, 1, &p)
	if err != nil || scan.Mailboxes != 2 || len(scan.Unread) != 1 || !strings.HasPrefix(scan.Unread[0], "u3@drill.test at store: log in") {
		t.Errorf("%+v, %v", scan, err)
	}
	scan, err = Scan(t.Context(), s, []string{"store", "store2"}, accounts[:1], k, 2, &p)
	if err != nil || scan.Mailboxes != 0 || len(scan.Unread) != 1 || !strings.Contains(scan.Unread[0], "store2") {
		t.Errorf("a replica that is down: %+v, %v", scan, err)
	}
}

func TestScanOfAFullDisk(t *testing.T) {
	s, k, accounts := mailboxes(t)
	s.put("u1@drill.test", "INBOX", letter(k, 1, "u1@drill.test"))
	full := errors.New("disk full")
	if _, err := Scan(t.Context(), s, []string{"store"}, accounts, k, 1, &paper{err: full}); !errors.Is(err, full) {
		t.Errorf("error %v, want %v", err, full)
	}
}

// Servers that hide messages: from SEARCH, from FETCH, from STATUS, from
// EXAMINE. Each is a mailbox that could not be read, and records nothing.
func TestScanCrossChecksCounts(t *testing.T) {
	s, k, accounts := mailboxes(t)
	user := s.users["u1@drill.test"]
	for seq := range uint32(3) {
		s.put("u1@drill.test", "INBOX", letter(k, seq+1, "u1@drill.test"))
	}
	for _, hide := range []string{"", "search", "fetch", "status", "examine"} {
		s.serve(imapOf(t, func() imapserver.Session {
			return &hiding{Session: &loggedIn{newUserSession(user)}, what: hide}
		}), key("store", topology.IMAP))
		var p paper
		scan, err := Scan(t.Context(), s, []string{"store"}, accounts[:1], k, 1, &p)
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case hide == "" && (len(scan.Unread) > 0 || len(p.all()) != 3):
			t.Errorf("honest server: %+v", scan)
		case hide != "" && (len(scan.Unread) != 1 || !strings.Contains(scan.Unread[0], "count differently") || len(p.all()) > 0):
			t.Errorf("hidden from %s: %+v, %d recorded", hide, scan, len(p.all()))
		}
	}
}

// hiding leaves one message out of one kind of answer.
type hiding struct {
	imapserver.Session
	what string
}

func (h *hiding) Status(name string, o *imap.StatusOptions) (*imap.StatusData, error) {
	data, err := h.Session.Status(name, o)
	if err == nil && h.what == "status" && data.NumMessages != nil {
		*data.NumMessages--
	}
	return data, err
}

func (h *hiding) Select(name string, o *imap.SelectOptions) (*imap.SelectData, error) {
	data, err := h.Session.Select(name, o)
	if err == nil && h.what == "examine" {
		data.NumMessages--
	}
	return data, err
}

func (h *hiding) Search(kind imapserver.NumKind, c *imap.SearchCriteria, o *imap.SearchOptions) (*imap.SearchData, error) {
	data, err := h.Session.Search(kind, c, o)
	if err == nil && h.what == "search" {
		data.All = imap.UIDSetNum(1, 2)
	}
	return data, err
}

func (h *hiding) Fetch(w *imapserver.FetchWriter, set imap.NumSet, o *imap.FetchOptions) error {
	if h.what == "fetch" {
		set = imap.UIDSetNum(1, 2)
	}
	return h.Session.Fetch(w, set, o)
}
