package chronicle

import "maildrill/harness/ledger"

// class is one class of the record's problems.
type class struct {
	name string
	fate Fate // of an accepted copy that has it; empty: a mark beside its fate
	fits func(*copyState) bool
}

// classes are those that the record knows. fits tells a copy that may have it
// from other recipients of the same message.
var classes = []class{
	{"lost", Lost, (*copyState).missing},
	{"hidden", "", func(c *copyState) bool { return c.missing() && c.facts.has(onDisk) }},
	{"reported as delivered", "", func(c *copyState) bool { return c.missing() && c.facts.has(receipted) }},
	{"misdelivered", "", func(c *copyState) bool { return c.facts.has(misplaced) }},
	{"damaged", Damaged, func(c *copyState) bool { return c.facts.has(corrupt) && !c.facts.has(inIntact) }},
	{"duplicated", Duplicated, func(c *copyState) bool { return c.facts.has(again) }},
	{"delivered despite rejection", "", func(c *copyState) bool { return c.facts.has(found) && c.refused() }},
	{"bounced and delivered", "", func(c *copyState) bool { return c.facts.has(bounced) && c.facts.has(inIntact) }},
	{"late", Late, func(c *copyState) bool { return c.accepted() && c.facts.has(found) }},
	{"misfiled", "", func(c *copyState) bool { return c.facts.has(inMailbox) && !c.facts.has(inInbox) }},
	{"notified", Notified, func(c *copyState) bool { return c.absent() && c.facts.has(bounced) }},
	{"deferred", Deferred, func(c *copyState) bool { return c.absent() && !c.facts.has(bounced) && c.facts.has(queued) }},
	{"quarantined", Quarantined, func(c *copyState) bool {
		return c.accepted() && c.facts.has(inJunk) && !c.facts.has(inMailbox)
	}},
	{"unknown", Unknown, (*copyState).missing},
	{"indeterminate", Indeterminate, func(c *copyState) bool {
		return c.attempted() && c.submission() == ledger.Indeterminate
	}},
}

// classOf finds a class. One that a later version has added is a mark of every
// copy of the messages that it names.
func classOf(name string) class {
	for _, c := range classes {
		if c.name == name {
			return c
		}
	}
	return class{name: name, fits: func(*copyState) bool { return true }}
}

func (c *copyState) accepted() bool { return c.verdict == ledger.Accepted }

// refused: nobody is responsible for the copy.
func (c *copyState) refused() bool {
	switch c.submission() {
	case ledger.RejectedTemporary, ledger.RejectedPermanent, ledger.NotAttempted:
		return c.attempted()
	}
	return false
}

// absent: accepted, and not in the final reading of any mailbox.
func (c *copyState) absent() bool {
	return c.accepted() && !c.facts.has(inMailbox|inJunk)
}

// missing: absent, and neither bounced nor in a queue.
func (c *copyState) missing() bool { return c.absent() && !c.facts.has(bounced|queued) }
