package measure

import (
	"fmt"
	"strings"

	"maildrill/harness/ledger"
)

// illegiblesKept bounds the unreadable messages that are named.
const illegiblesKept = 10

// misread notes a message that its server lists and cannot show.
func (g *sightings) misread(r *inspection, e *ledger.Entry) {
	r.unreadable++
	if r.final && len(g.illegible) < illegiblesKept {
		g.illegible = append(g.illegible, fmt.Sprintf("%s UID %d at %s", e.Mailbox, e.UID, e.Node))
	}
}

// unreadable is how many messages of the final readings cannot be read. Each is
// damage that was found, whoever it was for.
func (g *sightings) unreadable() int {
	return g.tally(func(r *inspection) int { return r.unreadable })
}

// illegibles says so; empty: every message can be read. Any copy that was found
// nowhere may be one of them, and is not proven lost.
func (g *sightings) illegibles() string {
	n := g.unreadable()
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%d messages in the mailboxes cannot be read", n)
}

// unreadablePlaces names the first of them.
func (g *sightings) unreadablePlaces() string {
	said := strings.Join(g.illegible, ", ")
	if more := g.unreadable() - len(g.illegible); more > 0 {
		said += fmt.Sprintf(" and %d more", more)
	}
	return said
}

// surplus is how many missing copies are lost all the same: an unreadable message
// is at most one of them.
func (q *inquiry) surplus() int {
	but := q.absence
	but.unreadable = ""
	if q.absence.unreadable == "" || !q.rules.proven(but) {
		return 0
	}
	return max(0, q.accounts.Unknown-q.accounts.Unreadable)
}

// legible is the gate of unreadable messages: they do no harm to what is asked
// of other mail, but where a copy is missing as well nothing passes.
func (q *inquiry) legible() (wrong, well string) {
	switch missing := q.accounts.Unknown; {
	case q.absence.unreadable == "":
		return "", "every message was read"
	case missing > 0:
		return fmt.Sprintf("%s, and %d copies are missing", q.absence.unreadable, missing), ""
	}
	return "", q.absence.unreadable + ", but no copy is missing"
}
