package esmtp

import (
	"bytes"
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"maildrill/harness/ledger"
)

// recorder is a connection that takes everything and hears nothing.
type recorder struct {
	net.Conn
	written bytes.Buffer
	writes  int
}

func (r *recorder) Write(b []byte) (int, error) {
	r.writes++
	return r.written.Write(b)
}
func (r *recorder) Read([]byte) (int, error)         { return 0, io.EOF }
func (r *recorder) SetReadDeadline(time.Time) error  { return nil }
func (r *recorder) SetWriteDeadline(time.Time) error { return nil }
func (r *recorder) Close() error                     { return nil }

func recorded(t *testing.T) (*Session, *recorder) {
	t.Helper()
	r := &recorder{}
	return New(context.Background(), r, time.Second), r
}

// The envelope carries the token wherever the server has room for it.
func TestEnvelope(t *testing.T) {
	m := Mail{From: "b.x@bounce.test", Recipients: []string{"u+1@drill.test"}, EnvelopeID: "x", Content: []byte("hello\r\n")}
	s, r := recorded(t)
	s.offers, s.pipes = map[string]string{"PIPELINING": ""}, true
	s.Envelope(m)
	if got := r.written.String(); got != "MAIL FROM:<b.x@bounce.test>\r\nRCPT TO:<u+1@drill.test>\r\nDATA\r\n" || r.writes != 1 {
		t.Errorf("plain: %q in %d writes", got, r.writes)
	}
	s, _ = recorded(t)
	s.offers = map[string]string{"DSN": "", "SIZE": "10000"}
	s.mail(m)
	s.rcpt(m.Recipients...)
	want := "MAIL FROM:<b.x@bounce.test> SIZE=7 RET=HDRS ENVID=x\r\nRCPT TO:<u+1@drill.test> ORCPT=rfc822;u+2B1@drill.test\r\n"
	if got := string(s.out); got != want {
		t.Errorf("extended: %q", got)
	}
}

// Lines that begin with a dot get another one, wherever blocks are cut.
func TestDotStuffing(t *testing.T) {
	long := strings.Repeat("x", block-2) + "\r\n"
	for _, text := range []string{"", "\r\n", "a\r\n", ".\r\n", "..a\r\nb\r\n.\r\n", "a.\r\n.b", long + ".a\r\n", long[1:] + ".a\r\n", long[2:] + ".a\r\n" + long + "..\r\n"} {
		for _, exact := range []bool{false, true} {
			s, r := recorded(t)
			s.exact, s.pipes = exact, true
			if end := s.Content([]byte(text)); end.Ended() {
				t.Fatal(end)
			}
			s.Terminate(time.Second, Next{Quit: true})
			want := strings.ReplaceAll("\r\n"+strings.TrimSuffix(text, "\r\n"), "\r\n.", "\r\n..")[2:] + "\r\n.\r\nQUIT\r\n"
			if got := r.written.String(); got != want {
				t.Errorf("%.20q: %d bytes, want %d", text, len(got), len(want))
			}
			if wrote := map[bool]int{true: 1, false: 2}[exact]; len(text) < block && r.writes != wrote {
				t.Errorf("%.20q: %d writes", text, r.writes)
			}
		}
	}
}

// full takes a number of bytes, and then fails.
type full struct {
	recorder
	room int
}

func (f *full) Write(b []byte) (int, error) {
	n := min(f.room, len(b))
	f.room -= n
	if n < len(b) {
		return n, io.ErrClosedPipe
	}
	return n, nil
}

// A write that fails tells how far it came: the terminator was begun or not.
// Where that cannot be told, content and terminator are two writes.
func TestFailedWrite(t *testing.T) {
	const text = "hello\r\nworld\r\n"
	content := len(text) - 2 // the last line end belongs to the terminator
	for room := 0; room < content+5; room++ {
		for _, exact := range []bool{false, true} {
			s := New(context.Background(), &full{room: room}, time.Second)
			s.exact = exact
			end := s.Content([]byte(text))
			if !end.Ended() {
				end = s.Terminate(time.Second, Next{})
			}
			begun := room > content
			if !exact {
				begun = room >= content // the write of the terminator alone
			}
			if end.Class() != Broken || (end.Phase == ledger.PhaseReply) != begun {
				t.Errorf("room for %d of %d bytes, exact %v: phase %d", room, content, exact, end.Phase)
			}
		}
	}
}

// What was said before it was asked for is no answer, in whatever phase.
func TestEarlyWords(t *testing.T) {
	for name, c := range map[string]struct {
		heard string
		phase ledger.Phase
	}{
		"two greetings":    {"220 a\r\n220 b\r\n", ledger.PhaseHello},
		"MAIL is answered": {"220 a\r\n250-b\r\n250 PIPELINING\r\n250 ok\r\n250 ok\r\n354 go\r\n", ledger.PhaseHello},
	} {
		near, far := net.Pipe()
		go func() {
			go io.Copy(io.Discard, far)
			_, _ = io.WriteString(far, c.heard)
		}()
		s := New(t.Context(), near, time.Second)
		if end := s.Open(t.Context(), Opening{TLS: TLSNone}); end.Phase != c.phase || end.Class() != Broken {
			t.Errorf("%s: %+v", name, end)
		}
		s.Close()
	}
}

// Buffers are used again, and never by two sessions.
func TestBuffersAreUsedAgain(t *testing.T) {
	s, _ := recorded(t)
	s.Close()
	s.Close()
	a, _ := recorded(t)
	b, _ := recorded(t)
	if a.in == b.in {
		t.Error("two sessions share a reader")
	}
}

func TestDetailIsBounded(t *testing.T) {
	for text, want := range map[string]string{
		"ok": "ok", strings.Repeat("x", 300): strings.Repeat("x", 200), strings.Repeat("é", 300): strings.Repeat("é", 100), "x" + strings.Repeat("é", 300): "x" + strings.Repeat("é", 99),
	} {
		if got := (Ending{Reply: Reply{Text: text}}).Detail(); got != want {
			t.Errorf("%q", got)
		}
	}
}
