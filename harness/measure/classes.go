package measure

import "maildrill/harness/ledger"

// class is what finally became of an accepted copy.
type class uint8

const (
	delivered   class = iota + 1 // intact, in a mailbox of its recipient, in the final reading
	damaged                      // there, but no copy is intact
	quarantined                  // only where a filter puts things
	bounced                      // nowhere, and the sender was told
	deferred                     // nowhere, and in the last reading of a queue
	lost                         // nowhere, and absence is proven
	unknown                      // not found, and absence is not proven
)

// classify gives the final class of a copy that was accepted. Absence says
// whether what was found nowhere may be called lost.
func classify(s state, absenceProven bool) class {
	switch {
	case s.has(inIntact):
		return delivered
	case s.has(inMailbox):
		return damaged
	case s.has(inJunk):
		return quarantined
	case s.has(notified):
		return bounced
	case s.has(queued):
		return deferred
	case absenceProven:
		return lost
	}
	return unknown
}

// mark is a fact about a copy beside its class.
type mark struct {
	name  string
	holds func(state) bool
}

// marks are those that stand in the record of problems by themselves, whatever
// class the copy has. Evidence of presence needs no proof of absence.
var marks = []mark{
	{"misdelivered", func(s state) bool { return s.has(misplaced) }},
	{"misfiled", func(s state) bool { return s.has(inMailbox) && !s.has(inInbox) }},
	{"delivered despite rejection", func(s state) bool { return s.has(seen) && s.attempted() && rejected(s) }},
	{"bounced and delivered", func(s state) bool { return s.has(notified) && s.has(inIntact) }},
}

func rejected(s state) bool {
	switch s.submission() {
	case ledger.RejectedTemporary, ledger.RejectedPermanent, ledger.NotAttempted:
		return true
	}
	return false
}
