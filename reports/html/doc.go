// Package html writes a document as one HTML file.
//
// The file needs nothing else: style, script, figures and attached files are
// inside of it, and its Content-Security-Policy allows nothing but them, by
// their digests. There is no inline style and no inline handler. It says all
// it has to say without its script, which adds only what paper cannot do:
// a cross-hair, zoom, filters, copying, a dark page.
//
// Text is plain text. What does not print is shown as U+FFFD, very long text is cut
// and says so, and html/template does the escaping; nothing else writes markup
// but the canvas of the figures. Ids of the page itself begin with an underscore,
// which anchors of documents cannot have.
//
// The same document gives the same bytes.
package html
