// Package mailstore judges mail that was in a store before the drill: what it has
// to look like at the end, from the manifest before and the operations that were
// acknowledged since, against what was found.
//
// [Judge] reads the history, [Mail.Record] tells all of it, and [Mail.Read]
// measures an objective. [Checks] are the invariants, one a row; leaving one out
// is a defect that calibration has to notice.
package mailstore
