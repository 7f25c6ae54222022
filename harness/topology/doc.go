// Package topology says what a mail system under drill looks like, and what a
// runtime must be able to do to bring one up.
//
// The exported structs ([Topology], [Node], [Zone], ...) are what is asked
// for: plain values, complete, with every name resolved, made by
// planning.Compile. The interfaces ([Runtime], [System], [Instance]) are what
// runs. A runtime (harness/docker, harness/embedded) turns the first into the
// second; nothing outside a runtime package knows which one it was.
//
// Traffic enters a running system in one way only, [System.Dial]. Its vantage
// is the node with the role [Outside], so what cuts the outside off cuts the
// workload and the probes off too, as it should.
package topology
