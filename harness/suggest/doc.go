// Package suggest finds the drills of the library that say something about a mail
// system of somebody's own, and adapts them: the same fault on the node that does the
// same there, the same load and the same objectives. It starts nothing.
//
// A drill fits if the plan of what was adapted has no mistake. What it is expected
// to come to is not known; that is why it is worth running.
package suggest
