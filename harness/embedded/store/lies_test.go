package store

import (
	"slices"
	"strings"
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

const someone = "u1@drill.test"

func tell(t *testing.T, s *Store, l Lie) {
	t.Helper()
	l.Account = someone
	if err := s.Lie(l); err != nil {
		t.Fatal(err)
	}
}

func deliver(t *testing.T, s *Store, subjects ...string) {
	t.Helper()
	for _, subject := range subjects {
		if err := s.Deliver(someone, []byte("Subject: "+subject+"\r\n\r\nx\r\n")); err != nil {
			t.Fatal(err)
		}
	}
}

func uids(t *testing.T, s *Store, name string) []uint32 {
	t.Helper()
	all, err := s.UIDs(someone, name)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestRollBack: the UIDs that came after the copy are given again.
func TestRollBack(t *testing.T) {
	dir := t.TempDir()
	s, b := open(t, dir)
	deliver(t, s, "one", "two")
	validity := b.validity
	tell(t, s, Lie{Kind: Remember})
	deliver(t, s, "three")
	tell(t, s, Lie{Kind: RollBack})
	deliver(t, s, "four")
	if got := uids(t, s, "INBOX"); !slices.Equal(got, []uint32{1, 2, 3}) {
		t.Errorf("UIDs %v", got)
	}
	s, b = open(t, dir) // the lie outlives the store
	if got := uids(t, s, "INBOX"); len(got) != 3 || b.validity != validity || b.next != 4 {
		t.Errorf("UIDs %v, UIDVALIDITY %d, UIDNEXT %d", got, b.validity, b.next)
	}
}

// TestLies tells each lie once and looks for its effect, on what IMAP shows.
func TestLies(t *testing.T) {
	s, _ := open(t, t.TempDir())
	deliver(t, s, "one", "two", "three")
	c := login(t, s)
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ok(c.Create("Work", nil).Wait())
	ok(c.Subscribe("Work").Wait())
	selected, err := c.Select("INBOX", nil).Wait()
	ok(err)
	deleted := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted, "red"}}
	ok(c.Store(imap.UIDSetNum(2), deleted, nil).Close())
	ok(c.UIDExpunge(imap.UIDSetNum(2)).Close())
	tell(t, s, Lie{Kind: Resurrect, UID: 2})
	if got := uids(t, s, "INBOX"); !slices.Equal(got, []uint32{1, 2, 3}) {
		t.Errorf("resurrect: UIDs %v", got)
	}
	if err := c.Store(imap.UIDSetNum(1), deleted, nil).Close(); err == nil {
		t.Error("a session goes on with a mailbox that was replaced")
	}
	tell(t, s, Lie{Kind: LoseFlag, UID: 2, Flag: "RED"})
	tell(t, s, Lie{Kind: AddFlag, UID: 3, Flag: `\Seen`})
	tell(t, s, Lie{Kind: LoseMessage, UID: 1})
	tell(t, s, Lie{Kind: DamageMessage, UID: 3})
	tell(t, s, Lie{Kind: ChangeValidity, Value: selected.UIDValidity + 5})
	tell(t, s, Lie{Kind: LoseMailbox, Mailbox: "Work"})
	if again, err := c.Select("INBOX", nil).Wait(); err != nil || again.UIDValidity != selected.UIDValidity+5 || again.UIDNext != 4 {
		t.Errorf("after the lies: %+v, %v", again, err)
	}
	all, err := c.Fetch(imap.UIDSet{{Start: 1}}, &imap.FetchOptions{UID: true, Flags: true, BodySection: []*imap.FetchItemBodySection{{Peek: true}}}).Collect()
	ok(err)
	if len(all) != 2 || len(all[0].Flags) != 0 || !slices.Equal(lower(all[1].Flags), []imap.Flag{seenFlag}) ||
		string(all[1].BodySection[0].Bytes) == "Subject: three\r\n\r\nx\r\n" {
		t.Errorf("messages: %+v", all)
	}
	if names, _ := folders(t, c); !slices.Equal(names, []string{"INBOX"}) {
		t.Errorf("mailboxes %v", names)
	}
	tell(t, s, Lie{Kind: LoseSubscription, Mailbox: "Work"})
	for _, wrong := range []Lie{{Kind: Resurrect, UID: 77}, {Kind: RollBack}, {Kind: LoseMailbox}, {Kind: LoseMessage, UID: 99}, {Kind: "?"}} {
		wrong.Account = someone
		if err := s.Lie(wrong); err == nil {
			t.Errorf("%+v was told", wrong)
		}
	}
}

// folders lists the names and those that are subscribed.
func folders(t *testing.T, c *imapclient.Client) (names, subscribed []string) {
	t.Helper()
	all, err := c.List("", "*", &imap.ListOptions{ReturnSubscribed: true}).Collect()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		names = append(names, f.Mailbox)
		if slices.Contains(f.Attrs, imap.MailboxAttrSubscribed) {
			subscribed = append(subscribed, f.Mailbox)
		}
	}
	return names, subscribed
}

// TestFolders: names, subscriptions and moved mail outlive the store.
func TestFolders(t *testing.T) {
	dir := t.TempDir()
	s, _ := open(t, dir)
	deliver(t, s, "one", "two")
	c := login(t, s)
	for what, err := range map[string]error{
		"create":    c.Create("Work", nil).Wait(),
		"subscribe": c.Subscribe("inbox").Wait(),
	} {
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := c.Subscribe("Later").Wait(); err != nil {
		t.Error(err)
	}
	if err := c.Unsubscribe("Later").Wait(); err != nil {
		t.Error(err)
	}
	if _, err := c.Select("INBOX", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	moved, err := c.Move(imap.UIDSetNum(2), "Work").Wait()
	if err != nil || moved.DestUIDs.String() != "1" {
		t.Errorf("move: %+v, %v", moved, err)
	}
	if _, err := c.Move(imap.UIDSetNum(77), "Work").Wait(); err != nil {
		t.Errorf("move of nothing: %v", err)
	}
	if _, err := c.Copy(imap.UIDSetNum(77), "Work").Wait(); err != nil {
		t.Errorf("copy of nothing: %v", err)
	}
	if err := c.Rename("Work", "Archive", nil).Wait(); err != nil {
		t.Error(err)
	}
	for what, err := range map[string]error{
		"rename of the inbox":   c.Rename("INBOX", "Old", nil).Wait(),
		"rename of nothing":     c.Rename("Work", "Other", nil).Wait(),
		"rename onto the inbox": c.Rename("Archive", "inbox", nil).Wait(),
		"a name with a slash":   c.Rename("Archive", "a/b", nil).Wait(),
	} {
		if err == nil {
			t.Errorf("%s was taken", what)
		}
	}
	s, _ = open(t, dir)
	names, subscribed := folders(t, login(t, s))
	if !slices.Equal(names, []string{"Archive", "INBOX"}) || !slices.Equal(subscribed, []string{"INBOX"}) {
		t.Errorf("mailboxes %v, subscribed %v", names, subscribed)
	}
	if in, out := uids(t, s, "Archive"), uids(t, s, "INBOX"); len(in) != 1 || !slices.Equal(out, []uint32{1}) {
		t.Errorf("moved %v, left %v", in, out)
	}
}

// TestHalfAnAppend: a literal that ends before its size is no message.
func TestHalfAnAppend(t *testing.T) {
	s, b := open(t, t.TempDir())
	r := literal{strings.NewReader("half"), 100}
	if _, err := (&session{store: s, user: s.users[someone]}).Append("INBOX", r, nil); err == nil || len(b.messages) > 0 {
		t.Errorf("%d messages stored, %v", len(b.messages), err)
	}
}

type literal struct {
	*strings.Reader
	size int64
}

func (l literal) Size() int64 { return l.size }
