package imap

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/harness/agent/dialogue"
	"maildrill/harness/agent/dialogue/duplex/duplextest"
)

func speak(t testing.TB, script faults.IMAPScript) dialogue.Speaker {
	t.Helper()
	return duplextest.Follows(t, New, script)
}

func refuses(commands ...string) faults.IMAPScript {
	return faults.IMAPScript{Answers: []faults.IMAPAnswer{{Commands: commands, Code: "UNAVAILABLE", Text: "drill", Share: 1}}}
}

// scripts concern nothing of what the sessions below do.
var scripts = map[string]faults.IMAPScript{
	"nothing": {}, "another command": refuses("RENAME"), "another is late": {Delay: time.Hour, Late: []string{"RENAME"}},
	"no share":   {Answers: []faults.IMAPAnswer{{Commands: []string{"SELECT", "APPEND", "FETCH"}, Text: "x"}}},
	"later":      {Bye: &faults.IMAPBye{At: faults.IMAPSession, After: 1000, Text: "x", Share: 1}},
	"bye for no": {Bye: &faults.IMAPBye{At: faults.IMAPGreeting, Text: "x"}},
}

const greeting = "S:* OK [CAPABILITY IMAP4rev1 LITERAL+] ready {5}\r\n"

// What a script is not about passes byte for byte, whatever it looks like.
func TestWhatIsNotMeantPasses(t *testing.T) {
	long := strings.Repeat("1:2,", 20000) + "9"
	big := strings.Repeat("a1 OK {3}\r\n\x00\xff", 30000)
	for session, lines := range map[string][]string{
		"literals": {
			greeting, "C:a1 LOGIN {2}\r\n", "S:+ go\r\n", "C:u1 {4}\r\n", "S:+ go\r\n", "C:a b}\r\n", "S:a1 OK in\r\n",
			"C:a2 APPEND x {23+}\r\na3 SELECT y\r\n\x00\xff {9}\r\n\r\n", "S:a2 OK [APPENDUID 1 2] stored {7}\r\n",
			"C:a4 APPEND x ~{3}\r\n", "S:a4 NO no room\r\n", "C:a5 NOOP\r\n", "S:a5 OK\r\n",
			fmt.Sprintf("C:a6 APPEND x {%d+}\r\n%s\r\n", len(big), big), "S:a6 OK\r\n",
			"C:a7 FETCH 1 BODY[]\r\n", fmt.Sprintf("S:* 1 FETCH (BODY[] {%d}\r\n%s UID 4 X {2}\r\n\r\n)\r\na7 OK\r\n", len(big), big),
			"C:a8 LOGOUT\r\n", "S:* BYE bye\r\na8 OK\r\n",
		},
		"together": {
			greeting, "C:a1 LOGIN u p\r\na2 SELECT x\r\na2 FETCH 1 FLAGS\r\n\r\na3\r\n* x y\r\n+ z\r\n", "S:a1 OK\r\n* 3 EXISTS\r\na2 OK [READ-WRITE] it\r\n",
			"C:UID FETCH\r\na4 UID FETCH " + long + " FLAGS\r\n", "S:* SEARCH " + long + "\r\n* BAD what {1}\r\na2 OK\r\na4 OK\r\n",
		},
		"idle": {
			"S:* PREAUTH hello\r\n", "C:a1 IDLE\r\n", "S:+ idling\r\n", "S:* 4 EXISTS\r\n", "C:done\r\n", "S:a1 OK\r\n",
			"C:a2 IDLE\r\n", "S:a2 NO not now\r\n", "C:a3 NOOP\r\n", "S:a3 OK\r\n",
		},
		"authenticate": {
			greeting, "C:a1 AUTHENTICATE PLAIN\r\n", "S:+ \r\n", "C:AGEgRkVUQ0ggMQ== {3}\r\n", "S:+ more\r\n", "C:*\r\n", "S:a1 BAD cancelled\r\n",
			"C:a2 AUTHENTICATE PLAIN AHUAcA==\r\n", "S:a2 OK [CAPABILITY IMAP4rev1] in\r\n",
		},
		"no lines": {greeting, "C:a1 STARTTLS\r\n", "S:a1 OK begin\r\n", "C:\x16\x03\x01 no end", "S:\x16\x03 nor here", "C:a2 RENAME x y", "S:* x {99}\r\n"},
		"compressed": {
			greeting, "C:a1 COMPRESS DEFLATE\r\n", "S:a1 NO not now\r\n", "C:a2 COMPRESS DEFLATE\r\n", "S:a2 OK now\r\n", "C:\x00\x01 no end", "S:\x00",
		},
	} {
		for name, script := range scripts {
			t.Run(session+", "+name, func(t *testing.T) {
				duplextest.Passes(t, speak(t, script), lines...)
			})
		}
	}
}

func TestScripts(t *testing.T) {
	bye := func(at faults.IMAPPoint, after int) faults.IMAPScript {
		return faults.IMAPScript{Bye: &faults.IMAPBye{At: at, After: after, Code: "UNAVAILABLE", Text: "drill", Share: 1}}
	}
	tls := func(what faults.SMTPStartTLS) faults.IMAPScript { return faults.IMAPScript{StartTLS: what} }
	late := faults.IMAPScript{Delay: time.Millisecond, Late: []string{"FETCH"}}
	in := []string{greeting, "C:a1 LOGIN u p\r\n", "S:a1 OK in\r\n"}
	for _, c := range []struct {
		name   string
		script faults.IMAPScript
		look   bool
		lines  []string
		ends   bool
		counts map[string]uint64
	}{
		{"a command", refuses("SELECT"), false, append(in, "c:a2 select x\r\n", "s:a2 NO [UNAVAILABLE] drill\r\n", "C:a3 NOOP\r\n", "S:a3 OK\r\n"), false, map[string]uint64{"replies": 1}},
		{"by UID", refuses("FETCH"), false, append(in, "c:a2 UID FETCH 1 FLAGS\r\n", "s:a2 NO [UNAVAILABLE] drill\r\n"), false, map[string]uint64{"replies": 1}},
		{"with a literal that waits", refuses("APPEND"), false, append(in, "c:a2 APPEND x {5}\r\n", "s:a2 NO [UNAVAILABLE] drill\r\n", "C:a3 NOOP\r\n"), false, map[string]uint64{"replies": 1}},
		{"with literals that do not", refuses("APPEND"), false, append(in, "c:a2 APPEND {1+}\r\nx {6+}\r\na4 X\r\n\r\n", "s:a2 NO [UNAVAILABLE] drill\r\n", "C:a3 NOOP\r\n"), false, map[string]uint64{"replies": 1}},
		{"logins", refuses("LOGIN", "AUTHENTICATE"), false, []string{greeting, "c:a1 AUTHENTICATE PLAIN\r\n", "s:a1 NO [UNAVAILABLE] drill\r\n",
			"c:a2 LOGIN {1}\r\n", "s:a2 NO [UNAVAILABLE] drill\r\n", "C:a3 NOOP\r\n"}, false, map[string]uint64{"replies": 2}},
		{"in its turn", refuses("SELECT"), false, append(in, "C:a2 FETCH 1 BODY[]\r\n", "c:a3 SELECT x\r\n", "S:* 1 FETCH (BODY[] {10}\r\n", "S:a2 OK x\r\n\x00", "S:)\r\n", "S:a2 OK\r\n",
			"s:a3 NO [UNAVAILABLE] drill\r\n"), false, map[string]uint64{"replies": 1}},
		{"after what could not be read", refuses("SELECT"), false, append(in, "C:\xff\x00 \x01\r\n", "c:a3 SELECT x\r\n", "S:* BAD what\r\n", "s:a3 NO [UNAVAILABLE] drill\r\n"), false, map[string]uint64{"replies": 1}},
		{"after a literal that was refused", refuses("SELECT"), false, append(in, "C:a2 APPEND x {30}\r\n", "S:a2 NO no room\r\n", "c:a3 SELECT x\r\n", "s:a3 NO [UNAVAILABLE] drill\r\n"), false, map[string]uint64{"replies": 1}},
		{"after an IDLE that was refused", refuses("SELECT"), false, append(in, "C:a2 IDLE\r\n", "S:a2 NO\r\n", "c:a3 SELECT x\r\n", "s:a3 NO [UNAVAILABLE] drill\r\n"), false, map[string]uint64{"replies": 1}},
		{"after a login that was given up", refuses("SELECT"), false, []string{greeting, "C:a1 AUTHENTICATE X\r\n", "S:+ \r\n", "S:a1 NO\r\n", "c:a2 SELECT x\r\n",
			"s:a2 NO [UNAVAILABLE] drill\r\n"}, false, map[string]uint64{"replies": 1}},
		{"a word of a literal is none", refuses("SELECT"), false, append(in, "C:a2 APPEND "+strings.Repeat("x", 20000)+" {13+}\r\na3 SELECT x\r\n\r\n", "S:a2 OK\r\n"), false, nil},
		{"a look, whatever the share", faults.IMAPScript{Answers: []faults.IMAPAnswer{{Commands: []string{"FETCH"}, Text: "x"}}}, true,
			[]string{greeting, "c:a1 FETCH look\r\n", "s:a1 NO x\r\n"}, false, map[string]uint64{"replies": 1}},
		{"no greeting", bye(faults.IMAPGreeting, 0), false, []string{"!:* OK ready\r\n", "s:* BYE [UNAVAILABLE] drill\r\n"}, true, map[string]uint64{"byes": 1}},
		{"after the login", bye(faults.IMAPLogin, 0), false, append(in, "s:* BYE [UNAVAILABLE] drill\r\n"), true, map[string]uint64{"byes": 1}},
		{"no login, no bye", bye(faults.IMAPLogin, 0), false, []string{greeting, "C:a1 LOGIN u x\r\n", "S:a1 NO\r\n", "C:a2 NOOP\r\n", "S:a2 OK\r\n"}, false, nil},
		{"a look logs in", bye(faults.IMAPLogin, 0), true, []string{greeting, "c:a1 LOGIN u x\r\n", "s:* BYE [UNAVAILABLE] drill\r\n"}, true, map[string]uint64{"byes": 1}},
		{"later", bye(faults.IMAPSession, 1), false, append(in, "C:a2 NOOP\r\n", "c:a3 NOOP\r\na4 NOOP\r\n", "S:* 1 EXISTS\r\na2 OK\r\n", "s:* BYE [UNAVAILABLE] drill\r\n"), true, map[string]uint64{"byes": 1}},
		{"not before a login", bye(faults.IMAPSession, 0), false, []string{greeting, "C:a1 NOOP\r\n", "S:a1 OK\r\n", "C:a2 NOOP\r\n"}, false, nil},
		{"a look says two", bye(faults.IMAPSession, 50), true, []string{greeting, "C:a1 NOOP\r\n", "S:a1 OK\r\n", "c:a2 NOOP\r\n", "s:* BYE [UNAVAILABLE] drill\r\n"}, true, map[string]uint64{"byes": 1}},
		{"late", late, false, append(in, "C:a2 FETCH 1 FLAGS\r\na3 NOOP\r\n", "S:* 1 FETCH ()\r\na2 OK\r\na3 OK\r\n"), false, map[string]uint64{"delays": 1}},
		{"all late", faults.IMAPScript{Delay: time.Millisecond}, false, append(in, "C:a2 IDLE\r\n", "S:+ go\r\n", "S:* 3 EXISTS\r\n", "C:DONE\r\n", "S:a2 OK\r\n"), false, map[string]uint64{"delays": 2}},
		{"stripped", tls(faults.TLSStrip), false, []string{"!:* OK [CAPABILITY IMAP4rev1 starttls ID] STARTTLS\r\n", "s:* OK [CAPABILITY IMAP4rev1 ID] STARTTLS\r\n",
			"C:a1 CAPABILITY\r\n", "!:* CAPABILITY IMAP4rev1 STARTTLS\r\na1 OK\r\n", "s:* CAPABILITY IMAP4rev1\r\na1 OK\r\n", "c:a2 STARTTLS\r\n", "s:a2 BAD STARTTLS is not offered\r\n"},
			false, map[string]uint64{"stripped": 2, "refusals": 1}},
		{"the rest keeps its word", tls(faults.TLSStrip), false, []string{greeting, "S:* LIST () \"/\" \"CAPABILITY STARTTLS\"\r\n", "S:* 1 FETCH (BODY[] {24}\r\n* CAPABILITY STARTTLS x\r\n)\r\n"}, false, nil},
		{"failing", tls(faults.TLSFail), false, []string{"!:* OK [CAPABILITY IMAP4rev1] \xff\r\n", "s:* OK [CAPABILITY IMAP4rev1 STARTTLS] \xff\r\n", "c:a1 STARTTLS\r\n",
			"s:a1 NO [UNAVAILABLE] TLS is not available at the moment\r\n", "C:a2 LOGIN u p\r\n", "S:a2 OK [CAPABILITY IMAP4rev1] in\r\n"}, false, map[string]uint64{"refusals": 1}},
		{"garbage", tls(faults.TLSGarbage), false, []string{"S:* OK ready\r\n", "c:a1 STARTTLS\r\n", "s:a1 OK Begin TLS negotiation now\r\n" + noise}, true, map[string]uint64{"garbage": 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := duplextest.New(t, speak(t, c.script), c.look)
			s.Play(c.lines...)
			if c.ends {
				if rest, reset := s.Rest(); rest != "" || reset {
					t.Errorf("heard %q at the end, reset %v", rest, reset)
				}
				_ = s.Client.Close()
				s.Ends()
			}
			if n := s.Meter.Counts(); !maps.Equal(n, c.counts) {
				t.Errorf("counted %v, want %v", n, c.counts)
			}
		})
	}
}

// An answer is late by as much as it should, and one that is held back when the
// rule is taken comes at once.
func TestLateAnswers(t *testing.T) {
	s := duplextest.New(t, speak(t, faults.IMAPScript{Delay: 300 * time.Millisecond, Late: []string{"NOOP"}}), false)
	s.Play(greeting, "C:a1 NOOP\r\n")
	began := time.Now()
	s.Play("S:a1 OK\r\n")
	if took := time.Since(began); took < 300*time.Millisecond {
		t.Errorf("it took %v", took)
	}
	s = duplextest.New(t, speak(t, faults.IMAPScript{Delay: time.Hour}), false)
	s.Play(greeting, "C:a1 NOOP\r\n", "!:a1 OK\r\n")
	s.Take()
	s.Play("s:a1 OK\r\n")
	s.Ends()
}

// When the rule is taken, what was asked is answered, and the dialogue ends then.
func TestARuleThatIsTaken(t *testing.T) {
	for name, lines := range map[string][2][]string{
		"idle":           {{greeting}, nil},
		"in a command":   {{greeting, "C:a1 FETCH 1 BODY[]\r\n", "S:* 1 FETCH (BODY[] {4}\r\nab"}, {"S:cd)\r\na1 OK\r\n"}},
		"in IDLE":        {{greeting, "C:a1 IDLE\r\n", "S:+ go\r\n"}, nil},
		"in a login":     {{greeting, "C:a1 AUTHENTICATE PLAIN\r\n", "S:+ \r\n"}, nil},
		"after STARTTLS": {{greeting, "C:a1 STARTTLS\r\n", "S:a1 OK\r\n", "C:\x00", "S:\x01"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := duplextest.New(t, speak(t, faults.IMAPScript{}), false)
			s.Play(lines[0]...)
			s.Take()
			s.Play(lines[1]...)
			s.EndsInOrder()
		})
	}
}

func TestUnknownScripts(t *testing.T) { duplextest.ReadsStrictly(t, New) }

func TestLiterals(t *testing.T) {
	for text, want := range map[string]struct {
		size      int64
		waits, ok bool
	}{
		"x {5}\r\n": {5, true, true}, "x {0+}\r\n": {0, false, true}, "x ~{9}\n": {9, true, true}, "{1}x\r\n": {}, "x {}\r\n": {}, "x {+}\r\n": {},
		"x {-1}\r\n": {}, "x {+1}\r\n": {}, "x {99999999999999999999}\r\n": {}, "}\r\n": {}, "x {5": {}, "": {},
	} {
		if size, waits, ok := literal([]byte(text)); ok != want.ok || ok && (size != want.size || waits != want.waits) {
			t.Errorf("literal(%q) = %d, %v, %v", text, size, waits, ok)
		}
	}
}

// FuzzSpeak: whatever the two ends say, the speaker ends with them.
func FuzzSpeak(f *testing.F) {
	f.Add("* OK [CAPABILITY STARTTLS]\r\na OK\r\n+ x\r\nb NO {3}\r\n", "a LOGIN u p\r\nb APPEND x {3}\r\nabc\r\nc IDLE\r\nDONE\r\n", uint8(0))
	f.Add("* PREAUTH\r\n* 1 FETCH (BODY[] {99999999}\r\n", "a SELECT {3+}\r\nx", uint8(1))
	f.Add("* OK\r\na OK\r\n", "a AUTHENTICATE X\r\n*\r\nb STARTTLS\r\n\x00", uint8(2))
	f.Add("{", "{", uint8(3))
	tries := []faults.IMAPScript{
		{}, refuses("SELECT", "APPEND"), {StartTLS: faults.TLSFail, Delay: time.Nanosecond}, {StartTLS: faults.TLSStrip},
		{Bye: &faults.IMAPBye{At: faults.IMAPLogin, Text: "x", Share: 1}}, {Bye: &faults.IMAPBye{At: faults.IMAPSession, Text: "x", Share: 1}},
	}
	f.Fuzz(func(t *testing.T, fromServer, fromClient string, which uint8) {
		duplextest.Survives(t, speak(t, tries[int(which)%len(tries)]), fromServer, fromClient)
	})
}
