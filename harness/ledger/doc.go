// Package ledger is the append-only history of a run: the fate of every copy
// (binary segments under ledger/) and everything else that happened
// (events.jsonl, hash-chained).
//
// A [Recorder] can only write; a [History] can only be read. The verdict is a
// pure function of the two files, so `maildrill judge` can recompute it years
// later.
//
// The unit of account is the copy: one recipient of one message. All times are
// durations since the start of the run on one monotonic clock.
package ledger
