// Package sweep lists and removes what one run has made on a container engine,
// and nothing else: everything maildrill makes carries the labels [Kind] and
// [Run], and only what carries the run's own label is touched.
//
// [Remove] is what the keeper does when maildrill is gone, what a run does at
// its end, and what `maildrill cleanup` does when both are gone.
package sweep
