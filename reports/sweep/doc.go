// Package sweep tells what a sweep found: for each node that was broken alone,
// what was missed, how long each service was gone, and whether the node is a
// single point of failure. [Of] judges nothing anew: it reads the verdicts of the
// runs, and says "not known" where they do.
package sweep
