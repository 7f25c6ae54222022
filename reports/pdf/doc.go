// Package pdf writes a [dossier.Document] as PDF for print and for archives: A4,
// with bookmarks, repeated table heads, the figures as vector drawings, the
// document's name on the foot of each page, and its attachments inside.
//
// The rules it keeps:
//
//   - Reproducible: the same document is the same file, byte for byte, in any
//     process. It looks at no clock, and its file id is a digest of itself.
//   - Nothing is dropped in silence. A character that the fonts lack is shown as
//     \u{6F22}, one that does not print as U+FFFD; a text that is cut ends in "…".
//     The last lines of the document tell how many there were.
//   - Nothing explodes: every text, table and list has a bound (see bounds.go).
//   - Readable in grey: each tone has a shape beside its colour.
//
// The way of a document: a [setter] makes pieces of its blocks, which know their
// height and do not break; the [folio] puts pieces on pages; the [press] draws.
// Lengths are points (1/72 inch) from the top left corner of a page.
package pdf
