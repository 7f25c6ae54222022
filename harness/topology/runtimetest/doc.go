// Package runtimetest is what every [topology.Runtime] must pass: call [Run]
// from a test of the runtime. It starts a small mail system ([Topology]), sends
// mail through it, breaks its nodes with the abilities of package faults, and
// looks whether the outside and the other nodes see what they should.
//
// A runtime that lacks an ability says so with [Lacks]; the suite then makes
// sure that it is really absent, and lists what it did not try. Whatever is not
// excepted is demanded.
package runtimetest
