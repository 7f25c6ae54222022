// Package sweep makes the drills that look for single points of failure: one for
// each node of a mail system, alike in all but the node that is broken. It starts
// nothing.
//
// [Make] gives the scenarios, which are written down and played as any other;
// package reports/sweep tells what they found.
package sweep
