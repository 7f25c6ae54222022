// Package compare sets two records side by side: what was measured then and
// now, the outages of both on one axis, and what else is not the same.
//
// Measured values are intervals. Where those of both runs overlap, the runs may
// have been alike in this, and no change is claimed. Where they do not, the two runs
// surely differ; whether others would is what a trend says, because runs scatter.
package compare
