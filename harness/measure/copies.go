package measure

import (
	"fmt"

	"maildrill/harness/ledger"
)

// state is what the ledger says of one copy, in 32 bits, because there may be
// ten million of them: facts in the low half, then the verdict, then how often
// it was found at once.
type state uint32

// Facts about a copy that either happened or not. Those that begin with "in"
// are of the final reading of its mailbox.
const (
	intended  state = 1 << iota // planned, and its intent committed
	withdrawn                   // its time did not come
	unsent                      // the driver could not begin it
	tried                       // somebody connected for it
	notified                    // a bounce said that it failed
	receipted                   // a report said that it was delivered (RFC 3464, section 2.3.3)
	misplaced                   // found in the mailbox of somebody who is no recipient
	corrupt                     // found damaged, at some time
	seen                        // found by any scan
	inMailbox                   // in a folder of its recipient
	inInbox                     // in the folder that it was addressed to
	inIntact                    // in a folder of its recipient, undamaged
	inJunk                      // where a filter puts things
	queued                      // in the last reading of a queue
	planted                     // the instrument made its anomaly itself
	searched                    // its token was looked for in every volume
	onDisk                      // and found in one
)

const (
	verdictShift = 17 // three bits: ledger.Verdict
	viewShift    = 20 // six bits: the reading that found counts in
	foundShift   = 26 // three bits: copies in that reading, so far
	mostShift    = 29 // three bits: copies in any one reading
	viewMask     = 63
	countMost    = 7 // what three bits hold; more is kept apart
)

func (s state) has(f state) bool { return s&f != 0 }

func (s state) verdict() ledger.Verdict { return ledger.Verdict(s >> verdictShift & 7) }

func (s *state) setVerdict(v ledger.Verdict) {
	*s = *s&^(7<<verdictShift) | state(v)<<verdictShift
}

func (s state) most() int { return int(s >> mostShift) }

// sight counts one physical copy. Another view, of another scan or another
// store, begins to count anew: reading a mailbox twice duplicates nothing, and
// a replica shows the same mail once more. It tells whether the count is full.
func (s *state) sight(view uint8) (full bool) {
	found := *s >> foundShift & countMost
	if uint8(*s>>viewShift)&viewMask != view&viewMask {
		found = 0
	}
	full = found == countMost
	found = min(found+1, countMost)
	most := max(*s>>mostShift, found)
	*s = *s&(1<<viewShift-1) | state(view&viewMask)<<viewShift | found<<foundShift | most<<mostShift
	return full
}

// attempted tells whether the copy counts as offered.
func (s state) attempted() bool { return s.verdict() != 0 || !s.has(unsent) }

// submission is the verdict on a copy that was attempted. An intent without an
// outcome is indeterminate: the terminator may have been sent.
func (s state) submission() ledger.Verdict {
	if v := s.verdict(); v != 0 {
		return v
	}
	return ledger.Indeterminate
}

// slack is how many pages may be begun beyond those that the copies planned so
// far fill. Numbers are dense, but for a few that the instrument plants; many
// far outside are a damaged ledger, not a reason to ask for gigabytes.
const slack = 64

// copies holds the state of every copy.
type copies struct {
	paged[state]
	planned int
}

// plan makes room for a copy.
func (c *copies) plan(k ledger.Copy) error {
	s := c.get(k)
	if s == nil {
		if k.Seq == 0 || len(c.order) > c.planned/(pageSize/2)+slack {
			return fmt.Errorf("sequence number %d after %d planned copies", k.Seq, c.planned)
		}
		s = c.put(k)
	}
	if s.has(intended) {
		return fmt.Errorf("copy %d/%d was planned twice", k.Seq, k.Rcpt)
	}
	*s |= intended
	c.planned++
	return nil
}

// of finds the state of a copy; nil: it was never planned.
func (c *copies) of(k ledger.Copy) *state {
	s := c.get(k)
	if s == nil || !s.has(intended) {
		return nil
	}
	return s
}

// anyOf finds the state of any copy of a message, for facts that are about the
// message and no particular recipient.
func (c *copies) anyOf(seq uint32) *state {
	if s := c.of(ledger.Copy{Seq: seq}); s != nil {
		return s
	}
	for _, key := range c.order {
		if key.number == seq>>pageBits {
			if s := c.of(ledger.Copy{Seq: seq, Rcpt: key.rcpt}); s != nil {
				return s
			}
		}
	}
	return nil
}

// each visits every planned copy in the order of sequence numbers, and of
// recipients within a message.
func (c *copies) each(visit func(ledger.Copy, *state)) {
	c.all(func(k ledger.Copy, s *state) {
		if s.has(intended) {
			visit(k, s)
		}
	})
}
