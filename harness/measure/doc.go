// Package measure turns the history of a run into its record: what became of
// every copy, how long each service was gone, how far back a loss reaches, and
// whether any of that was measured soundly.
//
// Call [Judge]. It is a pure function: it reads the events and the ledger and
// nothing else, no clock, no file, no network, and the same history gives the
// same record, byte for byte through record.Marshal.
//
// The rules it keeps:
//
//   - Lost is evidence of absence. A copy is lost only if every queue was read
//     empty before two full, agreeing scans, no mailbox was left unread and a
//     sentinel arrived. Without these a missing copy is unknown.
//   - Duplicates, damage and misdelivery are evidence of presence. They stand
//     however blind the rest of the instrument was.
//   - Times are intervals. An objective passes only if the upper end meets it,
//     fails only if the lower end misses it, and is inconclusive between.
//   - Gates say whether the data mean anything. A failed gate never makes a
//     pass; it takes away the failures that rest on what it guards.
//   - The instrument's own books must balance. If they do not, the verdict is
//     error, and says which sum is wrong.
package measure
