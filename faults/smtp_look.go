package faults

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// smtpLook is a dialogue of the drill's own, and what of it shows the fault. It
// says all at once and reads until the server ends the connection: a server that
// minds that refuses it, which is not what a fault looks like.
type smtpLook struct {
	say []string
	// greeting is what is looked for in place of a greeting; nothing is said then.
	greeting string
	shows    func(Sight, error) bool
}

// lookTime bounds a look, and lookHears what it reads.
const (
	lookTime  = 3 * time.Second
	lookHears = 16 << 10
)

func (l smtpLook) at(ctx context.Context, p passage) (bool, string, error) {
	v := Visit{To: p.to[0], Hear: lookHears, Timeout: lookTime}
	if l.greeting != "" {
		v.Hear = len(l.greeting) + 2 // no more: a server that waits for a word would wait
	} else {
		hello := "EHLO"
		if p.service == "lmtp" {
			hello = "LHLO"
		}
		v.Greeting = "220"
		v.Say = []byte(hello + " look.drill.invalid\r\n" + strings.Join(l.say, ""))
	}
	return attemptAt(ctx, p.from, v, l.shows)
}

// attemptAt makes an attempt and asks whether what it saw shows the fault.
func attemptAt(ctx context.Context, from Node, v Visit, shows func(Sight, error) bool) (bool, string, error) {
	s, err := visit(ctx, from, v)
	if ctx.Err() != nil {
		return false, "", ctx.Err()
	}
	if err != nil && !missed(err) {
		return false, err.Error(), nil // for instance another greeting
	}
	return shows(s, err), fmt.Sprintf("%q, %v", last(string(s.Bytes)), err), nil
}

// missed tells the ways in which a look may fail that say something.
func missed(err error) bool {
	for _, way := range []error{ErrRefused, ErrNoAnswer, ErrNoGreeting, ErrReset, ErrUnreachable, ErrNoHandshake} {
		if errors.Is(err, way) {
			return true
		}
	}
	return false
}

// last is the end of a text.
func last(text string) string {
	text = strings.TrimSpace(text)
	return text[max(0, len(text)-120):]
}

// Parts of what a look says.
const (
	sayQuit  = "QUIT\r\n"
	sayMail  = "MAIL FROM:<>\r\n"
	sayRcpt  = "RCPT TO:<" + SMTPLook + ">\r\n"
	sayData  = "DATA\r\n"
	sayStart = "STARTTLS\r\n"
	sayAuth  = "AUTH PLAIN AGxvb2sAbG9vaw==\r\n"
	sayText  = "Subject: a look of the drill's\r\n\r\n.\r\n"
)

// until is what a look says to come to a phase.
var until = map[SMTPPhase][]string{
	SMTPConnect: nil,
	SMTPHelo:    {sayQuit},
	SMTPStart:   {sayStart, sayQuit},
	SMTPAuth:    {sayAuth, sayQuit},
	SMTPMail:    {sayMail, sayQuit},
	SMTPRcpt:    {sayMail, sayRcpt, sayQuit},
	SMTPData:    {sayMail, sayRcpt, sayData, sayQuit},
	SMTPEOD:     {sayMail, sayRcpt, sayData, sayText, sayQuit},
	SMTPQuit:    {sayQuit},
}

// said tells whether a line was heard.
func said(line string) func(Sight, error) bool {
	return func(s Sight, _ error) bool {
		for l := range strings.Lines(string(s.Bytes)) {
			if strings.TrimRight(l, "\r\n") == line {
				return true
			}
		}
		return false
	}
}

// hears looks for a line in the dialogue up to a phase.
func hears(p SMTPPhase, line string) smtpLook {
	l := smtpLook{say: until[p], shows: said(line)}
	if p == SMTPConnect {
		l.greeting = line
	}
	return l
}

// cutOff looks for a connection that ends when a message was given, without a
// word about it, in the given way.
func cutOff(how error) smtpLook {
	return smtpLook{say: until[SMTPEOD], shows: func(s Sight, err error) bool {
		_, after, begun := strings.Cut(string(s.Bytes), "\r\n354 ")
		return begun && errors.Is(err, how) && strings.Count(after, "\n") <= 1
	}}
}

// waits looks for a greeting that comes late, and no later than that: a look is
// kept waiting for at most [longestWait].
func waits(say []string, when func(Sight) time.Duration, want time.Duration) smtpLook {
	want = min(want, LookWait)
	return smtpLook{say: say, shows: func(s Sight, _ error) bool {
		took := when(s)
		return took >= want && took < want+time.Second
	}}
}

// LookWait is the longest time for which a proxy keeps a look waiting.
const LookWait = time.Second
