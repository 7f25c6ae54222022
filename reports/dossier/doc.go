// Package dossier is what a report says, in order, whatever it is written in:
// sections of paragraphs, tables, figures, cards and facts. [Of] makes the
// dossier of one run, as a pure function of its record and chronicle. HTML and
// PDF render the same dossier, so that they never differ in what they say.
//
// Every text in a document is plain text: one line, whatever characters
// it has. Whoever renders it makes it harmless in its own way.
package dossier
