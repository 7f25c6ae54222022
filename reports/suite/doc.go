// Package suite is what several drills say together: one row a run, and one
// answer. [Of] makes the summary, [Suite.Document] what people read of it (a page
// with links to the page of each run, and the table in a terminal).
//
// Nothing is left out to look better: a drill that never began has a row, one
// without a record has one, and trials that were made again stay.
package suite
