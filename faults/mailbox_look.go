package faults

import (
	"context"
	"errors"
	"strings"
	"time"
)

// mailboxLook is a dialogue of the drill's own with a server of IMAP or POP3. It
// says all at once and reads until the server ends the connection. It logs
// nobody in: a server answers its commands with errors, other ones than a fault.
type mailboxLook struct {
	greets string // how a greeting begins
	say    string
	// greeting is what is looked for in place of a greeting; nothing is said then.
	greeting string
	shows    func(Sight, error) bool
}

func (l mailboxLook) at(ctx context.Context, p passage) (bool, string, error) {
	v := Visit{To: p.to[0], Greeting: l.greets, Say: []byte(l.say), Hear: lookHears, Timeout: lookTime}
	if l.greeting != "" {
		v = Visit{To: p.to[0], Hear: len(l.greeting) + 2, Timeout: lookTime}
	}
	return attemptAt(ctx, p.from, v, l.shows)
}

// Lines that a look says. Its tags are L1 and on.
const (
	sayIMAPLook = "look@drill.invalid look"
	sayLogout   = "L9 LOGOUT\r\n"
)

// imapLook says one command with words that none of them takes for good, and
// looks for a line.
func imapLook(command, line string) mailboxLook {
	return mailboxLook{greets: "* OK", say: "L1 " + command + " " + sayIMAPLook + "\r\n" + sayLogout, shows: said(line)}
}

// popLook is the same for POP3.
func popLook(command, line string) mailboxLook {
	return mailboxLook{greets: "+OK", say: command + " look look\r\n" + sayQuit, shows: said(line)}
}

// answersLate makes it look for an answer that begins so and comes late. One that
// never ends is not late.
func (l mailboxLook) answersLate(begins string, delay time.Duration) mailboxLook {
	delay = min(delay, LookWait)
	l.shows = func(s Sight, _ error) bool {
		took := s.Heard - s.Greeted
		return s.Greeted > 0 && took >= delay && s.Heard < lookTime-lookTime/20 && strings.Contains("\n"+string(s.Bytes), "\n"+begins)
	}
	return l
}

// breaks makes it look for a reset without a word.
func (l mailboxLook) breaks() mailboxLook {
	l.shows = func(s Sight, err error) bool { return errors.Is(err, ErrReset) && s.Greeted > 0 && len(s.Bytes) == 0 }
	return l
}
