package workload

import (
	"maildrill/harness/esmtp"
	"maildrill/harness/ledger"
)

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
	class esmtp.Class
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
	{ledger.PhaseResolve, esmtp.Broken, ruling{ledger.NotAttempted, true}},
	{ledger.PhaseConnect, esmtp.Broken, ruling{ledger.NotAttempted, true}},
	{ledger.PhaseGreeting, esmtp.Transient, ruling{ledger.NotAttempted, true}},
	{ledger.PhaseGreeting, esmtp.Permanent, ruling{ledger.NotAttempted, true}}, // 554: this host takes no mail (RFC 7504)
	{ledger.PhaseGreeting, esmtp.Broken, ruling{ledger.NotAttempted, true}},
	{ledger.PhaseHello, esmtp.Transient, ruling{ledger.NotAttempted, true}},
	{ledger.PhaseHello, esmtp.Permanent, ruling{ledger.NotAttempted, true}},
	{ledger.PhaseHello, esmtp.Broken, ruling{ledger.NotAttempted, true}},
	{ledger.PhaseTLS, esmtp.Transient, ruling{ledger.NotAttempted, true}},
	{ledger.PhaseTLS, esmtp.Permanent, ruling{ledger.NotAttempted, true}},
	{ledger.PhaseTLS, esmtp.Broken, ruling{ledger.NotAttempted, true}},
	{ledger.PhaseAuth, esmtp.Transient, ruling{ledger.NotAttempted, true}},
	{ledger.PhaseAuth, esmtp.Permanent, ruling{ledger.NotAttempted, true}},
	{ledger.PhaseAuth, esmtp.Broken, ruling{ledger.NotAttempted, true}},

	{ledger.PhaseMail, esmtp.Transient, ruling{ledger.RejectedTemporary, true}},
	{ledger.PhaseMail, esmtp.Permanent, ruling{ledger.RejectedPermanent, false}},
	{ledger.PhaseMail, esmtp.Broken, ruling{ledger.NotAttempted, true}},
	{ledger.PhaseRcpt, esmtp.Transient, ruling{ledger.RejectedTemporary, true}},
	{ledger.PhaseRcpt, esmtp.Permanent, ruling{ledger.RejectedPermanent, false}},
	{ledger.PhaseRcpt, esmtp.Broken, ruling{ledger.NotAttempted, true}},
	{ledger.PhaseData, esmtp.Transient, ruling{ledger.RejectedTemporary, true}},
	{ledger.PhaseData, esmtp.Permanent, ruling{ledger.RejectedPermanent, false}},
	{ledger.PhaseData, esmtp.Broken, ruling{ledger.NotAttempted, true}},
	{ledger.PhaseContent, esmtp.Broken, ruling{ledger.NotAttempted, true}},

	{ledger.PhaseReply, esmtp.Transient, ruling{ledger.RejectedTemporary, false}},
	{ledger.PhaseReply, esmtp.Permanent, ruling{ledger.RejectedPermanent, false}},
	{ledger.PhaseReply, esmtp.Broken, ruling{ledger.Indeterminate, false}},
	{ledger.PhaseDone, esmtp.Positive, ruling{ledger.Accepted, false}},
}

// rule looks an ending up. One that the table does not know is a defect of this
// package; it counts as indeterminate, which claims nothing.
func rule(p ledger.Phase, c esmtp.Class) ruling {
	for _, r := range verdicts {
		if r.phase == p && r.class == c {
			return r.ruling
		}
	}
	return ruling{ledger.Indeterminate, false}
}
