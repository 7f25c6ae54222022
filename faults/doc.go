// Package faults is the catalogue of what can be done to a mail system, and
// the contract that every fault keeps: inject, prove, revert, prove gone.
//
// [Catalogue] lists the kinds; [Lookup] finds one; [Kind.New] decodes its
// parameters and makes a [Fault] for one target. [Document] writes the
// catalogue as a page. Package faulttest holds the suite that every kind runs.
//
// # What a fault promises
//
//   - A command that succeeded proves nothing. A fault is on when Verify saw it
//     twice: in the control plane ([Evidence.Installed]) and from the outside, in
//     the way of this fault and no other ([Evidence.Effective]).
//   - Verify is negative before Inject and after Revert. Before Inject it is the
//     negative control: an outside view that is red without a fault is reported,
//     because it could prove nothing later.
//   - Revert puts right whatever it finds wrong. It may follow an Inject that
//     failed half-way, another Revert, or no Inject at all.
//   - The inverse exists as data ([Fault.Undo]) before anything is touched, so
//     that somebody else can carry it out if this process dies.
//   - A server that does not come back after its fault is gone is a finding
//     about the server, not a trace of the fault.
//
// # Writing a fault
//
// Start from the smallest one there is, node.freeze in node.go. It needs four
// things.
//
// First the abilities. A fault acts on a [Node] through small interfaces
// (abilities.go). Declare what it needs together as one interface; the target
// is refused with the names of what it lacks:
//
//	type freezable interface {
//		Stater
//		Pauser
//	}
//
// A new ability is an interface of one to three methods, a constant and a row
// of the table there. Its observing method must be able to contradict its acting method,
// or Verify would only hear the echo of Inject.
//
// Second the work: Undo, inject, verify and revert on that interface. aimed
// (aim.go) makes the [Fault] of it. Inject acts and returns; it never waits for the effect,
// because the timeline owns time and brackets every edge by looking often.
// Call memory.hold before the first change, so that a failure half-way is
// treated as held. Verify reads, and changes nothing. Ask what a client would
// see under this fault alone: a dropped packet is [ErrNoAnswer], a missing
// listener [ErrRefused], a server that hangs [ErrNoGreeting]. Revert looks at
// the state first and undoes what it finds, in the order in which a recovery
// would happen.
//
// Third the row in catalogue.go: what it stands for in real life, how it is
// made, how it is proven on and off, what undoes it, its parameters with
// defaults. `go test ./faults -update` writes README.md from it.
//
// Fourth the tests: faulttest.Conformance with the fake node, and one planted
// lie for each way in which the fault could fail to happen or to end.
//
// Invariants that are easy to break: the inverse is complete even if Inject
// stops after its first call; an unknown state is never taken for a good one;
// without an outside view there is no proof of an effect. Since Revert rights
// what it finds, two faults that change the same state of a node must not
// overlap in a timeline: a fault says what it changes and what its proof rests on
// ([Claimer]); one that does not say has its node for itself. [Clash] compares.
package faults
