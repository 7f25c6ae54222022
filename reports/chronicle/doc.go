// Package chronicle is what a run looks like over time: the data that figures
// and tables of reports are drawn from. [Open] reads a run folder, [Read] what is
// in memory already.
//
// It measures nothing anew and judges nothing. What became of a copy is told by
// the record, which names the copies of each anomaly; the ledger tells which
// recipient of a message that was, when, and by what way. Where the two do not
// agree, the record stands, and [Chronicle.Doubts] says so.
//
// The rules that it keeps:
//
//   - What was not observed is not drawn as up. Between probes that differ a
//     service is [Unsure]; before the first, after the last and where none came for
//     long, or the instrument stood still, there is [NoData].
//   - Thinning is told. A copy that is not plainly delivered is the last to be
//     left out, and [Chronicle.Thinned] says what was.
//   - Addresses are masked. Text that servers wrote is kept, up to [TextMost]
//     characters: whoever draws it has to escape it.
//   - A history that is cut short is read as far as it goes, and [Chronicle.Torn]
//     says so. One that never began is empty, which is no error.
//   - The same run folder gives the same chronicle. No clock is looked at.
//
// Only copies of the workload are shown. What the instrument planted to test the
// judge is in no account of the record, and in no figure here.
package chronicle
