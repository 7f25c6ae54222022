package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"maildrill/harness/topology"
)

func open(t *testing.T, dir string) (*Store, *box) {
	t.Helper()
	s, err := Open(dir, []topology.Account{{Address: "U1@drill.test", User: "u1", Password: "p"}}, log.New(io.Discard, "", 0))
	if err != nil {
		t.Fatal(err)
	}
	b, err := s.users["u1@drill.test"].box("inbox")
	if err != nil {
		t.Fatal(err)
	}
	return s, b
}

// TestUIDsOutliveEverything: neither a death nor an expunge gives a UID again.
func TestUIDsOutliveEverything(t *testing.T) {
	dir := t.TempDir()
	s, b := open(t, dir)
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			if err := s.Deliver("u1@DRILL.test", fmt.Appendf(nil, "Subject: %d\r\n\r\nx\r\n", i)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	v, data := b.open(false)
	for _, m := range v.pick(imap.UIDSetNum(20)) {
		v.change(m, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagDeleted}}, nil)
	}
	if err := b.expunge(nil); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(b.dir, "99.tmp"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, b = open(t, dir)
	if err := s.Deliver("u1@drill.test", []byte("Subject: last\r\n\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	v, again := b.open(false)
	if again.UIDValidity != data.UIDValidity || again.NumMessages != 20 || again.UIDNext != 22 {
		t.Errorf("after a new life: %+v, before: %+v", again, data)
	}
	all := v.list()
	for i := 1; i < len(all); i++ {
		if all[i].uid <= all[i-1].uid {
			t.Errorf("UID %d after %d", all[i].uid, all[i-1].uid)
		}
	}
	if _, err := os.Stat(filepath.Join(b.dir, "99.tmp")); err == nil {
		t.Error("a half-written file is still there")
	}
}

func TestSearch(t *testing.T) {
	_, b := open(t, t.TempDir())
	for i := range 3 {
		if _, err := b.add(fmt.Appendf(nil, "Subject: message %d\r\nX-A: b\r\n\r\nbody %d\r\n", i, i), nil); err != nil {
			t.Fatal(err)
		}
	}
	v, _ := b.open(false)
	v.change(v.list()[1], &imap.StoreFlags{Op: imap.StoreFlagsSet, Flags: []imap.Flag{imap.FlagSeen}}, nil)
	header := func(key, value string) imap.SearchCriteria {
		return imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: key, Value: value}}}
	}
	one := header("Subject", "MESSAGE 1")
	for name, c := range map[string]struct {
		criteria imap.SearchCriteria
		want     string
	}{
		"all":      {imap.SearchCriteria{}, "1:3"},
		"header":   {one, "2"},
		"exists":   {header("x-a", ""), "1:3"},
		"not":      {imap.SearchCriteria{Not: []imap.SearchCriteria{one}}, "1,3"},
		"or":       {imap.SearchCriteria{Or: [][2]imap.SearchCriteria{{one, header("Subject", "message 2")}}}, "2:3"},
		"last":     {imap.SearchCriteria{UID: []imap.UIDSet{{{Start: 0, Stop: 0}}}}, "3"},
		"from two": {imap.SearchCriteria{UID: []imap.UIDSet{{{Start: 2, Stop: 0}}}}, "2:3"},
		"seen":     {imap.SearchCriteria{Flag: []imap.Flag{imap.FlagSeen}}, "2"},
		"unseen":   {imap.SearchCriteria{NotFlag: []imap.Flag{imap.FlagSeen}}, "1,3"},
		"body":     {imap.SearchCriteria{Body: []string{"body 2"}}, "3"},
		"nothing":  {header("Subject", "message 7"), ""},
	} {
		data, err := v.search(1, &c.criteria)
		if err != nil || data.All.String() != c.want {
			t.Errorf("%s: %v, %v; want %q", name, data.All, err, c.want)
		}
	}
}

// login opens an IMAP session of u1 over a connection of its own.
func login(t *testing.T, s *Store) *imapclient.Client {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var served sync.WaitGroup
	served.Go(func() { s.ServeIMAP(ctx, port{l}) })
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	c := imapclient.New(conn, nil)
	t.Cleanup(func() { _ = c.Close(); cancel(); served.Wait() })
	if err := c.Login("u1", "p").Wait(); err != nil {
		t.Fatal(err)
	}
	return c
}

// port ends nothing but itself: the client of the test has gone by then.
type port struct{ net.Listener }

// Cut implements Port.
func (p port) Cut() { _ = p.Close() }

// TestExamine: reading leaves no trace, and writing is refused.
func TestExamine(t *testing.T) {
	s, b := open(t, t.TempDir())
	if err := s.Deliver("u1@drill.test", []byte("Subject: x\r\n\r\nbody\r\n")); err != nil {
		t.Fatal(err)
	}
	c := login(t, s)
	if _, err := c.Select("INBOX", &imap.SelectOptions{ReadOnly: true}).Wait(); err != nil {
		t.Fatal(err)
	}
	all, err := c.Fetch(imap.SeqSetNum(1), &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{{}}}).Collect()
	if err != nil || len(all) != 1 {
		t.Fatalf("fetch: %v, %v", all, err)
	}
	deleted := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}
	if err := c.Store(imap.SeqSetNum(1), deleted, nil).Close(); err == nil {
		t.Error("STORE was taken")
	}
	if err := c.UnselectAndExpunge().Wait(); err != nil {
		t.Errorf("CLOSE: %v", err)
	}
	if flags := b.messages[0].flags; len(flags) != 0 {
		t.Errorf("flags after reading: %v", flags)
	}
}

// TestWriting: what a client changes, the next life shows.
func TestWriting(t *testing.T) {
	dir := t.TempDir()
	s, _ := open(t, dir)
	c := login(t, s)
	for _, text := range []string{"Subject: one\r\n\r\n1\r\n", "Subject: two\r\n\r\n2\r\n"} {
		out := c.Append("INBOX", int64(len(text)), &imap.AppendOptions{Flags: []imap.Flag{imap.FlagFlagged}})
		_, err := io.WriteString(out, text)
		err = errors.Join(err, out.Close())
		if data, last := out.Wait(); err != nil || last != nil || data.UID == 0 {
			t.Fatalf("append: %+v, %v, %v", data, err, last)
		}
	}
	if _, err := c.Select("INBOX", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	deleted := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}
	if err := c.Store(imap.UIDSetNum(1), deleted, nil).Close(); err != nil {
		t.Fatal(err)
	}
	if gone, err := c.Expunge().Collect(); err != nil || len(gone) != 1 || gone[0] != 1 {
		t.Errorf("expunged %v, %v", gone, err)
	}
	_, b := open(t, dir)
	if len(b.messages) != 1 || b.messages[0].uid != 2 || !b.messages[0].has(imap.FlagFlagged) {
		t.Errorf("the next life has %+v", b.messages)
	}
}
