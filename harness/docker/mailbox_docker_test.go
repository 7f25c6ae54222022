package docker_test

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/harness/docker"
	"maildrill/harness/topology"
	"maildrill/harness/topology/runtimetest"
)

// withReaders is a store that is read from outside, with a link for each way.
func withReaders() topology.Topology {
	t := runtimetest.Topology()
	for i, n := range t.Nodes {
		if n.Name == "store1" {
			t.Nodes[i].Services[topology.POP3] = topology.DefaultPort[topology.POP3]
		}
	}
	t.Links = []topology.Link{
		{Name: "outside-imap", From: "outside", To: "store1", Service: topology.IMAP},
		{Name: "outside-pop3", From: "outside", To: "store1", Service: topology.POP3},
	}
	return t
}

// TestMailboxFaultsOnRealServers runs the conformance suite of every kind of
// IMAP and POP3 before a real Dovecot, and real sessions through the proxy.
func TestMailboxFaultsOnRealServers(t *testing.T) {
	t.Parallel()
	cli := needEngine(t)
	top := withReaders()
	s := up(t, cli, top, topology.Options{Faulted: []string{"mx1", "store1"}})
	const imap, pop3 = "outside-imap", "outside-pop3"
	tryOn(t, s, top, []trial{
		{kind: "imap.no", on: imap, bystander: "mx1"},
		{kind: "imap.no", on: "store1", with: map[string]any{"Command": "LOGIN", "Code": "AUTHENTICATIONFAILED"}, bystander: "mx1"},
		{kind: "imap.no", on: imap, with: map[string]any{"Command": "APPEND", "Code": "OVERQUOTA"}, bystander: "mx1"},
		{kind: "imap.bye", on: imap, bystander: "mx1"},
		{kind: "imap.bye", on: imap, with: map[string]any{"At": "login"}, bystander: "mx1"},
		{kind: "imap.bye", on: imap, with: map[string]any{"At": "session"}, bystander: "mx1"},
		{kind: "imap.slow", on: imap, bystander: "mx1"},
		{kind: "imap.slow", on: imap, with: map[string]any{"Command": "FETCH"}, bystander: "mx1"},
		{kind: "imap.auth", on: imap, bystander: "mx1"},
		{kind: "imap.auth", on: imap, with: map[string]any{"Mode": "slow"}, bystander: "mx1"},
		{kind: "imap.starttls", on: imap, bystander: "mx1"},
		{kind: "pop3.err", on: pop3, bystander: "mx1"},
		{kind: "pop3.slow", on: pop3, bystander: "mx1"},
		{kind: "pop3.cut", on: pop3, bystander: "mx1"},
	})
	for _, c := range sessions {
		t.Run("sessions under "+c.kind, func(t *testing.T) { c.pass(t, s, top) })
	}
}

// hostile is a message that looks like a dialogue.
const hostile = "Subject: {3+}\r\n\r\nb2 OK [CAPABILITY STARTTLS] {9}\r\n* BYE\r\n+OK\r\n.\r\n\x00\xff 8-bit {5}\r\n"

// Sessions that say all at once, after the greeting.
var (
	imapSession = "b1 LOGIN {13+}\r\nu1@drill.test {5+}\r\ndrill\r\nb2 CREATE drill\r\nb3 APPEND drill {" + fmt.Sprint(len(hostile)) + "+}\r\n" + hostile +
		"\r\nb4 SELECT drill\r\nb5 UID FETCH 1:* (FLAGS BODY.PEEK[])\r\nb6 IDLE\r\nDONE\r\nb7 NOOP\r\nb8 CLOSE\r\nb9 DELETE drill\r\nb10 LOGOUT\r\n"
	popSession = "CAPA\r\nUSER u1@drill.test\r\nPASS drill\r\nSTAT\r\nLIST\r\nUIDL\r\nRETR 1\r\nTOP 1 0\r\nQUIT\r\n"
)

// session is one that passes a proxy whose fault is about another command, and
// one that meets it.
type session struct {
	kind, on string
	other    map[string]any // the fault about something that the session does not do
	met      map[string]any
	service  topology.Service
	say      string
	want     string // of what the session hears when it meets the fault
	counter  string
}

var sessions = []session{
	{"imap.no", "outside-imap", map[string]any{"Command": "RENAME"}, map[string]any{"Command": "FETCH"}, topology.IMAP,
		imapSession, "\r\nb5 NO [UNAVAILABLE] Refused for a drill\r\n", "replies"},
	{"imap.bye", "outside-imap", map[string]any{"At": "session", "After": 100}, map[string]any{"At": "greeting"}, topology.IMAP,
		imapSession, "* BYE [UNAVAILABLE] Shut down for a drill\r\n", "byes"},
	{"pop3.err", "outside-pop3", map[string]any{"Command": "DELE"}, map[string]any{"Command": "UIDL"}, topology.POP3,
		popSession, "\r\n-ERR [SYS/TEMP] Refused for a drill\r\n", "replies"},
	{"pop3.slow", "outside-pop3", map[string]any{"Command": "DELE"}, map[string]any{"Command": "RETR", "Delay": 300 * time.Millisecond}, topology.POP3,
		popSession, "\r\n.\r\n", "delays"},
}

func (c session) pass(t *testing.T, s *docker.System, top topology.Topology) {
	send(t, s, "mx1", "read-"+strings.ReplaceAll(c.kind, ".", "-"))
	quiet(t, s, "mx1")
	direct := c.hear(t, s)
	kind, err := faults.Lookup(c.kind)
	must(t, err)
	for _, with := range []map[string]any{c.other, c.met} {
		fault, err := kind.New(set(with))
		must(t, err)
		target := targetOf(t, s, top, kind, trial{kind: c.kind, on: c.on})
		must(t, fault.Inject(t.Context(), target))
		heard := c.hear(t, s)
		e, err := fault.Verify(t.Context(), target)
		must(t, err)
		must(t, fault.Revert(t.Context(), target))
		t.Logf("%v: counted %v", with, e.Counters)
		switch met := e.Counters[c.counter]; {
		case fmt.Sprint(with) == fmt.Sprint(c.other) && (heard != direct || met != 0):
			t.Errorf("through the proxy (%d met it):\n%s\ndirectly:\n%s", met, heard, direct)
		case fmt.Sprint(with) == fmt.Sprint(c.met) && (!strings.Contains(heard, c.want) || met != 1):
			t.Errorf("%d met the fault and heard:\n%s", met, heard)
		}
	}
	if again := c.hear(t, s); again != direct {
		t.Errorf("after the fault:\n%s\nbefore:\n%s", again, direct)
	}
}

// varying is what differs from session to session.
var varying = regexp.MustCompile(`\d{10}| \([0-9.]+ \+ [0-9.]+ \+ [0-9.]+ secs\)| \([0-9.]+ \+ [0-9.]+ secs\)`)

// hear has the session and gives what is heard.
func (c session) hear(t *testing.T, s *docker.System) string {
	t.Helper()
	conn, err := s.Dial(t.Context(), "store1", c.service)
	must(t, err)
	defer conn.Close()
	must(t, conn.SetDeadline(time.Now().Add(30*time.Second)))
	from := bufio.NewReader(conn)
	greeting, err := from.ReadString('\n')
	must(t, err)
	_, err = io.WriteString(conn, c.say)
	must(t, err)
	heard, err := io.ReadAll(from)
	if err != nil {
		t.Errorf("heard %q: %v", heard, err)
	}
	return varying.ReplaceAllString(greeting+string(heard), "")
}
