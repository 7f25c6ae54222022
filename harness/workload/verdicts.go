package workload

import (
	"fmt"

	"maildrill/harness/ledger"
)

// class is what kind of answer ended a phase.
type class uint8

const (
	positive  class = iota + 1 // 2yz, or 3yz where it is due
	transient                  // 4yz, 421 included
	permanent                  // 5yz
	broken                     // no complete, sensible reply: refused, time-out, reset, end of file, half a line, TLS alert
)

func (c class) String() string {
	return [...]string{"none", "positive", "transient", "permanent", "broken"}[c]
}

// ruling is what an ending means for the copies it concerns.
type ruling struct {
	verdict ledger.Verdict
	// elsewhere: nothing was decided, so the next host may be tried (RFC 5321,
	// section 5.1).
	elsewhere bool
}

// row is one line of the table of verdicts.
type row struct {
	phase ledger.Phase
	class class
	ruling
}

// verdicts is the whole table: which phase a transaction ended in, by what kind
// of answer, and what that proves.
//
// Before MAIL nothing of the message was offered. MAIL, RCPT and DATA can be
// refused, RCPT for each recipient on its own; without a reply nothing was
// accepted, because only a success reply after the terminator hands
// responsibility over (RFC 5321, section 2.1). After the terminator's first
// byte only a complete reply tells what became of the copies: 4yz and 5yz mean
// that the server must not deliver (section 4.2.5).
var verdicts = []row{
	{ledger.PhaseResolve, broken, ruling{ledger.NotAttempted, true}},
	{ledger.PhaseConnect, broken, ruling{ledger.NotAttempted, true}},
	{ledger.PhaseGreeting, transient, ruling{ledger.NotAttempted, true}},
	{ledger.PhaseGreeting, permanent, ruling{ledger.NotAttempted, true}}, // 554: this host takes no mail (RFC 7504)
	{ledger.PhaseGreeting, broken, ruling{ledger.NotAttempted, true}},
	{ledger.PhaseHello, transient, ruling{ledger.NotAttempted, true}},
	{ledger.PhaseHello, permanent, ruling{ledger.NotAttempted, true}},
	{ledger.PhaseHello, broken, ruling{ledger.NotAttempted, true}},
	{ledger.PhaseTLS, transient, ruling{ledger.NotAttempted, true}},
	{ledger.PhaseTLS, permanent, ruling{ledger.NotAttempted, true}},
	{ledger.PhaseTLS, broken, ruling{ledger.NotAttempted, true}},
	{ledger.PhaseAuth, transient, ruling{ledger.NotAttempted, true}},
	{ledger.PhaseAuth, permanent, ruling{ledger.NotAttempted, true}},
	{ledger.PhaseAuth, broken, ruling{ledger.NotAttempted, true}},

	{ledger.PhaseMail, transient, ruling{ledger.RejectedTemporary, true}},
	{ledger.PhaseMail, permanent, ruling{ledger.RejectedPermanent, false}},
	{ledger.PhaseMail, broken, ruling{ledger.NotAttempted, true}},
	{ledger.PhaseRcpt, transient, ruling{ledger.RejectedTemporary, true}},
	{ledger.PhaseRcpt, permanent, ruling{ledger.RejectedPermanent, false}},
	{ledger.PhaseRcpt, broken, ruling{ledger.NotAttempted, true}},
	{ledger.PhaseData, transient, ruling{ledger.RejectedTemporary, true}},
	{ledger.PhaseData, permanent, ruling{ledger.RejectedPermanent, false}},
	{ledger.PhaseData, broken, ruling{ledger.NotAttempted, true}},
	{ledger.PhaseContent, broken, ruling{ledger.NotAttempted, true}},

	{ledger.PhaseReply, transient, ruling{ledger.RejectedTemporary, false}},
	{ledger.PhaseReply, permanent, ruling{ledger.RejectedPermanent, false}},
	{ledger.PhaseReply, broken, ruling{ledger.Indeterminate, false}},
	{ledger.PhaseDone, positive, ruling{ledger.Accepted, false}},
}

// rule looks an ending up. One that the table does not know is a defect of this
// package; it counts as indeterminate, which claims nothing.
func rule(p ledger.Phase, c class) ruling {
	for _, r := range verdicts {
		if r.phase == p && r.class == c {
			return r.ruling
		}
	}
	return ruling{ledger.Indeterminate, false}
}

// ending is how an attempt ended for one or more copies.
type ending struct {
	phase ledger.Phase
	reply reply // the last one; zero if there was none
	err   error // what broke; nil if a complete reply decided
}

func (e ending) class() class {
	switch {
	case e.err != nil:
		return broken
	case e.reply.code >= 500:
		return permanent
	case e.reply.code >= 400:
		return transient
	}
	return positive
}

// detail is for people: the error, or what the server said.
func (e ending) detail() string {
	text := e.reply.text
	if e.err != nil {
		text = e.err.Error()
	}
	return fmt.Sprintf("%.200s", text)
}
