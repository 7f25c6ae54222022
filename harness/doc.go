// Package harness runs plans and has them judged.
//
// The flow is one direction. Package planning turns a document into a plan.
// [Run] is the only stage that touches the world: it starts the topology, plays
// the timeline and writes the history. [Judge] turns the history into
// record.json; it reads nothing but the run folder, so it can be done again
// years later.
//
// Promises: every fault's inverse is journalled, and held by the keeper where
// the runtime has one, before the fault is injected; faults are reverted
// however the run ends; a fault that could not be proven gone, or anything
// left behind, makes the run dirty.
package harness
