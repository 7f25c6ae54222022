package probe

import (
	"bufio"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"maildrill/harness/identity"
	"maildrill/harness/ledger"
	"maildrill/harness/topology"
)

// How a server can fail at a message.
const (
	drops   = "drops"   // the connection ends before the message
	tears   = "tears"   // and in the middle of it
	refuses = "refuses" // NO, and the connection lives
	omits   = "omits"   // everything but the body
)

// breaking is an IMAP server, as far as the scanner asks one, with one folder
// of so many messages, some of which it fails at.
type breaking struct {
	how    string
	last   int
	bad    func(uid int) bool
	letter func(uid int) []byte
	cut    int   // messages after which any FETCH ends the connection; 0: none
	most   int64 // connections that are served; 0: all
	served atomic.Int64
}

func (b *breaking) start(t *testing.T) *system {
	t.Helper()
	l := listen(t)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			if n := b.served.Add(1); b.most == 0 || n <= b.most {
				go b.serve(conn)
			} else {
				conn.Close()
			}
		}
	}()
	return &system{ports: map[string]string{key("store", topology.IMAP): l.Addr().String()}}
}

func (b *breaking) serve(conn net.Conn) {
	defer conn.Close()
	fmt.Fprint(conn, "* OK [CAPABILITY IMAP4rev1] ready\r\n")
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		tag, command, _ := strings.Cut(lines.Text(), " ")
		if !b.answer(conn, tag, strings.Fields(command)) {
			return
		}
	}
}

// answer answers one command; false: the connection ends.
func (b *breaking) answer(conn net.Conn, tag string, words []string) bool {
	verdict := "OK done"
	switch words[0] {
	case "CAPABILITY":
		fmt.Fprint(conn, "* CAPABILITY IMAP4rev1\r\n")
	case "LIST":
		fmt.Fprint(conn, "* LIST () \"/\" INBOX\r\n")
	case "STATUS":
		fmt.Fprintf(conn, "* STATUS INBOX (MESSAGES %d)\r\n", b.last)
	case "EXAMINE":
		fmt.Fprintf(conn, "* FLAGS ()\r\n* %d EXISTS\r\n* OK [UIDVALIDITY 7] valid\r\n* OK [UIDNEXT %d] next\r\n", b.last, b.last+1)
	case "UID":
		if words[1] == "FETCH" {
			return b.fetch(conn, tag, words[2])
		}
		fmt.Fprint(conn, "* SEARCH")
		for uid := 1; uid <= b.last; uid++ {
			fmt.Fprint(conn, " ", uid)
		}
		fmt.Fprint(conn, "\r\n")
	}
	fmt.Fprintf(conn, "%s %s\r\n", tag, verdict)
	return true
}

func (b *breaking) fetch(conn net.Conn, tag, set string) bool {
	low, high := b.bounds(set)
	for uid := low; uid <= high; uid++ {
		if b.cut > 0 && uid == low+b.cut {
			return false
		}
		text := b.letter(uid)
		if !b.bad(uid) {
			fmt.Fprintf(conn, "* %d FETCH (UID %d INTERNALDATE \"01-Jan-2026 00:00:00 +0000\" BODY[] {%d}\r\n%s)\r\n", uid, uid, len(text), text)
			continue
		}
		switch b.how {
		case refuses:
			fmt.Fprintf(conn, "%s NO [SERVERBUG] Internal error occurred\r\n", tag)
			return true
		case omits:
			fmt.Fprintf(conn, "* %d FETCH (UID %d BODY[] NIL)\r\n", uid, uid)
			continue
		case tears:
			fmt.Fprintf(conn, "* %d FETCH (UID %d BODY[] {%d}\r\n%s", uid, uid, len(text), text[:len(text)/2])
		}
		return false
	}
	fmt.Fprintf(conn, "%s OK done\r\n", tag)
	return true
}

// bounds reads "3", "3:5" and "3:*".
func (b *breaking) bounds(set string) (low, high int) {
	from, to, many := strings.Cut(set, ":")
	low, _ = strconv.Atoi(from)
	if high, _ = strconv.Atoi(to); to == "*" {
		high = b.last
	}
	if !many {
		high = low
	}
	return low, high
}

func at(bad ...int) func(int) bool {
	return func(uid int) bool { return slices.Contains(bad, uid) }
}

// toOne is the letter with a UID's number, for one user.
func toOne(k identity.Key) func(uid int) []byte {
	return func(uid int) []byte { return letter(k, uint32(uid), "u1@drill.test") }
}

// A message that the server cannot show, alone and twice, is an entry of its own,
// and everything around it is read. A server that shows nothing, or is gone, or
// fails once only, makes no message unreadable.
func TestScanGoesOnPastAMessageThatBreaksTheConnection(t *testing.T) {
	_, k, accounts := mailboxes(t)
	for _, c := range []struct {
		name string
		how  string
		bad  func(int) bool
		most int64 // connections; 0: all
		want string
	}{
		{"none", drops, at(), 0, "1 2 3 4 5 6"},
		{"in the middle, before it", drops, at(3), 0, "1 2 !3 4 5 6"},
		{"in the middle of it", tears, at(3), 0, "1 2 !3 4 5 6"},
		{"refused", refuses, at(3), 0, "1 2 !3 4 5 6"},
		{"without a body", omits, at(3), 0, "1 2 !3 4 5 6"},
		{"the first", tears, at(1), 0, "!1 2 3 4 5 6"},
		{"the last", drops, at(6), 0, "1 2 3 4 5 !6"},
		{"several", drops, at(1, 2, 4, 6), 0, "!1 !2 3 !4 5 !6"},
		{"several without a body", omits, at(1, 2, 4, 6), 0, "!1 !2 3 !4 5 !6"},
		{"all but the last", refuses, at(1, 2, 3, 4, 5), 0, "!1 !2 !3 !4 !5 6"},
		{"all", drops, at(1, 2, 3, 4, 5, 6), 0, "unread: none of its messages"},
		{"all refused", refuses, at(1, 2, 3, 4, 5, 6), 0, "unread: none of its messages"},
		{"gone after the first connection", drops, at(3), 1, "unread: "},
		{"gone after some", drops, at(3), 3, "unread: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := &breaking{how: c.how, last: 6, bad: c.bad, letter: toOne(k), most: c.most}
			system := server.start(t)
			var p paper
			scan, err := Scan(t.Context(), system, []string{"store"}, accounts[:1], k, 1, &p)
			if err != nil {
				t.Fatal(err)
			}
			if got := shown(scan, p.all()); !strings.HasPrefix(got, c.want) {
				t.Errorf("%s\nwant %s", got, c.want)
			}
			again, err := Scan(t.Context(), system, []string{"store"}, accounts[:1], k, 1, &p)
			if err != nil || again.Digest != scan.Digest {
				t.Errorf("the same mail gave another digest: %+v, %v", again, err)
			}
			t.Logf("%d connections", server.served.Load())
		})
	}
}

// shown prints the messages that a scan recorded, "!" before the unreadable.
func shown(scan ledger.ScanResult, entries []ledger.Entry) string {
	if len(scan.Unread) > 0 {
		_, why, _ := strings.Cut(scan.Unread[0], "folder INBOX: ")
		return fmt.Sprintf("unread: %s; %d recorded", why, len(entries))
	}
	var all []string
	for _, e := range entries {
		mark := ""
		if e.Foreign == "unreadable" && e.Integrity == ledger.Damaged && e.Copy == (ledger.Copy{}) && e.Detail != "" {
			mark = "!"
		}
		all = append(all, fmt.Sprintf("%s%d", mark, e.UID))
	}
	return strings.Join(all, " ")
}

// A server that fails once at a message, and then shows it, has shown it.
func TestAMessageThatIsReadInTheEndIsReadable(t *testing.T) {
	_, k, accounts := mailboxes(t)
	for fails := int64(1); fails <= 2; fails++ { // in the stream; and once alone
		var left atomic.Int64
		left.Store(fails)
		server := &breaking{how: tears, last: 4, letter: toOne(k), bad: func(uid int) bool { return uid == 3 && left.Add(-1) >= 0 }}
		var p paper
		scan, err := Scan(t.Context(), server.start(t), []string{"store"}, accounts[:1], k, 1, &p)
		if err != nil {
			t.Fatal(err)
		}
		if got := shown(scan, p.all()); got != "1 2 3 4" {
			t.Errorf("after %d failures: %s", fails, got)
		}
	}
}

// A long damaged beginning is told from a server that shows nothing.
func TestScanReadsPastALongDamagedBeginning(t *testing.T) {
	_, k, accounts := mailboxes(t)
	for _, how := range []string{drops, tears, refuses, omits} {
		server := &breaking{how: how, last: 43, letter: toOne(k), bad: func(uid int) bool { return uid <= 40 }}
		var p paper
		scan, err := Scan(t.Context(), server.start(t), []string{"store"}, accounts[:1], k, 1, &p)
		if err != nil || scan.Messages != 43 || !strings.HasSuffix(shown(scan, p.all()), " !40 41 42 43") {
			t.Errorf("%s: %s, %v", how, shown(scan, p.all()), err)
		}
		t.Logf("%s: %d connections", how, server.served.Load())
	}
}

// A server that ends the connection after every second message shows all of them.
func TestScanReadsOnWhereEveryFetchIsCut(t *testing.T) {
	p := prober(nil)
	p.Timeout = 10 * time.Second
	token := func(uid int) identity.Token {
		return identity.Token{Run: p.Key.Run, Stream: ledger.StreamProbe, Seq: uint32(uid)}
	}
	for last := 1; last <= 12; last++ {
		server := &breaking{last: last, cut: 2, bad: at(), letter: func(uid int) []byte { return p.mail(token(uid)).Content }}
		p.Dialer = server.start(t)
		var found paper
		scan, err := Scan(t.Context(), p.Dialer, []string{"store"}, []topology.Account{p.Account}, p.Key, 1, &found)
		if err != nil || scan.Messages != last || strings.Contains(shown(scan, found.all()), "!") {
			t.Errorf("%s, %v", shown(scan, found.all()), err)
		}
		if s, err := p.find(t.Context(), "store", token(last)); err != nil || s.UID != uint32(last) {
			t.Errorf("the last of %d: %+v, %v", last, s, err)
		}
	}
}

// A probe finds its message behind others that break the connection.
func TestProbesReadPastAMessageThatBreaksTheConnection(t *testing.T) {
	p := prober(nil)
	p.Timeout = 10 * time.Second
	server := &breaking{how: drops, last: 6, bad: at(1, 3, 5), letter: func(uid int) []byte {
		return p.mail(identity.Token{Run: p.Key.Run, Stream: ledger.StreamProbe, Seq: uint32(uid)}).Content
	}}
	p.Dialer = server.start(t)
	s, err := p.find(t.Context(), "store", identity.Token{Run: p.Key.Run, Stream: ledger.StreamProbe, Seq: 6})
	if err != nil || s.UID != 6 || s.UIDValidity != 7 {
		t.Errorf("%+v, %v", s, err)
	}
	d := Delivery{Prober: p, Store: "store"}
	seen, at := newSightings(), cursor{validity: 7, next: 3}
	arrived := seen.expect(identity.Token{Run: p.Key.Run, Stream: ledger.StreamProbe, Seq: 6})
	if err := d.poll(t.Context(), &at, seen); err != nil || at.next != 7 {
		t.Errorf("next %d, %v", at.next, err)
	}
	select {
	case <-arrived:
	default:
		t.Error("the canary was not seen")
	}
}

// A server that breaks at every message is given up in a bounded number of
// connections.
func TestAServerThatBreaksEverywhereIsGivenUp(t *testing.T) {
	_, k, accounts := mailboxes(t)
	server := &breaking{how: drops, last: 200, letter: toOne(k), bad: func(int) bool { return true }}
	var p paper
	scan, err := Scan(t.Context(), server.start(t), []string{"store"}, accounts[:1], k, 1, &p)
	if err != nil || len(scan.Unread) != 1 || len(p.all()) > 0 {
		t.Errorf("%+v, %d recorded, %v", scan, len(p.all()), err)
	}
	if n := server.served.Load(); n > scanTries*(blindMost+2) {
		t.Errorf("%d connections", n)
	}
}

// A server that shows a folder to its middle and nothing any more has no
// unreadable messages: those that it did show are asked for again.
func TestAServerThatStopsShowingMailIsGivenUp(t *testing.T) {
	_, k, accounts := mailboxes(t)
	var asked atomic.Int64
	server := &breaking{how: drops, last: 6, letter: toOne(k), bad: func(int) bool { return asked.Add(1) > 3 }}
	var p paper
	scan, err := Scan(t.Context(), server.start(t), []string{"store"}, accounts[:1], k, 1, &p)
	if err != nil || len(scan.Unread) != 1 || len(p.all()) > 0 {
		t.Errorf("%+v, %d recorded, %v", scan, len(p.all()), err)
	}
}
