// Package schedule decides which drills run together, and in which order. It is
// pure: it starts nothing and reads no clock.
//
// [Weigh] says what a plan takes of the host, [Host.Next] which of the waiting
// drills may start beside those that run, [Shard] which part of a suite belongs
// to one of several machines, [Remaining] how long the rest will take.
//
// What is promised: two drills never run together if the host has no room for
// both, or if one of them needs it alone, or if both use what only one can have.
// A drill that needs more than the whole host still runs, by itself. The shards
// of a suite have no drill in common, and together they are the suite.
package schedule
