// Package hostile is the corpus that every report is tried with: texts that a
// scenario, a server or a piece of mail may put into a record, and records that
// have such a text in every place. Only tests import it.
//
// A format does no harm if for each of these records it is what it claims to be
// (XML, Markdown, a figure, ...), of bounded size, [Printable] to whoever reads
// it, and obeys nothing of the text. [Fill] does the same to any other value, such
// as a chronicle.
package hostile
