package measure

import (
	"time"

	"maildrill/harness/ledger"
)

// slot is what is kept of one copy while times are worked out: 4 bytes, because
// there may be millions of them. Until its outcome that is when it is due, in
// units of 100 microseconds, so that its latency is exact; then it is
//
//	bit 31      1: it has an outcome
//	bit 30      it went through the relay
//	bit 29      accepted, and its arrival not read yet
//	bits 21-28  seconds from when it was due to its acceptance, 255 at most
//	bits 0-20   when it was due, in eighths of a second
//
// Zero: nothing is known. Runs are measured for their first 59 hours.
type slot uint32

const (
	slotAnswered slot = 1 << 31
	slotRelay    slot = 1 << 30
	slotPending  slot = 1 << 29
	slotDueMost       = 1<<31 - 2
	slotEighths       = 1<<21 - 1
	slotWaitAt        = 21
	slotWaitMost      = 255

	slotUnit = 100 * time.Microsecond
	eighth   = time.Second / 8
)

func slotDue(at time.Duration) slot {
	return slot(min(max(at/slotUnit, 0), slotDueMost) + 1)
}

func (s slot) answered() bool { return s&slotAnswered != 0 }
func (s slot) relay() bool    { return s&slotRelay != 0 }
func (s slot) pending() bool  { return s&slotPending != 0 }

// due is when the copy should have been offered; after its outcome to an
// eighth of a second, rounded down.
func (s slot) due() time.Duration {
	if s.answered() {
		return time.Duration(s&slotEighths) * eighth
	}
	return time.Duration(s-1) * slotUnit
}

// accepted is the second in which an accepted copy was.
func (s slot) accepted() int {
	return second(s.due()) + int(s>>slotWaitAt&slotWaitMost)
}

// answer turns a slot that is due into one with an outcome.
func (s slot) answer(relay bool) slot {
	a := slotAnswered | slot(min(s.due()/eighth, slotEighths))
	if relay {
		a |= slotRelay
	}
	return a
}

// accept notes that the copy was accepted at a time, and has to arrive.
func (s slot) accept(at time.Duration) slot {
	wait := min(max(second(at)-second(s.due()), 0), slotWaitMost)
	return s | slotPending | slot(wait)<<slotWaitAt
}

// slots are those of every copy.
type slots struct{ paged[slot] }

// of gives the slot of a copy that is known; nil: nothing is.
func (s *slots) of(k ledger.Copy) *slot {
	found := s.get(k)
	if found == nil || *found == 0 {
		return nil
	}
	return found
}

// secondsMost bounds every array by second. What comes later counts in the
// last one.
const secondsMost = 60 * 60 * 60

// second is the second that a time lies in.
func second(t time.Duration) int {
	return int(min(max(t/time.Second, 0), secondsMost-1))
}

// bySecond is a value for each second of the run.
type bySecond[T any] []T

// at gives the value of a second, and makes room for it.
func (b *bySecond[T]) at(second int) *T {
	if short := second + 1 - len(*b); short > 0 {
		*b = append(*b, make([]T, short)...)
	}
	return &(*b)[second]
}

// get is the value of a second; zero where nothing was put.
func (b bySecond[T]) get(second int) (value T) {
	if second < len(b) {
		return b[second]
	}
	return value
}
