package faults

import (
	"errors"
	"strings"
	"time"
)

// popCommands are those of RFC 1939 with AUTH (RFC 5034) and CAPA (RFC 2449),
// besides QUIT, of which clients expect nothing.
var popCommands = strings.Fields("USER PASS APOP AUTH CAPA STAT LIST UIDL RETR TOP DELE NOOP RSET")

func newPOP3Error(decode func(any) error) (Fault, error) {
	p, err := decoded(decode, noParams{"PASS", "SYS/TEMP", "Refused for a drill", "100%"})
	if err != nil {
		return nil, err
	}
	command, err := commandOf(p.Command, popCommands)
	if err != nil {
		return nil, err
	}
	share, err := refusal{p.Code, p.Text, p.Rate}.share()
	if err != nil {
		return nil, err
	}
	script := POP3Script{Errors: []POP3Error{{Command: command, Code: p.Code, Text: p.Text, Share: share}}}
	return newScripted("pop3.err", p, overPOP3, script, popLook(command, "-ERR "+Coded(p.Code, p.Text)))
}

func newPOP3Slow(decode func(any) error) (Fault, error) {
	p, err := decoded(decode, answerParams{Delay: 5 * time.Second})
	if err != nil {
		return nil, err
	}
	late, err := p.late(popCommands)
	if err != nil {
		return nil, err
	}
	look := popLook("NOOP", "")
	if len(late) > 0 {
		look = popLook(late[0], "")
	}
	return newScripted("pop3.slow", p, overPOP3, POP3Script{Delay: p.Delay, Late: late}, look.answersLate("", p.Delay))
}

type popCutParams struct {
	After int    `yaml:"after"`
	Rate  string `yaml:"rate"`
}

func newPOP3Cut(decode func(any) error) (Fault, error) {
	p, err := decoded(decode, popCutParams{1024, "100%"})
	if err == nil && p.After < 0 {
		err = errors.New("after; valid: 0 bytes and more")
	}
	if err != nil {
		return nil, err
	}
	share, err := shareOf(p.Rate)
	if err != nil {
		return nil, err
	}
	return newScripted("pop3.cut", p, overPOP3, POP3Script{Cut: true, CutAfter: int64(p.After), CutShare: share}, popLook("RETR", "").breaks())
}
