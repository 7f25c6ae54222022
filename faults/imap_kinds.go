package faults

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// imapCommands are those of RFC 9051, 6, and LSUB of RFC 3501, besides the ones
// that have a fault of their own or cannot be refused.
var imapCommands = strings.Fields("NOOP AUTHENTICATE LOGIN ENABLE SELECT EXAMINE CREATE DELETE RENAME SUBSCRIBE UNSUBSCRIBE LIST LSUB NAMESPACE STATUS " +
	"APPEND IDLE CLOSE UNSELECT EXPUNGE SEARCH FETCH STORE COPY MOVE")

// imapLogins are the commands by which somebody comes in.
var imapLogins = []string{"LOGIN", "AUTHENTICATE"}

// responseCode is the form of one without arguments (RFC 9051, 9; RFC 2449, 8).
var responseCode = regexp.MustCompile(`^([A-Z][A-Z0-9/-]*)?$`)

// refusal is the text of an answer with its code, and how often it is given.
type refusal struct{ code, text, rate string }

// share checks the text and reads the rate.
func (p refusal) share() (float64, error) {
	if !responseCode.MatchString(p.code) {
		return 0, fmt.Errorf("code %q; valid: a response code without brackets, such as UNAVAILABLE, or none", p.code)
	}
	if p.text == "" || strings.ContainsFunc(p.text, func(r rune) bool { return r < ' ' || r > '~' }) {
		return 0, errors.New("text must be one line of ASCII and not empty")
	}
	return shareOf(p.rate)
}

// commandOf finds a command among those that there are.
func commandOf(text string, valid []string) (string, error) {
	if name := strings.ToUpper(text); slices.Contains(valid, name) {
		return name, nil
	}
	return "", fmt.Errorf("command %q; valid: %s", text, strings.Join(valid, ", "))
}

type noParams struct {
	Command string `yaml:"command"`
	Code    string `yaml:"code"`
	Text    string `yaml:"text"`
	Rate    string `yaml:"rate"`
}

func newNo(decode func(any) error) (Fault, error) {
	p, err := decoded(decode, noParams{"SELECT", "UNAVAILABLE", "Refused for a drill", "100%"})
	if err != nil {
		return nil, err
	}
	command, err := commandOf(p.Command, imapCommands)
	if err != nil {
		return nil, err
	}
	return newIMAPAnswer("imap.no", p, []string{command}, refusal{p.Code, p.Text, p.Rate})
}

// newIMAPAnswer makes a fault of one answer; a look says the first command.
func newIMAPAnswer(kind string, params any, commands []string, p refusal) (Fault, error) {
	share, err := p.share()
	if err != nil {
		return nil, err
	}
	script := IMAPScript{Answers: []IMAPAnswer{{Commands: commands, Code: p.code, Text: p.text, Share: share}}}
	return newScripted(kind, params, overIMAP, script, imapLook(commands[0], "L1 NO "+Coded(p.code, p.text)))
}

type byeParams struct {
	At    string `yaml:"at"`
	After int    `yaml:"after"`
	Code  string `yaml:"code"`
	Text  string `yaml:"text"`
	Rate  string `yaml:"rate"`
}

func newBye(decode func(any) error) (Fault, error) {
	p, err := decoded(decode, byeParams{string(IMAPGreeting), 5, "UNAVAILABLE", "Shut down for a drill", "100%"})
	if err != nil {
		return nil, err
	}
	look, line := imapLook("LOGIN", ""), "* BYE "+Coded(p.Code, p.Text)
	look.shows = said(line)
	switch IMAPPoint(p.At) {
	case IMAPGreeting:
		look.greeting = line
	case IMAPSession:
		look.say = "L1 NOOP\r\nL2 NOOP\r\n" + sayLogout
	case IMAPLogin:
	default:
		return nil, fmt.Errorf("at %q; valid: greeting, login, session", p.At)
	}
	if p.After < 0 {
		return nil, errors.New("after; valid: 0 commands and more")
	}
	share, err := refusal{p.Code, p.Text, p.Rate}.share()
	if err != nil {
		return nil, err
	}
	bye := &IMAPBye{At: IMAPPoint(p.At), After: p.After, Code: p.Code, Text: p.Text, Share: share}
	return newScripted("imap.bye", p, overIMAP, IMAPScript{Bye: bye}, look)
}

type answerParams struct {
	Command string        `yaml:"command"`
	Delay   time.Duration `yaml:"delay"`
}

// late checks the delay, and gives the commands that are late: none stands for
// each.
func (p answerParams) late(valid []string) ([]string, error) {
	if p.Delay < 200*time.Millisecond {
		return nil, fmt.Errorf("delay %v; valid: at least 200ms", p.Delay)
	}
	if p.Command == "" {
		return nil, nil
	}
	command, err := commandOf(p.Command, valid)
	return []string{command}, err
}

func newIMAPSlow(decode func(any) error) (Fault, error) {
	p, err := decoded(decode, answerParams{Delay: 5 * time.Second})
	if err != nil {
		return nil, err
	}
	late, err := p.late(imapCommands)
	if err != nil {
		return nil, err
	}
	return newIMAPLate("imap.slow", p, late, p.Delay)
}

// newIMAPLate makes a fault of late answers.
func newIMAPLate(kind string, params any, late []string, delay time.Duration) (Fault, error) {
	command := "NOOP"
	if len(late) > 0 {
		command = late[0]
	}
	return newScripted(kind, params, overIMAP, IMAPScript{Delay: delay, Late: late}, imapLook(command, "").answersLate("L1 ", delay))
}

// imapRefusals are what logins are answered with (RFC 5530, 3).
var imapRefusals = map[string]refusal{
	"fail":        {"AUTHENTICATIONFAILED", "Credentials refused for a drill", "100%"},
	"unavailable": {"UNAVAILABLE", "Directory not available for a drill", "100%"},
}

func newIMAPAuth(decode func(any) error) (Fault, error) {
	p, err := decoded(decode, authParams{"fail", 10 * time.Second})
	if err != nil {
		return nil, err
	}
	if said, ok := imapRefusals[p.Mode]; ok {
		return newIMAPAnswer("imap.auth", p, imapLogins, said)
	}
	if p.Mode != "slow" || p.Delay < 200*time.Millisecond {
		return nil, fmt.Errorf("mode %q with delay %v; valid: fail, unavailable, or slow with a delay of at least 200ms", p.Mode, p.Delay)
	}
	return newIMAPLate("imap.auth", p, imapLogins, p.Delay)
}

// imapTLSLines are what a look hears of each.
var imapTLSLines = map[SMTPStartTLS]string{
	TLSStrip:   "L1 BAD STARTTLS is not offered",
	TLSFail:    "L1 NO [UNAVAILABLE] TLS is not available at the moment",
	TLSGarbage: tlsLines[TLSGarbage],
}

func newIMAPStartTLS(decode func(any) error) (Fault, error) {
	p, err := decoded(decode, starttlsParams{string(TLSFail)})
	if err != nil {
		return nil, err
	}
	line, ok := imapTLSLines[SMTPStartTLS(p.Mode)]
	if !ok {
		return nil, fmt.Errorf("mode %q; valid: strip, fail, garbage", p.Mode)
	}
	look := imapLook("", line)
	look.say = "L1 STARTTLS\r\n" + sayLogout
	return newScripted("imap.starttls", p, overIMAP, IMAPScript{StartTLS: SMTPStartTLS(p.Mode)}, look)
}
