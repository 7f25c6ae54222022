package esmtp

import (
	"unicode/utf8"

	"github.com/emersion/go-smtp"

	"maildrill/harness/ledger"
)

// Class is what kind of answer ended a phase.
type Class uint8

const (
	Positive  Class = iota + 1 // 2yz, or 3yz where it is due
	Transient                  // 4yz, 421 included
	Permanent                  // 5yz
	Broken                     // no complete, sensible reply: refused, time-out, reset, end of file, half a line, TLS alert
)

func (c Class) String() string {
	return [...]string{"none", "positive", "transient", "permanent", "broken"}[c]
}

// Ending is how an attempt ended for one or more copies. Without a phase
// nothing has ended: the server took what it was offered so far.
type Ending struct {
	Phase ledger.Phase
	Reply Reply // the last one; zero if there was none
	Err   error // what broke; nil if a complete reply decided
}

// Ended tells whether there is nothing more to be done.
func (e Ending) Ended() bool { return e.Phase != 0 }

// Class says what kind of answer it was.
func (e Ending) Class() Class {
	switch {
	case e.Err != nil:
		return Broken
	case e.Reply.Code >= 500:
		return Permanent
	case e.Reply.Code >= 400:
		return Transient
	}
	return Positive
}

// Cause is the ending as an error: what broke, or the refusal as go-smtp would
// return it. Nil if the mail was accepted.
func (e Ending) Cause() error {
	if e.Err != nil || e.Class() == Positive {
		return e.Err
	}
	return &smtp.SMTPError{Code: e.Reply.Code, EnhancedCode: e.Reply.Enhanced, Message: e.Reply.Text}
}

// detailMost bounds what is kept of an error or of a server's words, in bytes.
const detailMost = 200

// Detail is for people: the error, or what the server said.
func (e Ending) Detail() string {
	text := e.Reply.Text
	if e.Err != nil {
		text = e.Err.Error()
	}
	if len(text) <= detailMost {
		return text
	}
	cut := detailMost
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut]
}
