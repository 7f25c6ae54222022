package workload

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"maildrill/harness/ledger"
)

// wire is a server that is lost at one moment of a transaction with three
// recipients, of whom it refuses the first.
type wire struct {
	plodding bool           // offers no PIPELINING
	tls      *tls.Config    // offers STARTTLS
	at       string         // which reply
	when     string         // before, half of it, or after
	lose     func(net.Conn) // how
	dotted   atomic.Bool    // the whole terminator was read
}

// stages are the replies of one session, in their order.
var stages = []string{"greeting", "EHLO", "MAIL", "RCPT a", "RCPT b", "RCPT c", "DATA", ".", "QUIT"}

var replies = map[string]string{"greeting": "220 mx ready", "MAIL": "250 2.1.0 ok", "RCPT a": "550 5.1.1 who?", "RCPT b": "250 2.1.5 ok",
	"RCPT c": "250 2.1.5 ok", "DATA": "354 go on", ".": "250 2.0.0 queued as Q1", "QUIT": "221 2.0.0 bye", "STARTTLS": "220 2.0.0 go on"}

func (w *wire) play(c net.Conn) {
	r := bufio.NewReader(c)
	secured := false
	more := w.say(c, "greeting", replies["greeting"])
	for more {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		verb := strings.ToUpper(strings.TrimSpace(line))
		verb, _, _ = strings.Cut(verb, " ")
		switch verb {
		case "EHLO":
			more = w.say(c, w.stage("EHLO", secured), w.ehlo(secured))
		case "RCPT":
			verb = "RCPT " + line[len("RCPT TO:<"):][:1]
			more = w.say(c, verb, replies[verb])
		case "STARTTLS":
			_, _ = io.WriteString(c, replies[verb]+"\r\n")
			c = tls.Server(c, w.tls)
			r, secured = bufio.NewReader(c), true
		case "DATA":
			more = w.say(c, verb, replies[verb]) && w.message(c, r)
		default:
			more = w.say(c, verb, replies[verb])
		}
	}
}

// stage of EHLO is that after STARTTLS if there is one.
func (w *wire) stage(name string, secured bool) string {
	if w.tls != nil && !secured {
		return ""
	}
	return name
}

func (w *wire) ehlo(secured bool) string {
	text := "250-mx\r\n"
	if !w.plodding {
		text += "250-PIPELINING\r\n"
	}
	if w.tls != nil && !secured {
		text += "250-STARTTLS\r\n"
	}
	return text + "250 SIZE"
}

func (w *wire) message(c net.Conn, r *bufio.Reader) bool {
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return false
		}
		if w.at == "content" {
			w.lose(c)
			return false
		}
		if line == ".\r\n" {
			w.dotted.Store(true)
			return w.say(c, ".", replies["."])
		}
	}
}

// say replies, or is lost; false ends the session.
func (w *wire) say(c net.Conn, stage, text string) bool {
	text += "\r\n"
	if stage != w.at {
		_, err := io.WriteString(c, text)
		return err == nil
	}
	switch w.when {
	case "half":
		_, _ = io.WriteString(c, text[:len(text)/2])
	case "after":
		_, _ = io.WriteString(c, text)
	}
	w.lose(c)
	return false
}

// heard is the last reply that the client gets as a whole.
func (w *wire) heard() string {
	i := slices.Index(stages, w.at)
	switch {
	case w.at == "content":
		return "DATA"
	case w.when == "after":
		return stages[i]
	case i > 0:
		return stages[i-1]
	}
	return ""
}

// want is the verdict on each recipient after the last reply that was heard.
// Between 354 and the reply to the terminator it hangs on whether the terminator
// was written, which verify looks at.
var want = map[string][3]ledger.Verdict{
	"":         {ledger.NotAttempted, ledger.NotAttempted, ledger.NotAttempted},
	"greeting": {ledger.NotAttempted, ledger.NotAttempted, ledger.NotAttempted},
	"EHLO":     {ledger.NotAttempted, ledger.NotAttempted, ledger.NotAttempted},
	"MAIL":     {ledger.NotAttempted, ledger.NotAttempted, ledger.NotAttempted},
	"RCPT a":   {ledger.RejectedPermanent, ledger.NotAttempted, ledger.NotAttempted},
	"RCPT b":   {ledger.RejectedPermanent, ledger.NotAttempted, ledger.NotAttempted},
	"RCPT c":   {ledger.RejectedPermanent, ledger.NotAttempted, ledger.NotAttempted},
	"DATA":     {ledger.RejectedPermanent, 0, 0},
	".":        {ledger.RejectedPermanent, ledger.Accepted, ledger.Accepted},
	"QUIT":     {ledger.RejectedPermanent, ledger.Accepted, ledger.Accepted},
}

func (w *wire) verify(t *testing.T, m *memory) {
	t.Helper()
	outcomes := m.of(ledger.Outcome)
	if len(outcomes) != 3 || len(m.of(ledger.Try)) != 0 {
		t.Fatalf("%d outcomes, %d tries", len(outcomes), len(m.of(ledger.Try)))
	}
	address := map[ledger.Copy]string{}
	for _, e := range m.of(ledger.Intent) {
		address[e.Copy] = e.Detail
	}
	for _, e := range outcomes {
		who := strings.Index("abc", address[e.Copy][:1])
		expected := want[w.heard()][who]
		if expected == 0 {
			expected = ledger.NotAttempted
			if e.Sent != 0 {
				expected = ledger.Indeterminate
			}
		}
		if e.Verdict != expected {
			t.Errorf("%s: verdict %d in phase %d (%s), want %d", address[e.Copy], e.Verdict, e.Phase, e.Detail, expected)
		}
		if w.dotted.Load() && who > 0 && e.Sent == 0 {
			t.Errorf("%s: the server has the message, and the ledger says that it was not sent: %+v", address[e.Copy], e)
		}
		if (e.Sent != 0) != (e.Phase >= ledger.PhaseReply) || e.End < e.Start {
			t.Errorf("%s: in phase %d the terminator was written at %v", address[e.Copy], e.Phase, e.Sent)
		}
	}
}

// three recipients, always in the same order.
func three() Config {
	c := relayed
	c.Recipients, c.Mailboxes = 3, []string{"a@t", "b@t", "c@t"}
	return c
}

// everyMoment runs a test for each reply and for each place in it.
func everyMoment(t *testing.T, lose map[string]func(net.Conn), run func(t *testing.T, w *wire)) {
	for _, plodding := range []bool{false, true} {
		for _, at := range append(slices.Clone(stages), "content") {
			for _, when := range []string{"before", "half", "after"} {
				if at == "content" && when != "before" {
					continue
				}
				for how, f := range lose {
					name := fmt.Sprintf("%s %s %s", how, when, at)
					if plodding {
						name += ", one by one"
					}
					t.Run(name, func(t *testing.T) { run(t, &wire{plodding: plodding, at: at, when: when, lose: f}) })
				}
			}
		}
	}
}

// The wire is lost before, inside and after every reply of the server, or it
// goes silent, reading on or not: the verdict on each recipient is what was
// heard about it.
func TestWireIsLostAtEveryMoment(t *testing.T) {
	everyMoment(t, map[string]func(net.Conn){
		"EOF":     func(c net.Conn) { _ = c.Close() },
		"silence": func(c net.Conn) { _, _ = io.Copy(io.Discard, c) },
		"frozen":  func(c net.Conn) { <-time.After(time.Minute) },
	}, func(t *testing.T, w *wire) {
		synctest.Test(t, func(t *testing.T) {
			m := &memory{}
			if _, err := drill(t, three(), &world{peers: map[string]func(net.Conn){"relay": w.play}}, m); err != nil {
				t.Fatal(err)
			}
			w.verify(t, m)
		})
	})
}

// The same on real sockets, where content and terminator leave in one write and
// a reset can overtake what was said before it.
func TestSocketIsLostAtEveryMoment(t *testing.T) {
	everyMoment(t, map[string]func(net.Conn){"EOF": func(c net.Conn) { _ = c.Close() }, "RST": reset}, func(t *testing.T, w *wire) {
		t.Parallel()
		w.verify(t, overTCP(t, w, three()))
	})
}

// A message that does not fit into the buffers of the way ends in its middle.
func TestSocketIsLostInsideTheContent(t *testing.T) {
	for how, lose := range map[string]func(net.Conn){"EOF": func(c net.Conn) { _ = c.Close() }, "RST": reset} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			c := three()
			c.Sizes = []int64{6 << 20}
			m := overTCP(t, &wire{at: "content", lose: lose}, c)
			for _, e := range m.of(ledger.Outcome)[1:] {
				if e.Verdict != ledger.NotAttempted || e.Phase != ledger.PhaseContent || e.Sent != 0 {
					t.Errorf("%+v", e)
				}
			}
		})
	}
}

// Under TLS a connection can end by an alert, or by one that is no TLS at all.
func TestTLSIsLostAtEveryMoment(t *testing.T) {
	config := &tls.Config{Certificates: []tls.Certificate{selfSigned(t)}}
	raw := func(text string) func(net.Conn) {
		return func(c net.Conn) {
			under := c
			if s, ok := c.(*tls.Conn); ok {
				under = s.NetConn()
			}
			_, _ = io.WriteString(under, text)
			_ = under.Close()
		}
	}
	everyMoment(t, map[string]func(net.Conn){
		"EOF":               raw(""),
		"close_notify":      func(c net.Conn) { _ = c.Close() },
		"alert in clear":    raw("\x15\x03\x03\x00\x02\x02\x50"),
		"no TLS any longer": raw("421 4.3.0 in clear\r\n"),
	}, func(t *testing.T, w *wire) {
		if w.at == "greeting" {
			return // there is no TLS yet
		}
		t.Parallel()
		w.tls = config
		c := three()
		c.TLS = TLSRequired
		w.verify(t, overTCP(t, w, c))
	})
}

func reset(c net.Conn) {
	if s, ok := c.(*net.TCPConn); ok {
		_ = s.SetLinger(0)
	}
	_ = c.Close()
}

// overTCP sends one message to a wire on loopback.
func overTCP(t *testing.T, w *wire, c Config) *memory {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if conn, err := l.Accept(); err == nil {
			_ = conn.(*net.TCPConn).SetReadBuffer(16 << 10)
			w.play(conn)
			conn.Close()
		}
	}()
	defer func() { l.Close(); <-done }()
	began := time.Now().Add(-age)
	c.BounceDomain, c.Rate, c.Timeout, c.ReplyTimeout = "bounce.test", 10, time.Minute, time.Minute
	m := &memory{}
	d, err := New(c, loopback{l.Addr().String()}, m, testKey, func() time.Duration { return time.Since(began) })
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	return m
}
