// Package words puts records into words and figures: what every report says in
// the same way, whatever it is written in. It knows nothing of markup.
//
// Text that came from a scenario, a server or the mail itself passes [Plain]
// first: it is one line without control characters. Intervals are rounded
// outward, so that none looks narrower than it was measured.
package words
