package store

import (
	"bytes"
	"context"
	"net"
	"net/textproto"
	"strings"
	"sync"
	"testing"
)

// popPort ends its connections too, as a real port does.
type popPort struct {
	net.Listener
	mu   sync.Mutex
	open []net.Conn
}

func (p *popPort) Accept() (net.Conn, error) {
	c, err := p.Listener.Accept()
	if err == nil {
		p.mu.Lock()
		p.open = append(p.open, c)
		p.mu.Unlock()
	}
	return c, err
}

// Cut implements Port.
func (p *popPort) Cut() {
	_ = p.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.open {
		_ = c.Close()
	}
}

// pop logs in by POP3.
func pop(t *testing.T, s *Store) *textproto.Conn {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var served sync.WaitGroup
	served.Go(func() { s.ServePOP3(ctx, &popPort{Listener: l}) })
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	c := textproto.NewConn(conn)
	t.Cleanup(func() { _ = c.Close(); cancel(); served.Wait() })
	if line, err := c.ReadLine(); err != nil || !strings.HasPrefix(line, "+OK") {
		t.Fatalf("greeting %q, %v", line, err)
	}
	say(t, c, "-ERR", "UIDL")
	say(t, c, "-ERR", "PASS p")
	say(t, c, "+OK", "USER u1", "PASS p")
	return c
}

// say sends lines and wants answers that begin so; it gives the last.
func say(t *testing.T, c *textproto.Conn, want string, lines ...string) string {
	t.Helper()
	last := ""
	for _, line := range lines {
		err := c.PrintfLine("%s", line)
		if err == nil {
			last, err = c.ReadLine()
		}
		if err != nil || !strings.HasPrefix(last, want) {
			t.Fatalf("%s: %q, %v; want %s", line, last, err, want)
		}
	}
	return last
}

func listing(t *testing.T, c *textproto.Conn, command string) string {
	t.Helper()
	say(t, c, "+OK", command)
	text, err := c.ReadDotBytes()
	if err != nil {
		t.Fatal(err)
	}
	return string(bytes.TrimSpace(text))
}

// TestPOP3: deletions commit at QUIT and at nothing else; unique-ids outlive the
// session; nothing is marked as seen.
func TestPOP3(t *testing.T) {
	dir := t.TempDir()
	s, b := open(t, dir)
	deliver(t, s, "one", "two", "three")
	if err := s.Deliver(someone, []byte("Subject: dots\r\n\r\n.first\r\nsecond\r\n")); err != nil {
		t.Fatal(err)
	}
	c := pop(t, s)
	if got := say(t, c, "+OK", "STAT"); got != "+OK 4 92" {
		t.Errorf("STAT: %s", got)
	}
	before := listing(t, c, "UIDL")
	if got := listing(t, c, "RETR 4"); got != "Subject: dots\n\n.first\nsecond" {
		t.Errorf("RETR: %q", got)
	}
	if got := listing(t, c, "TOP 4 1"); got != "Subject: dots\n\n.first" {
		t.Errorf("TOP: %q", got)
	}
	if got := listing(t, c, "LIST"); !strings.HasPrefix(got, "1 19\n2 19\n3 21\n4 33") {
		t.Errorf("LIST: %q", got)
	}
	say(t, c, "+OK", "LIST 1", "UIDL 1", "NOOP", "DELE 1")
	say(t, c, "-ERR", "RETR 1", "DELE 1", "DELE 9", "DELE x", "TOP 2", "TOP 2 -1", "WHAT")
	say(t, c, "+OK", "RSET", "DELE 2")
	_ = c.Close() // without QUIT
	if got := uids(t, s, "INBOX"); len(got) != 4 {
		t.Errorf("without QUIT %v are left", got)
	}
	c = pop(t, s)
	if got := listing(t, c, "UIDL"); got != before {
		t.Errorf("unique-ids %q, before %q", got, before)
	}
	say(t, c, "+OK", "DELE 2", "QUIT")
	if got := uids(t, s, "INBOX"); len(got) != 3 || got[1] != 3 {
		t.Errorf("after QUIT %v are left", got)
	}
	for _, m := range b.messages {
		if len(m.flags) > 0 {
			t.Errorf("message %d has the flags %v", m.uid, m.flags)
		}
	}
	tell(t, s, Lie{Kind: ChurnUIDL})
	if got := listing(t, pop(t, s), "UIDL"); strings.Split(got, "\n")[0] == strings.Split(before, "\n")[0] {
		t.Errorf("no churn: %q", got)
	}
}
