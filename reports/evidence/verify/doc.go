// Package verify checks evidence again: [Run] a run folder, [Register] a register.
// It says what fits, what does not fit and where exactly, and what could not be
// checked; it never says nothing.
//
// It measures and renders nothing itself: [Options.Judge] works out the record of a
// folder from ledger and events, and [Options.Reports] are the reports that follow
// from a record. Where the maildrill that verifies is not the one that ran, other
// bytes of a report and new keys of the record are told and do not fail, because
// later versions say more; another number always fails.
package verify
