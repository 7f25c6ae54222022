// Package intake turns the configuration of mail servers that somebody runs into a
// topology of a drill.
//
// [Translate] is pure: files in, a topology and a list of changes out. Nothing is
// looked up, and no secret is taken over: passwords, keys and certificates are the
// drill's own. What could not be taken as it is stands in the list with what that
// means for a verdict, so that nobody takes the drill for the original.
package intake
