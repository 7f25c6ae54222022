package smtp

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/harness/agent/dialogue"
	"maildrill/harness/agent/dialogue/duplex/duplextest"
)

// server is a server of SMTP or LMTP that keeps what it is given.
type server struct {
	lmtp bool
	mu   sync.Mutex
	mail []string // sender > recipients: message as on the wire
}

func (s *server) serve(c net.Conn) {
	defer c.Close()
	r := bufio.NewReader(c)
	say := func(text string) { _, _ = io.WriteString(c, text+"\r\n") }
	var sender string
	var to []string
	open := false
	var text bytes.Buffer
	done := func() {
		s.mu.Lock()
		s.mail = append(s.mail, sender+" > "+strings.Join(to, ",")+": "+text.String())
		s.mu.Unlock()
		for i := range to {
			if i == 0 || s.lmtp {
				say("250 2.0.0 stored for " + to[i])
			}
		}
		to = nil
		text.Reset()
	}
	say("220-server.drill.test ESMTP\r\n220 ready")
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		switch address, _ := path(line); verb(line) {
		case "EHLO", "LHLO":
			say("250-server.drill.test\r\n250-PIPELINING\r\n250-SIZE 1000000\r\n250-STARTTLS\r\n250 CHUNKING")
		case "HELO":
			say("250 server.drill.test")
		case "MAIL":
			sender, to, open = address, nil, true
			say("250 2.1.0 OK")
		case "RCPT":
			if !open || strings.HasPrefix(address, "nobody") {
				say("550 5.1.1 unknown")
				continue
			}
			to = append(to, address)
			say("250 2.1.5 OK")
		case "DATA":
			if len(to) == 0 {
				say("554 5.5.1 no recipients")
				continue
			}
			say("354 go on")
			e := &end{r: r}
			if e.message(&text) != nil {
				return
			}
			done()
		case "BDAT":
			words := strings.Fields(line)
			n, _ := strconv.Atoi(words[1])
			if _, err := io.CopyN(&text, r, int64(n)); err != nil {
				return
			}
			if len(words) == 3 {
				done()
			} else {
				say("250 2.0.0 chunk")
			}
		case "AUTH":
			say("334 VXNlcm5hbWU6")
			if l, err := r.ReadString('\n'); err != nil || l != "bG9vaw==\r\n" {
				return
			}
			say("235 2.7.0 welcome")
		case "RSET":
			sender, to = "", nil
			say("250 2.0.0 OK")
		case "STARTTLS":
			say("220 2.0.0 ready")
			_, _ = io.Copy(c, r) // in secret: an echo
			return
		case "QUIT":
			say("221 2.0.0 bye")
			return
		default:
			say("500 5.5.2 unknown")
		}
	}
}

// scene is a client's connection through a speaker to a server.
type scene struct {
	*testing.T
	speaker dialogue.Speaker
	server  *server
	meter   dialogue.Meter
}

func newScene(t *testing.T, script faults.SMTPScript, lmtp bool) *scene {
	t.Helper()
	mk := New
	if lmtp {
		mk = NewLMTP
	}
	return &scene{T: t, speaker: duplextest.Follows(t, mk, script), server: &server{lmtp: lmtp}}
}

// connect gives the client's end; over is closed when the speaker returns.
func (s *scene) connect(ctx context.Context) (client net.Conn, over chan struct{}) {
	client, front := duplextest.Wire(s)
	back, far := duplextest.Wire(s)
	over = make(chan struct{})
	go s.server.serve(far)
	go func() {
		defer close(over)
		_ = s.speaker.Speak(ctx, front, back, &s.meter)
		_ = front.Close()
		_ = back.Close()
	}()
	s.Cleanup(func() { client.Close(); <-over })
	_ = client.SetDeadline(time.Now().Add(10 * time.Second))
	return client, over
}

// says sends all at once and gives all that comes back.
func (s *scene) says(lines ...string) (string, error) {
	c, _ := s.connect(s.Context())
	go func() { _, _ = io.WriteString(c, strings.Join(lines, "")) }()
	got, err := io.ReadAll(c)
	return string(got), err
}

const (
	hello   = "EHLO client.drill.test\r\n"
	lhlo    = "LHLO client.drill.test\r\n"
	from    = "MAIL FROM:<a@drill.test>\r\n"
	toOne   = "RCPT TO:<one@drill.test>\r\n"
	toTwo   = "RCPT TO:<two@drill.test>\r\n"
	message = "Subject: x\r\n\r\n..\r\nbare \n.\n end\r\n.\r\n"
	wired   = "Subject: x\r\n\r\n..\r\nbare \n.\n end\r\n"
)

func TestWithoutAScriptNothingIsChanged(t *testing.T) {
	for _, lmtp := range []bool{false, true} {
		greet := map[bool]string{false: hello, true: lhlo}[lmtp]
		s := newScene(t, faults.SMTPScript{}, lmtp)
		all := []string{greet, "AUTH LOGIN\r\n", "bG9vaw==\r\n", from, toOne, "RCPT TO:<nobody@x>\r\n", toTwo, "DATA\r\n", message,
			from, toTwo, "BDAT 5\r\nab\r\n.", "BDAT 3 LAST\r\n\r\n.", "NOOP\r\n", "RSET\r\n", "DATA\r\n", "QUIT\r\n"}
		through, err := s.says(all...)
		if err != nil {
			t.Fatal(err)
		}
		direct := &server{lmtp: lmtp}
		c, far := duplextest.Wire(t)
		go direct.serve(far)
		go func() { _, _ = io.WriteString(c, strings.Join(all, "")) }()
		plain, err := io.ReadAll(c)
		if err != nil || through != string(plain) {
			t.Errorf("through the proxy:\n%s\ndirectly (%v):\n%s", through, err, plain)
		}
		if len(s.server.mail) != 2 || strings.Join(s.server.mail, "|") != strings.Join(direct.mail, "|") {
			t.Errorf("through the proxy %q, directly %q", s.server.mail, direct.mail)
		}
		if n := s.meter.Counts(); len(n) != 0 {
			t.Errorf("counted %v", n)
		}
	}
}

func TestScripts(t *testing.T) {
	eod := []string{from, toOne, toTwo, "DATA\r\n", message, "QUIT\r\n"}
	bdat := []string{from, toOne, toTwo, "BDAT 4\r\nab\r\n", "BDAT 3 LAST\r\nc\r\n", "QUIT\r\n"}
	both := "a@drill.test > one@drill.test,two@drill.test: "
	reply := func(phase faults.SMTPPhase, match string) faults.SMTPScript {
		return faults.SMTPScript{Replies: []faults.SMTPReply{{Phase: phase, Code: 451, Enhanced: "4.3.0", Text: "drill", Share: 1, Match: match}}}
	}
	for _, c := range []struct {
		name   string
		script faults.SMTPScript
		lmtp   bool
		say    []string
		want   string // in what comes back
		cut    bool   // and then a reset
		stored []string
		counts string
	}{
		{"greeting", reply("connect", ""), false, nil, "451 4.3.0 drill\r\n", false, nil, "replies 1"},
		{"hello", reply("helo", ""), false, []string{"QUIT\r\n"}, "451 4.3.0 drill\r\n", false, nil, "replies 1"},
		{"mail", reply("mail", ""), false, []string{from, toOne, "DATA\r\n", "QUIT\r\n"}, "451 4.3.0 drill\r\n550", false, nil, "replies 1"},
		{"recipient", reply("rcpt", "one@*"), false, eod, "451 4.3.0 drill\r\n250 2.1.5 OK\r\n354", false, []string{"a@drill.test > two@drill.test: " + wired}, "replies 1"},
		{"data", reply("data", ""), false, []string{from, toOne, "DATA\r\n", "QUIT\r\n"}, "451 4.3.0 drill\r\n221", false, nil, "replies 1"},
		{"bdat", reply("data", ""), false, []string{from, toOne, "BDAT 6 LAST\r\nQUIT\r\n", "QUIT\r\n"}, "451 4.3.0 drill\r\n221", false, nil, "replies 1"},
		{"end of data", reply("eod", ""), false, eod, "354 End data with <CR><LF>.<CR><LF>\r\n451 4.3.0 drill\r\n221", false, nil, "replies 1"},
		{"last chunk", reply("eod", ""), false, bdat, "250 2.0.0 OK\r\n451 4.3.0 drill\r\n221", false, nil, "replies 1"},
		{"one of two", reply("eod", "one@*"), true, eod, "451 4.3.0 drill\r\n250 2.0.0 stored for two@drill.test\r\n221", false, []string{"a@drill.test > two@drill.test: " + wired}, "replies 1"},
		{"the other of two", reply("eod", "two@*"), true, bdat, "250 2.0.0 stored for one@drill.test\r\n451 4.3.0 drill\r\n221", false, []string{"a@drill.test > one@drill.test: ab\r\nc\r\n"}, "replies 1"},
		{"both", reply("eod", ""), true, eod, "451 4.3.0 drill\r\n451 4.3.0 drill\r\n221", false, nil, "replies 2"},
		{"quit", reply("quit", ""), false, []string{"QUIT\r\n"}, "451 4.3.0 drill\r\n", false, nil, "replies 1"},
		{"cut before", faults.SMTPScript{Cut: faults.CutBeforeEOD, CutAfter: 9999}, false, eod, "354", true, nil, "messages 1"},
		{"cut in a chunk", faults.SMTPScript{Cut: faults.CutBeforeEOD, CutAfter: 5}, false, bdat, "chunk", true, nil, "messages 1"},
		{"cut after", faults.SMTPScript{Cut: faults.CutAfterEOD}, false, eod, "354", true, []string{both + wired}, "messages 1"},
		{"cut after chunks", faults.SMTPScript{Cut: faults.CutAfterEOD}, false, bdat, "chunk", true, []string{both + "ab\r\nc\r\n"}, "messages 1"},
		{"cut after, LMTP", faults.SMTPScript{Cut: faults.CutAfterEOD}, true, eod, "354", true, []string{both + wired}, "messages 1"},
		{"drop", faults.SMTPScript{Drop: faults.DropAll}, false, eod, "250 2.0.0 Message accepted\r\n221", false, nil, "messages 1"},
		{"drop notices, not others", faults.SMTPScript{Drop: faults.DropNullSender}, false, eod, "stored for one", false, []string{both + wired}, ""},
		{"drop notices", faults.SMTPScript{Drop: faults.DropNullSender}, false, append([]string{"MAIL FROM:<>\r\n"}, eod[1:]...), "Message accepted", false, nil, "messages 1"},
		{"greylist", faults.SMTPScript{Greylist: time.Hour}, false, []string{from, toOne, "QUIT\r\n"}, "450 4.2.0 Greylisted", false, nil, "refusals 1"},
		{"size told", faults.SMTPScript{SizeLimit: 10}, false, []string{"MAIL FROM:<a@x> SIZE=11\r\n", "QUIT\r\n"}, "250-SIZE 10\r\n250-STARTTLS\r\n250 CHUNKING\r\n552 5.3.4", false, nil, "refusals 1"},
		{"size not told", faults.SMTPScript{SizeLimit: 10}, false, eod[:5], "552 5.3.4", false, nil, "refusals 1"},
		{"size within", faults.SMTPScript{SizeLimit: 1000}, false, eod, "stored for one", false, []string{both + wired}, ""},
		{"rate", faults.SMTPScript{RateLimit: 1, RatePer: time.Hour}, false, []string{from, "RSET\r\n", from, "QUIT\r\n"}, "450 4.7.1", false, nil, "refusals 1"},
		{"strip", faults.SMTPScript{StartTLS: faults.TLSStrip}, false, []string{"STARTTLS\r\n", "QUIT\r\n"}, "1000000\r\n250 CHUNKING\r\n502 5.5.1", false, nil, "refusals 1 stripped 1"},
		{"fail", faults.SMTPScript{StartTLS: faults.TLSFail}, false, []string{"STARTTLS\r\n", "QUIT\r\n"}, "454 4.7.0 TLS", false, nil, "refusals 1"},
		{"secret", faults.SMTPScript{Cut: faults.CutAfterEOD}, false, []string{"STARTTLS\r\n"}, "220 2.0.0 ready", false, nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScene(t, c.script, c.lmtp)
			say := c.say
			if say != nil {
				say = append([]string{map[bool]string{false: hello, true: lhlo}[c.lmtp]}, say...)
			}
			client, _ := s.connect(t.Context())
			go func() {
				_, _ = io.WriteString(client, strings.Join(say, ""))
				if c.name == "secret" {
					_ = client.(*net.TCPConn).CloseWrite()
				}
			}()
			got, err := io.ReadAll(client)
			if (err != nil) != c.cut || !strings.Contains(string(got), c.want) && !c.cut {
				t.Errorf("heard (%v):\n%s\nwant %q", err, got, c.want)
			}
			counts := ""
			n := s.meter.Counts()
			for _, name := range []string{"garbage", "messages", "refusals", "replies", "stripped"} {
				if n[name] > 0 {
					counts = strings.TrimSpace(fmt.Sprintf("%s %s %d", counts, name, n[name]))
				}
			}
			if counts != c.counts {
				t.Errorf("counted %q, want %q", counts, c.counts)
			}
			s.server.mu.Lock()
			defer s.server.mu.Unlock()
			if strings.Join(s.server.mail, "|") != strings.Join(c.stored, "|") {
				t.Errorf("stored %q, want %q", s.server.mail, c.stored)
			}
		})
	}
}

// Each message is cut once, whoever sends it again.
func TestOnce(t *testing.T) {
	s := newScene(t, faults.SMTPScript{Cut: faults.CutAfterEOD, Once: true}, false)
	one := []string{hello, from, toOne, "DATA\r\n", message, "QUIT\r\n"}
	if _, err := s.says(one...); err == nil {
		t.Error("the first attempt was not cut")
	}
	if got, err := s.says(one...); err != nil || !strings.Contains(got, "stored for one") {
		t.Errorf("the second attempt = %q, %v", got, err)
	}
	other := []string{hello, from, toTwo, "DATA\r\n", message, "QUIT\r\n"}
	if _, err := s.says(other...); err == nil {
		t.Error("the first attempt of another envelope was not cut")
	}
	if n := s.meter.Counts(); !maps.Equal(n, map[string]uint64{"messages": 2}) || len(s.server.mail) != 3 {
		t.Errorf("counted %v, stored %d", n, len(s.server.mail))
	}
}

// When the rule is taken, an idle dialogue ends, and one that stalls too.
func TestARuleThatIsTakenEndsItsDialogues(t *testing.T) {
	for name, c := range map[string]struct {
		script faults.SMTPScript
		say    string
	}{
		"idle":  {faults.SMTPScript{}, hello},
		"stall": {faults.SMTPScript{Cut: faults.StallAtEOD}, hello + from + toOne + "DATA\r\n" + message},
		"slow":  {faults.SMTPScript{BannerDelay: time.Hour}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t, c.script, false)
			ctx, cancel := context.WithCancel(t.Context())
			client, over := s.connect(ctx)
			if _, err := io.WriteString(client, c.say); err != nil {
				t.Fatal(err)
			}
			select {
			case <-over:
				t.Fatal("it is over before")
			case <-time.After(20 * time.Millisecond):
			}
			cancel()
			select {
			case <-over:
			case <-time.After(5 * time.Second):
				t.Error("it is not over")
			}
			if len(s.server.mail) > 0 {
				t.Errorf("stored %q", s.server.mail)
			}
		})
	}
}

func TestPaths(t *testing.T) {
	for command, want := range map[string]string{
		"MAIL FROM:<A@b> SIZE=5\r\n": "a@b", "RCPT TO: <a@b>\r\n": "a@b", "MAIL FROM:<>\r\n": "", "MAIL FROM:a@b SIZE=5\r\n": "a@b",
		`RCPT TO:<"a>\"b"@c> X` + "\r\n": `"a>\"b"@c`, "RCPT\r\n": "", "RCPT TO:<a@b\r\n": "a@b",
	} {
		if got, _ := path(command); got != want {
			t.Errorf("path(%q) = %q, want %q", command, got, want)
		}
	}
}

func TestUnknownScripts(t *testing.T) {
	for _, text := range []string{"", "[]", `{"unheardOf":1}`, `{"sizeLimit":"x"}`} {
		if _, err := New(json.RawMessage(text)); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}

// FuzzSpeak: whatever the two ends say, the speaker ends with them.
func FuzzSpeak(f *testing.F) {
	f.Add("220 x\r\n250 y\r\n250 z\r\n250 OK\r\n354 go\r\n250 2.0.0 OK\r\n", hello+from+toOne+"DATA\r\n"+message+"QUIT\r\n", uint8(0))
	f.Add("220-\r\n220 x\r\n250\r\n", "BDAT 99999999999 LAST\r\nBDAT -1\r\n", uint8(1))
	f.Add("22", "\x00\r\n", uint8(2))
	f.Add("220 x\r\n250-\r\n250-S\r\n250 SIZE\r\n250 a\r\n", "EHLO\r\nMAIL FROM:<\"\r\nRCPT TO:<\\\r\n", uint8(3))
	scripts := []faults.SMTPScript{
		{}, {Cut: faults.CutBeforeEOD, CutAfter: 3}, {Cut: faults.CutAfterEOD, Once: true}, {SizeLimit: 5, Drop: faults.DropNullSender},
		{Certificate: faults.CertificateExpired}, {StartTLS: faults.TLSStrip, Greylist: time.Nanosecond}, {RateLimit: 1, RatePer: time.Hour},
		{Replies: []faults.SMTPReply{{Phase: faults.SMTPEOD, Code: 451, Share: 0.5, Text: "x", Match: "*o*"}}},
	}
	f.Fuzz(func(t *testing.T, fromServer, fromClient string, which uint8) {
		text, err := json.Marshal(scripts[int(which)%len(scripts)])
		if err != nil {
			t.Fatal(err)
		}
		sp, err := read(text, which&0x80 != 0)
		if err != nil {
			t.Fatal(err)
		}
		client, front := net.Pipe()
		back, far := net.Pipe()
		for side, text := range map[net.Conn]string{client: fromClient, far: fromServer} {
			go func() { _, _ = io.Copy(io.Discard, side) }()
			go func() { _, _ = io.WriteString(side, text); _ = side.Close() }()
		}
		over := make(chan struct{})
		go func() {
			defer close(over)
			_ = sp.Speak(t.Context(), front, back, &dialogue.Meter{})
			_ = front.Close()
			_ = back.Close()
		}()
		select {
		case <-over:
		case <-time.After(10 * time.Second):
			t.Fatal("it does not end")
		}
	})
}
