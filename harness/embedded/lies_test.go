package embedded_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"maildrill/harness/embedded"
	"maildrill/harness/identity"
	"maildrill/harness/topology"
	"maildrill/harness/topology/runtimetest"
)

// liars gives the same lies to the exchanger and the store.
func liars(lies map[uint32]topology.Lie, veil *topology.Veil) func(*topology.Topology) {
	return func(t *topology.Topology) {
		for i := range t.Nodes[:2] {
			t.Nodes[i].Defects = &topology.Defects{Lies: lies, Veil: veil}
		}
	}
}

// TestReplies: what the client hears and what happens are two things.
func TestReplies(t *testing.T) {
	s := start(t, liars(map[uint32]topology.Lie{
		1: {Reply: "451"}, 2: {Reply: "550"}, 3: {Reply: "cut"}, 4: {Reply: "451", Drop: true}, 5: {Drop: true}, 6: {Reply: "stall"},
	}, nil))
	for seq, want := range map[uint32]int{1: 451, 2: 550, 3: 0, 4: 451, 5: 0, 6: 0, 7: 0} {
		c := client(t, s, "mx1", topology.SMTP)
		c.SubmissionTimeout = 2 * time.Second
		err := offer(c, seq)
		if quiet := seq == 3 || seq == 6; code(err) != want || (err == nil) != (want == 0 && !quiet) {
			t.Errorf("message %d: %v, want code %d", seq, err, want)
		}
	}
	eventually(t, func() error { return drained(s, "mx1") })
	found := mailbox(t, s)
	for seq, want := range map[uint32]int{1: 1, 2: 1, 3: 1, 4: 0, 5: 0, 6: 1, 7: 1} {
		if len(found[seq]) != want {
			t.Errorf("message %d: %d copies, want %d", seq, len(found[seq]), want)
		}
	}
}

// TestTwins: second copies differ in their trace from the hop on that made them.
func TestTwins(t *testing.T) {
	s := start(t, liars(map[uint32]topology.Lie{1: {Twice: "forked"}, 2: {Twice: "retried"}, 3: {Twice: "stored"}}, nil))
	c := client(t, s, "mx1", topology.SMTP)
	for seq := uint32(1); seq <= 3; seq++ {
		check(t, offer(c, seq))
	}
	eventually(t, func() error { return drained(s, "mx1") })
	found := mailbox(t, s)
	for seq, same := range map[uint32][2]bool{1: {false, false}, 2: {false, true}, 3: {true, true}} {
		if len(found[seq]) != 2 {
			t.Fatalf("message %d: %d copies", seq, len(found[seq]))
		}
		a, b := found[seq][0].Hops, found[seq][1].Hops
		if len(a) != 2 || len(b) != 2 || (a[0] == b[0]) != same[0] || (a[1] == b[1]) != same[1] {
			t.Errorf("message %d: %v and %v", seq, a, b)
		}
	}
}

// TestDamages: each kind is told as what it is.
func TestDamages(t *testing.T) {
	lies := map[uint32]topology.Lie{}
	want := map[uint32]string{}
	for i, c := range []struct {
		lie  topology.Lie
		told string
	}{
		{topology.Lie{Damage: "truncate", At: 3}, "line 3 is changed"},
		{topology.Lie{Damage: "flip", At: 5}, "line 5 is changed"},
		{topology.Lie{Damage: "splice", At: 2}, "foreign line after line 2"},
		{topology.Lie{Damage: "header"}, "the header X-Drill-To is gone"},
		{topology.Lie{Damage: "dots"}, "foreign line after line 7"},
		{topology.Lie{Damage: "undots"}, "line 8 is changed"},
		{topology.Lie{Damage: "lf"}, ""},
		{topology.Lie{}, ""},
	} {
		lies[uint32(i+1)], want[uint32(i+1)] = c.lie, c.told
	}
	lies[20] = topology.Lie{Damage: "empty"}
	s := start(t, liars(lies, nil))
	c := client(t, s, "mx1", topology.SMTP)
	for seq := range lies {
		check(t, offer(c, seq))
	}
	eventually(t, func() error { return drained(s, "mx1") })
	found := mailbox(t, s)
	for seq, told := range want {
		if len(found[seq]) != 1 || !strings.HasPrefix(found[seq][0].Damage, told) || found[seq][0].Intact != (told == "") {
			t.Errorf("%+v: %+v, want %q", lies[seq], found[seq], told)
		}
	}
	if len(found[0]) != 1 || found[0][0].Class != "alien" {
		t.Errorf("the empty message: %+v", found[0])
	}
}

// TestPlaces: other mailboxes, other folders, no mailbox at all, and the queue.
func TestPlaces(t *testing.T) {
	dir := t.TempDir()
	top := runtimetest.Topology()
	liars(map[uint32]topology.Lie{
		1: {To: "u2@drill.test"}, 2: {Folder: "Junk"}, 3: {Buried: true}, 4: {Hold: time.Hour}, 5: {Twice: "folders"}, 6: {Hold: 300 * time.Millisecond},
	}, nil)(&top)
	s, err := embedded.New(embedded.Config{Dir: dir}).Start(t.Context(), top, topology.Options{RunID: "test"})
	check(t, err)
	t.Cleanup(func() { check(t, s.Close(context.Background())) })
	c := client(t, s, "mx1", topology.SMTP)
	for seq := uint32(1); seq <= 6; seq++ {
		check(t, offer(c, seq))
	}
	eventually(t, func() error {
		if found := mailbox(t, s); len(found) != 2 || len(found[5]) != 1 || len(found[6]) != 1 {
			return fmt.Errorf("inbox of u1: %v", found)
		}
		return nil
	})
	i, _ := s.Instance("mx1")
	eventually(t, func() error { // what was delivered leaves the queue a moment later
		held, err := i.(topology.Queuer).Queue(t.Context())
		if err == nil && len(held) != 1 {
			err = fmt.Errorf("queue: %v", held)
		}
		return err
	})
	for place, n := range map[string]int{"u1@drill.test/Junk": 1, "u1@drill.test/Archive": 1, "u2@drill.test/INBOX": 1, "u1@drill.test/INBOX": 3} {
		files, _ := filepath.Glob(filepath.Join(dir, "maildrill-test", "store1", "mail", place, "*.eml"))
		if len(files) != n {
			t.Errorf("%s: %v, want %d", place, files, n)
		}
	}
	buried, _ := filepath.Glob(filepath.Join(dir, "maildrill-test", "store1", "mail", "u1@drill.test", "INBOX", "lost-*.eml"))
	if len(buried) != 1 {
		t.Fatalf("buried: %v", buried)
	}
	if text, err := os.ReadFile(buried[0]); err != nil || !strings.Contains(string(text), "X-Drill-Token") {
		t.Errorf("buried: %q, %v", text, err)
	}
}

// TestReports: reports of every kind, one that nobody can read, and two that are
// no notification of the copy.
func TestReports(t *testing.T) {
	for kind, want := range map[string]struct {
		from, text string
		astray     bool
	}{
		"failed": {"<>", "Action: failed", false}, "delayed": {"<>", "Action: delayed", false}, "delivered": {"<>", "Action: delivered", false},
		"malformed":  {"<>", "It did not work.", false},
		"answerable": {"<MAILER-DAEMON@mx1.drill.test>", "Action: failed", false},
		"astray":     {"<>", "Action: failed", true},
	} {
		s := start(t, liars(map[uint32]topology.Lie{1: {Drop: true, Report: kind}}, nil))
		reports := sink(t, s)
		check(t, offer(client(t, s, "mx1", topology.SMTP), 1))
		text := <-reports
		sender := "<" + key.VERP(identity.Token{Run: key.Run, Seq: 1}, "bounce.test") + ">\n"
		if !strings.HasPrefix(text, want.from) || !strings.Contains(text, want.text) || strings.Contains(text, sender) == want.astray {
			t.Errorf("%s: %s", kind, text)
		}
	}
}

// TestVeil: what a store shows instead of what it holds.
func TestVeil(t *testing.T) {
	veil := &topology.Veil{}
	s := start(t, liars(nil, veil))
	c := client(t, s, "mx1", topology.SMTP)
	for seq := uint32(1); seq <= 6; seq++ {
		check(t, offer(c, seq))
	}
	eventually(t, func() error { return drained(s, "mx1") })
	middle := time.Now()
	check(t, offer(c, 7))
	eventually(t, func() error { return drained(s, "mx1") })
	for name, x := range map[string]struct {
		shown                         topology.Shown
		status, exists, search, fetch int
	}{
		"all":            {topology.Shown{}, 7, 7, 7, 7},
		"partial fetch":  {topology.Shown{Skip: 3}, 7, 7, 7, 5},
		"partial search": {topology.Shown{Unfound: 2}, 7, 7, 4, 7},
		"wrong exists":   {topology.Shown{More: 2}, 9, 9, 7, 7},
		"cut off":        {topology.Shown{CutAfter: 2}, 7, 7, 7, -1},
		"empty":          {topology.Shown{Empty: true}, 0, 0, 0, 0},
		"closed":         {topology.Shown{Closed: true}, 7, -1, -1, -1},
		"stopped":        {topology.Shown{Until: middle}, 6, 6, 6, 6},
	} {
		veil.Set(x.shown)
		if got, want := look(t, s), [4]int{x.status, x.exists, x.search, x.fetch}; got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

// look counts by STATUS, EXAMINE, SEARCH and FETCH; -1: an error.
func look(t *testing.T, s topology.System) [4]int {
	t.Helper()
	conn, err := s.Dial(t.Context(), "store1", topology.IMAP)
	check(t, err)
	c := imapclient.New(conn, nil)
	defer c.Close()
	check(t, c.Login("u1@drill.test", "drill").Wait())
	status, err := c.Status("INBOX", &imap.StatusOptions{NumMessages: true}).Wait()
	check(t, err)
	seen := [4]int{int(*status.NumMessages), -1, -1, -1}
	selected, err := c.Select("INBOX", &imap.SelectOptions{ReadOnly: true}).Wait()
	if err != nil {
		return seen
	}
	seen[1] = int(selected.NumMessages)
	hits, err := c.UIDSearch(&imap.SearchCriteria{}, nil).Wait()
	check(t, err)
	seen[2] = len(hits.AllUIDs())
	all, err := c.Fetch(imap.UIDSet{{Start: 1, Stop: 0}}, &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{{Peek: true}}}).Collect()
	if err == nil {
		seen[3] = len(all)
	}
	return seen
}
