package pop3

import (
	"maps"
	"strings"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/harness/agent/dialogue"
	"maildrill/harness/agent/dialogue/duplex/duplextest"
)

func speak(t testing.TB, script faults.POP3Script) dialogue.Speaker {
	t.Helper()
	return duplextest.Follows(t, New, script)
}

func refuses(command string) faults.POP3Script {
	return faults.POP3Script{Errors: []faults.POP3Error{{Command: command, Code: "SYS/TEMP", Text: "drill", Share: 1}}}
}

const greeting = "S:+OK ready <1.2@store1>\r\n"

// message is one that looks like a dialogue.
var message = "Subject: x\r\n\r\n+OK\r\n-ERR no\r\n+ \r\n..\r\nbare \n.\r\n \x00\xff\r\n" + strings.Repeat("long ", 20000) + "\r\n"

// What a script is not about passes byte for byte, whatever it looks like.
func TestWhatIsNotMeantPasses(t *testing.T) {
	for session, lines := range map[string][]string{
		"one by one": {
			greeting, "C:CAPA\r\n", "S:+OK\r\nUSER\r\nSASL PLAIN\r\n.\r\n", "C:USER u\r\n", "S:+OK\r\n", "C:PASS a b\r\n", "S:+OK in\r\n",
			"C:RETR 1\r\n", "S:+OK 9 octets\r\n" + message + ".\r\n", "C:LIST 1\r\n", "S:+OK 1 9\r\n", "C:LIST\r\n", "S:+OK\r\n1 9\r\n.\r\n",
			"C:TOP 1 0\r\n", "S:-ERR no\r\n", "C:QUIT\r\n", "S:+OK bye\r\n",
		},
		"together": {
			greeting, "C:USER u\r\nPASS p\r\nUIDL\r\nRETR 1\r\n\r\nSTAT\r\n", "S:+OK\r\n+OK\r\n+OK\r\n1 +OK\r\n.\r\n+OK\r\n" + message + ".\r\n-ERR what\r\n+OK 1 2\r\n",
		},
		"unheard of": {greeting, "C:XMANY\r\n", "S:+OK\r\none\r\n.\r\n", "C:\x00\xff\r\n", "S:-ERR\r\n", "C:LANG\r\n", "S:+OK\r\nen\r\n.\r\n", "S:\x00\r\n"},
		"authenticate": {
			greeting, "C:AUTH\r\n", "S:+OK\r\nPLAIN\r\n.\r\n", "C:AUTH PLAIN\r\n", "S:+ \r\n", "C:RETR 1\r\n", "S:+ more\r\n", "C:*\r\n", "S:-ERR cancelled\r\n", "C:RETR 1\r\n", "S:-ERR\r\n",
		},
		"a challenge without a space": {greeting, "C:AUTH LOGIN\r\n", "S:+\r\n", "C:dQ==\r\n", "S:+\r\n", "C:cA==\r\n", "S:+OK in\r\n", "C:QUIT\r\n", "S:+OK\r\n"},
		"in secret":                   {greeting, "C:STLS\r\n", "S:+OK begin\r\n", "C:\x16\x03 no end", "S:\x16 nor here", "C:RETR 1\r\n", "S:+OK\r\n"},
	} {
		for name, script := range map[string]faults.POP3Script{
			"nothing": {}, "another command": refuses("DELE"), "another is late": {Delay: time.Hour, Late: []string{"DELE"}}, "no share": {Cut: true},
		} {
			t.Run(session+", "+name, func(t *testing.T) {
				duplextest.Passes(t, speak(t, script), lines...)
			})
		}
	}
}

func TestScripts(t *testing.T) {
	in := []string{greeting, "C:USER u\r\n", "S:+OK\r\n", "C:PASS p\r\n", "S:+OK\r\n"}
	cut := func(after int64) faults.POP3Script {
		return faults.POP3Script{Cut: true, CutAfter: after, CutShare: 1}
	}
	for _, c := range []struct {
		name   string
		script faults.POP3Script
		look   bool
		lines  []string
		resets bool
		counts map[string]uint64
	}{
		{"a command", refuses("PASS"), false, []string{greeting, "C:USER u\r\n", "S:+OK\r\n", "c:pass p\r\n", "s:-ERR [SYS/TEMP] drill\r\n", "C:QUIT\r\n"}, false, map[string]uint64{"replies": 1}},
		{"in its turn", refuses("STAT"), false, append(in, "C:RETR 1\r\n", "c:STAT\r\n", "S:+OK\r\n-ERR\r\nbare \n.\r\n", "S:x\r\n.\r\n", "s:-ERR [SYS/TEMP] drill\r\n"), false, map[string]uint64{"replies": 1}},
		{"a login by AUTH", refuses("AUTH"), false, []string{greeting, "c:AUTH PLAIN\r\n", "s:-ERR [SYS/TEMP] drill\r\n", "C:QUIT\r\n"}, false, map[string]uint64{"replies": 1}},
		{"a look, whatever the share", faults.POP3Script{Errors: []faults.POP3Error{{Command: "UIDL", Text: "x"}}}, true,
			[]string{greeting, "c:UIDL look\r\n", "s:-ERR x\r\n"}, false, map[string]uint64{"replies": 1}},
		{"late", faults.POP3Script{Delay: time.Millisecond, Late: []string{"RETR"}}, false, append(in, "C:RETR 1\r\nNOOP\r\n", "S:+OK\r\nx\r\n.\r\n+OK\r\n"), false, map[string]uint64{"delays": 1}},
		{"cut", cut(3), false, append(in, "C:RETR 1\r\n", "!:+OK\r\nab\r\ncd\r\n.\r\n", "s:+OK\r\nab\r"), true, map[string]uint64{"messages": 1}},
		{"cut at once", cut(0), false, append(in, "C:RETR 1\r\n", "!:+OK\r\nab\r\n", "s:+OK\r\n"), true, map[string]uint64{"messages": 1}},
		{"cut before the end", cut(999), false, append(in, "C:RETR 1\r\n", "!:+OK\r\nab\r\n..\r\n.\r\n", "s:+OK\r\nab\r\n..\r\n"), true, map[string]uint64{"messages": 1}},
		{"not what fails, nor TOP", cut(0), false, append(in, "C:RETR 9\r\n", "S:-ERR\r\n", "C:TOP 1 0\r\n", "S:+OK\r\na\r\n.\r\n"), false, nil},
		{"a look is cut", cut(9), true, []string{greeting, "c:RETR look\r\n"}, true, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := duplextest.New(t, speak(t, c.script), c.look)
			s.Play(c.lines...)
			if c.resets {
				if rest, reset := s.Rest(); rest != "" || !reset {
					t.Errorf("heard %q at the end, reset %v", rest, reset)
				}
				s.Ends()
			}
			if n := s.Meter.Counts(); !maps.Equal(n, c.counts) {
				t.Errorf("counted %v, want %v", n, c.counts)
			}
		})
	}
}

// When the rule is taken, what was asked is answered, and the dialogue ends then.
func TestARuleThatIsTaken(t *testing.T) {
	for name, lines := range map[string][2][]string{
		"idle":         {{greeting}, nil},
		"in a message": {{greeting, "C:RETR 1\r\n", "S:+OK\r\nab\r\n"}, {"S:cd\r\n.\r\n"}},
		"late":         {{greeting, "C:STAT\r\n", "!:+OK 1 2\r\n"}, {"s:+OK 1 2\r\n"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := duplextest.New(t, speak(t, faults.POP3Script{Delay: time.Hour, Late: []string{"STAT"}}), false)
			s.Play(lines[0]...)
			s.Take()
			s.Play(lines[1]...)
			s.EndsInOrder()
		})
	}
}

func TestUnknownScripts(t *testing.T) { duplextest.ReadsStrictly(t, New) }

// FuzzSpeak: whatever the two ends say, the speaker ends with them.
func FuzzSpeak(f *testing.F) {
	f.Add("+OK\r\n+OK\r\n+ x\r\n-ERR\r\na\r\n.\r\n", "USER u\r\nRETR 1\r\nAUTH X\r\n*\r\n", uint8(0))
	f.Add("+OK\r\n+OK\r\nab\r\n.", "RETR 1\r\nSTLS\r\n", uint8(1))
	f.Add("+", "\r\n", uint8(2))
	tries := []faults.POP3Script{{}, {Cut: true, CutAfter: 1, CutShare: 1}, refuses("RETR"), {Delay: time.Nanosecond}}
	f.Fuzz(func(t *testing.T, fromServer, fromClient string, which uint8) {
		duplextest.Survives(t, speak(t, tries[int(which)%len(tries)]), fromServer, fromClient)
	})
}
