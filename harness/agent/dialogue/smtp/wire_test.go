package smtp

import (
	"io"
	"maps"
	"strings"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/harness/agent/dialogue/duplex/duplextest"
)

// played has a dialogue word by word, and gives what was counted.
func played(t *testing.T, script faults.SMTPScript, lmtp bool, lines ...string) *duplextest.Scene {
	t.Helper()
	mk := New
	if lmtp {
		mk = NewLMTP
	}
	s := duplextest.New(t, duplextest.Follows(t, mk, script), false)
	s.Play(append([]string{"S:220 server.drill.test\r\n"}, lines...)...)
	return s
}

// A line may end where a buffer does, between its CR and its LF.
func TestALongLineBeforeTheEnd(t *testing.T) {
	for _, more := range []int{-2, -1, 0, 1} {
		text := strings.Repeat("x", longestLine+more) + "\r\n"
		c, far := duplextest.Wire(t)
		go func() { _, _ = io.WriteString(c, text+".\r\n"); _ = c.CloseWrite() }()
		var got strings.Builder
		if err := newEnd(far).message(&got); err != nil || got.String() != text {
			t.Errorf("a line of %d bytes: %d bytes, %v", len(text), got.Len(), err)
		}
	}
}

// Chunks that were sent together with one that is refused are refused too (RFC
// 3030, section 2): a message without its beginning must not pass.
func TestChunksAfterOneThatIsRefused(t *testing.T) {
	open := []string{"C:" + from, "S:250 OK\r\n", "C:" + toOne, "S:250 OK\r\n"}
	t.Run("by a reply", func(t *testing.T) {
		s := played(t, faults.SMTPScript{Replies: []faults.SMTPReply{{Phase: faults.SMTPData, Code: 451, Text: "drill", Share: 1}}}, false, append(open,
			"c:BDAT 3\r\nabcBDAT 3 LAST\r\ndef", "s:451 drill\r\n451 drill\r\n", "C:RSET\r\n", "S:250 OK\r\n")...)
		if n := s.Meter.Counts(); !maps.Equal(n, map[string]uint64{"replies": 1}) {
			t.Errorf("counted %v", n)
		}
	})
	t.Run("by size", func(t *testing.T) {
		s := played(t, faults.SMTPScript{SizeLimit: 5}, false, append(open, "C:BDAT 3\r\nabc", "S:250 OK\r\n",
			"c:BDAT 3\r\ndefBDAT 3 LAST\r\nghi")...)
		forgotten := make([]byte, len("RSET\r\n"))
		if _, err := io.ReadFull(s.Server, forgotten); err != nil || string(forgotten) != "RSET\r\n" {
			t.Fatalf("the server heard %q, %v", forgotten, err)
		}
		no := "552 5.3.4 Message is larger than 5 bytes\r\n"
		s.Play("!:250 OK\r\n", "s:"+no+no, "C:QUIT\r\n", "S:221 bye\r\n")
	})
}

// What was said of one recipient is not lost with what is not said of another
// (RFC 2033, section 4.2).
func TestAStoreDiesBetweenItsReplies(t *testing.T) {
	s := played(t, faults.SMTPScript{}, true, "C:"+from, "S:250 OK\r\n", "C:"+toOne, "S:250 OK\r\n", "C:"+toTwo, "S:250 OK\r\n",
		"C:DATA\r\n", "S:354 go\r\n", "C:"+message, "S:250 2.0.0 stored\r\n")
	_ = s.Server.Close()
	s.EndsInOrder()
}

// A server may ask for a message that has no recipient (RFC 2920, section 3.1),
// or know more of the transaction than the proxy: what follows is no command.
func TestAMessageNobodyWasToldOf(t *testing.T) {
	text := "Subject: x\r\nQUIT\r\n.\r\n"
	for name, lines := range map[string][]string{
		"no recipient": {"C:" + from, "S:250 OK\r\n", "C:" + toOne, "S:550 no\r\n", "C:DATA\r\n", "S:354 go\r\n", "C:" + text, "S:554 no\r\n"},
		"a hello that is refused": {"C:" + hello, "S:250 server\r\n", "C:" + from, "S:250 OK\r\n", "C:" + toOne, "S:250 OK\r\n",
			"C:EHLO \r\n", "S:501 no\r\n", "C:DATA\r\n", "S:354 go\r\n", "C:" + text, "S:250 OK\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			played(t, faults.SMTPScript{}, false, append(lines, "C:NOOP\r\n", "S:250 OK\r\n")...)
		})
	}
}

// A chunk that is for nobody meets no cut.
func TestAChunkForNobody(t *testing.T) {
	s := played(t, faults.SMTPScript{Cut: faults.CutBeforeEOD}, false, "C:"+from, "S:250 OK\r\n", "C:"+toOne, "S:550 no\r\n",
		"C:BDAT 3 LAST\r\nabc", "S:503 no recipients\r\n")
	if n := s.Meter.Counts(); len(n) > 0 {
		t.Errorf("counted %v", n)
	}
}

// The share is one of messages, however many recipients they have.
func TestTheShareOfMessages(t *testing.T) {
	p := &play{speaker: &speaker{script: faults.SMTPScript{Replies: []faults.SMTPReply{{Phase: faults.SMTPEOD, Code: 451, Share: 0.5, Match: "u*"}}}}}
	p.mail.recipients = make([]recipient, 50)
	for i := range p.mail.recipients {
		p.mail.recipients[i].address = "u"
	}
	met := 0
	for range 200 {
		if p.verdict() != nil {
			met++
		}
	}
	if met < 50 || met > 150 {
		t.Errorf("%d messages of 200 are refused, of which it should be half", met)
	}
}

func TestWhatIsOffered(t *testing.T) {
	for _, c := range []struct {
		name   string
		script faults.SMTPScript
		server string
		client string
	}{
		{"a line without text", faults.SMTPScript{}, "250-server\r\n250-PIPELINING\r\n250\r\n", "250-server\r\n250-PIPELINING\r\n250 \r\n"},
		{"the server's limit is lower", faults.SMTPScript{SizeLimit: 500}, "250-server\r\n250 SIZE 400\r\n", "250-server\r\n250 SIZE 400\r\n"},
		{"the server's limit is higher", faults.SMTPScript{SizeLimit: 500}, "250-server\r\n250 SIZE 600\r\n", "250-server\r\n250 SIZE 500\r\n"},
		{"the server has none", faults.SMTPScript{SizeLimit: 500}, "250-server\r\n250 SIZE 0\r\n", "250-server\r\n250 SIZE 500\r\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			played(t, c.script, false, "C:"+hello, "!:"+c.server, "s:"+c.client)
		})
	}
}

// A greeting of many lines, as postscreen's, tells the name in the first.
func TestTheNameOfAServer(t *testing.T) {
	for _, greeting := range []string{"220 mx1.drill.test ESMTP\r\n", "220-mx1.drill.test ESMTP\r\n220 mx1.drill.test ESMTP Postfix\r\n", "220-mx1.drill.test\r\n220 ready\r\n"} {
		c, far := duplextest.Wire(t)
		_ = c.SetDeadline(time.Now().Add(10 * time.Second))
		p := &play{speaker: &speaker{}, ctx: t.Context(), server: newEnd(far), client: newEnd(far)}
		_, _ = io.WriteString(c, greeting)
		if err := p.greet(); err != nil || p.name != "mx1.drill.test" {
			t.Errorf("%q: the name is %q, %v", greeting, p.name, err)
		}
	}
}
