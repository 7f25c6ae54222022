package measure

import (
	"fmt"

	"maildrill/harness/ledger"
)

// state is what the ledger says of one copy: 18 bytes, because there may be
// millions of them.
type state struct {
	flags   flags
	verdict ledger.Verdict
	store   uint8  // the store that found counts at, as numbered by the survey
	scan    uint16 // newest scan that found it, anywhere of its recipient's
	placed  uint16 // newest scan that found it outside quarantine
	intact  uint16 // newest scan that found it there undamaged
	view    uint16 // the scan that found counts in
	found   uint16 // physical copies in that scan at that store, so far
	most    uint16 // physical copies in any one scan of any one store
	queued  uint16 // newest queue reading that found it
}

// flags are facts about a copy that either happened or not.
type flags uint8

const (
	planned flags = 1 << iota
	unsent
	intended  // its intent was committed
	tried     // somebody connected for it
	notified  // a bounce said that it failed
	misplaced // found in the mailbox of somebody who is no recipient
	corrupt   // found damaged, at some time
)

func (s *state) has(f flags) bool { return s.flags&f != 0 }

// attempted tells whether anything was offered for the copy.
func (s *state) attempted() bool { return s.verdict != 0 || s.has(intended|tried) }

// submission is the verdict on a copy that was attempted. An intent without an
// outcome is indeterminate: the terminator may have been sent. Without an
// intent it was not.
func (s *state) submission() ledger.Verdict {
	switch {
	case s.verdict != 0:
		return s.verdict
	case s.has(intended):
		return ledger.Indeterminate
	}
	return ledger.NotAttempted
}

// slack is how far a sequence number may run ahead of the count of those
// planned so far. Numbers are dense; one far outside is a damaged ledger, not
// a reason to ask for gigabytes.
const slack = 1 << 16

// copies holds the state of every planned copy in flat arrays: by recipient
// index, then by sequence number.
type copies struct {
	columns [][]state
	planned int
}

// plan makes room for a copy.
func (c *copies) plan(k ledger.Copy) error {
	if int(k.Seq) > c.planned+slack || k.Seq == 0 {
		return fmt.Errorf("sequence number %d after %d planned copies", k.Seq, c.planned)
	}
	for len(c.columns) <= int(k.Rcpt) {
		c.columns = append(c.columns, nil)
	}
	column := c.columns[k.Rcpt]
	if short := int(k.Seq) + 1 - len(column); short > 0 {
		column = append(column, make([]state, short)...)
		c.columns[k.Rcpt] = column
	}
	if column[k.Seq].has(planned) {
		return fmt.Errorf("copy %d/%d was planned twice", k.Seq, k.Rcpt)
	}
	column[k.Seq].flags |= planned
	c.planned++
	return nil
}

// at finds the state of a copy; nil: it was never planned.
func (c *copies) at(k ledger.Copy) *state {
	if int(k.Rcpt) >= len(c.columns) || int(k.Seq) >= len(c.columns[k.Rcpt]) {
		return nil
	}
	s := &c.columns[k.Rcpt][k.Seq]
	if !s.has(planned) {
		return nil
	}
	return s
}

// each visits every planned copy in the order of sequence numbers.
func (c *copies) each(visit func(ledger.Copy, *state)) {
	longest := 0
	for _, column := range c.columns {
		longest = max(longest, len(column))
	}
	for seq := range longest {
		for rcpt, column := range c.columns {
			if seq < len(column) && column[seq].has(planned) {
				visit(ledger.Copy{Seq: uint32(seq), Rcpt: uint16(rcpt)}, &column[seq])
			}
		}
	}
}

// of finds the state of any copy of a message, for facts that are about the
// message and no particular recipient.
func (c *copies) of(seq uint32) *state {
	for rcpt := range c.columns {
		if s := c.at(ledger.Copy{Seq: seq, Rcpt: uint16(rcpt)}); s != nil {
			return s
		}
	}
	return nil
}
