// Package terminal writes a dossier as columns of text, for whoever reads it in a
// terminal. Every text passes words.Plain, no line is longer than the width, and
// nothing depends on colour.
//
// Where letters can show a picture they are handed in beside it; else its table
// is written in its place.
package terminal
