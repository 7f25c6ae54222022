// Package exercise is what an exercise with people is: its states, its events, and
// the record that they amount to. It is pure: it reads no clock and no file.
//
// An exercise is led by its log. [Apply] takes one event into a [Record] and
// refuses what the state, the role or the plan does not allow; [Fold] does that for
// a whole log. So the view of one who looks now, the report that is signed, and the
// record that is read years later are the same function of the same lines.
//
//	draft -> approved -> briefed -> go -> running <-> hold
//	                                        |          |
//	                                        +-> aborted -> recovered -> hotwash -> signed -> closed
//
// [Judge] says what the exercise has shown. What it needs from outside (the digest
// of the topology today, what is overdue, which actions are open) is in the log
// too, as an event of kind [FactsSeen]. A check for which there is no data is
// inconclusive, and such an exercise never passes.
package exercise
