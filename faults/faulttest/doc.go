// Package faulttest is the suite that every fault runs, on every runtime, and
// a hand-written node to run it on without one.
//
// Call [Conformance] with a kind of the catalogue and a function that makes a
// fresh target. [NewNode] makes a node in memory that keeps the abilities of
// package faults honestly, or tells one of the planted lies ([Lie]): a kill
// that does not kill, a state that claims more than happened. A lie that ends
// in a proof is a defect of the fault.
//
// Nothing here waits longer than [Options.Within] for one edge.
package faulttest
