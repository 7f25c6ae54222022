package workload

import (
	"maildrill/harness/esmtp"
	"maildrill/harness/ledger"
)

// try begins an attempt. What the one before came to for the copies that are
// still undecided is written down now that another follows.
func (y *delivery) try(a attempt) {
	for _, i := range y.pending {
		if y.last[i].Ended() {
			y.entries = append(y.entries, y.last[i].entry(ledger.Try, copyOf(y.letter.Arrival, i)))
		}
	}
	y.write()
	y.now = a
}

// endAll ends the attempt for all that is pending.
func (y *delivery) endAll(end esmtp.Ending) {
	y.now.ended = y.clock()
	y.now.Ending = end
	for _, i := range y.pending {
		y.last[i] = y.now
	}
	y.decide()
}

// settle ends the attempt for each pending recipient in its own way.
func (y *delivery) settle(ends []esmtp.Ending) {
	y.now.ended = y.clock()
	for n, i := range y.pending {
		y.now.Ending = ends[n]
		y.last[i] = y.now
	}
	y.decide()
}

// decide records the outcome of what the attempt decided; the rest stays
// pending.
func (y *delivery) decide() {
	left := y.pending[:0]
	for _, i := range y.pending {
		if rule(y.last[i].Phase, y.last[i].Class()).elsewhere {
			left = append(left, i)
			continue
		}
		y.outcome(i)
	}
	y.pending = left
	y.write()
}

// outcome notes the verdict on a copy: what its last attempt came to.
func (y *delivery) outcome(i int) {
	a := &y.last[i]
	e := a.entry(ledger.Outcome, copyOf(y.letter.Arrival, i))
	if a.Phase >= ledger.PhaseReply {
		e.Sent = a.sent
	}
	e.Verdict = rule(a.Phase, a.Class()).verdict
	y.entries = append(y.entries, e)
	y.tally.outcome(e.Verdict)
}

func (a *attempt) entry(k ledger.Kind, c ledger.Copy) ledger.Entry {
	return ledger.Entry{Kind: k, Copy: c, Start: a.began, End: a.ended, Node: a.node, Phase: a.Phase,
		Code: uint16(a.Reply.Code), Enhanced: a.Reply.Status(), Detail: a.Detail()}
}

// write records what was noted.
func (y *delivery) write() {
	if len(y.entries) > 0 {
		y.record(y.entries...)
		y.entries = y.entries[:0]
	}
}
