package workload

import (
	"bufio"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"maildrill/harness/ledger"
)

// canned answers the nth command, or the whole message, by the nth text, and
// remembers every line that it was sent.
type canned struct {
	replies []string
	closes  bool // after the last one, instead of falling silent
	mu      sync.Mutex
	lines   []string
}

func (c *canned) play(conn net.Conn) {
	r := bufio.NewReader(conn)
	data := false
	for n := 0; n < len(c.replies); n++ {
		if _, err := io.WriteString(conn, c.replies[n]); err != nil {
			return
		}
		if c.closes && n == len(c.replies)-1 && !strings.HasPrefix(c.replies[n], "354") {
			return
		}
		data = data || strings.HasPrefix(c.replies[n], "354")
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				return
			}
			c.mu.Lock()
			c.lines = append(c.lines, strings.TrimSpace(line))
			c.mu.Unlock()
			if !data || line == ".\r\n" {
				break
			}
		}
		if data && c.lines[len(c.lines)-1] == "." {
			data = false
		}
	}
	if !c.closes {
		_, _ = io.Copy(io.Discard, r)
	}
}

func (c *canned) sent() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return "\n" + strings.Join(c.lines, "\n") + "\n"
}

const hello = "250-mx\r\n250 PIPELINING\r\n"

// Commands that left in one group are judged one by one, whatever a server makes
// of the group.
func TestRepliesToAGroup(t *testing.T) {
	const rt, rp, na, ok, gap = ledger.RejectedTemporary, ledger.RejectedPermanent, ledger.NotAttempted, ledger.Accepted, ledger.Indeterminate
	for name, c := range map[string]struct {
		replies []string // greeting, EHLO, MAIL, RCPT a, RCPT b, DATA, dot
		want    [2]ledger.Verdict
		message bool // a terminator was written
	}{
		"all is well": {[]string{"220 hi\r\n", hello, "250 ok\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n", "250 ok\r\n", "221 bye\r\n"}, [2]ledger.Verdict{ok, ok}, true},
		"one is refused": {[]string{"220 hi\r\n", hello, "250 ok\r\n", "450 later\r\n", "250 ok\r\n", "354 go\r\n", "250 ok\r\n", "221 bye\r\n"},
			[2]ledger.Verdict{rt, ok}, true},
		"one is refused, then the message": {[]string{"220 hi\r\n", hello, "250 ok\r\n", "550 who\r\n", "250 ok\r\n", "354 go\r\n", "451 later\r\n", "221 bye\r\n"},
			[2]ledger.Verdict{rp, rt}, true},
		"354 although all are refused": {[]string{"220 hi\r\n", hello, "250 ok\r\n", "450 later\r\n", "550 who\r\n", "354 go\r\n", "250 ok\r\n"},
			[2]ledger.Verdict{rt, rp}, false},
		"354 although MAIL is refused": {[]string{"220 hi\r\n", hello, "550 no\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n", "250 ok\r\n"},
			[2]ledger.Verdict{rp, rp}, false},
		"all are refused, and so is DATA": {[]string{"220 hi\r\n", hello, "250 ok\r\n", "450 later\r\n", "550 who\r\n", "503 no\r\n", "221 bye\r\n"},
			[2]ledger.Verdict{rt, rp}, false},
		"MAIL is refused, and so is the rest": {[]string{"220 hi\r\n", hello, "451 no\r\n", "503 no\r\n", "503 no\r\n", "503 no\r\n", "221 bye\r\n"},
			[2]ledger.Verdict{rt, rt}, false},
		"DATA is refused":   {[]string{"220 hi\r\n", hello, "250 ok\r\n", "250 ok\r\n", "550 who\r\n", "554 no\r\n", "221 bye\r\n"}, [2]ledger.Verdict{rp, rp}, false},
		"421 in the middle": {[]string{"220 hi\r\n", hello, "250 ok\r\n", "250 ok\r\n", "421 bye\r\n"}, [2]ledger.Verdict{na, rt}, false},
		"accepted before it was sent": {[]string{"220 hi\r\n", hello, "250 ok\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n250 queued\r\n", "250 ok\r\n"},
			[2]ledger.Verdict{na, na}, false},
		"all said at once": {[]string{"220 hi\r\n", hello + "250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n250 queued\r\n"}, [2]ledger.Verdict{na, na}, false},
		"two greetings":    {[]string{"220 hi\r\n220 hi\r\n", hello}, [2]ledger.Verdict{na, na}, false},
		"endless lines": {[]string{"220 hi\r\n", hello, "250 ok\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n", strings.Repeat("250-more\r\n", 5000)},
			[2]ledger.Verdict{gap, gap}, true},
		"an endless line": {[]string{"220 hi\r\n", hello, "250 ok\r\n", "250 " + strings.Repeat("x", 1<<20)}, [2]ledger.Verdict{na, na}, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cfg := relayed
				cfg.Recipients, cfg.Mailboxes, cfg.Seed = 2, []string{"a@t", "b@t"}, 3
				server, m := &canned{replies: c.replies}, &memory{}
				if _, err := drill(t, cfg, &world{peers: map[string]func(net.Conn){"relay": server.play}}, m); err != nil {
					t.Fatal(err)
				}
				address := map[ledger.Copy]string{}
				for _, e := range m.of(ledger.Intent) {
					address[e.Copy] = e.Detail
				}
				for _, e := range m.of(ledger.Outcome) {
					if want := c.want[strings.Index("ab", address[e.Copy][:1])]; e.Verdict != want {
						t.Errorf("%s: verdict %d in phase %d (%s), want %d", address[e.Copy], e.Verdict, e.Phase, e.Detail, want)
					}
				}
				if dotted := strings.Contains(server.sent(), "\n.\n"); dotted != c.message {
					t.Errorf("terminator %v:%s", dotted, server.sent())
				}
			})
		})
	}
}

// A server that gives a reply byte by byte has until the time-out for all of it.
func TestDrippingReply(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		drip := func(c net.Conn) {
			for {
				if _, err := io.WriteString(c, "2"); err != nil {
					return
				}
				<-time.After(time.Second)
			}
		}
		m := &memory{}
		if _, err := drill(t, relayed, &world{peers: map[string]func(net.Conn){"relay": drip}}, m); err != nil {
			t.Fatal(err)
		}
		if e := m.of(ledger.Outcome)[0]; e.Phase != ledger.PhaseGreeting || e.End-e.Start != 5*time.Second {
			t.Errorf("%+v", e)
		}
	})
}
