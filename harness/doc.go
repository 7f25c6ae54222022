// Package harness compiles a scenario into a plan and runs it.
//
// The flow is one direction. [Compile] turns a document into a [Plan] and
// reports every mistake; it starts nothing. [Run] is the only stage that
// touches the world: it starts the topology, plays the timeline and writes
// the history. [Judge] turns the history into record.json; it reads nothing
// but the run folder, so it can be done again years later.
//
// Promises: every fault's inverse is journalled, and held by the keeper where
// the runtime has one, before the fault is injected; faults are reverted
// however the run ends; a fault that could not be proven gone, or anything
// left behind, makes the run dirty.
package harness
