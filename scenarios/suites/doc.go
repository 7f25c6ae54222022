// Package suites names groups of drills: what runs on each change, what runs at
// night, what answers a requirement, what stands on a topology.
//
// [Table] is the one list of them. [Find] turns a name into a test for members,
// [List] shows what there is among some scenarios. Suites of the library and of
// a folder of one's own are the same: a suite is a question asked of a scenario.
package suites
