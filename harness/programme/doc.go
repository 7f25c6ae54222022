// Package programme is the year's plan of drills and exercises: what comes when,
// what is due, and who runs it.
//
//   - [Of] makes a [Plan] of a file of kind Programme. [Plan.Occurrences] lists its
//     dates as instants, with those that quiet hours and freezes moved.
//   - [Plan.Status] tells which items are due and overdue. It asks the file and the
//     evidence of what was done, never the scheduler: one that is dead shows.
//   - [Plan.Decide] says what a scheduler has to do now, [Scheduler] does it, [State]
//     is the folder in which it remembers.
//   - [Plan.Calendar] writes the dates for calendars (RFC 5545).
//
// All but [Folder] and [Scheduler] are pure: the present is a parameter.
//
// Dates are worked out on a wall clock that knows no daylight saving, and then
// turned into instants by [Instant]: a time that a change of the clocks leaves out
// means the first instant after it, one that comes twice the first of the two. So
// each planned time stands for exactly one run, and it keeps its name, which is
// that planned time, wherever it is moved.
//
// What is promised of runs: no date is run twice, and none is lost in silence. A
// run is claimed in a file that only one process can make, before it starts, and
// the process holds a lock on that file (flock) as long as it lives: a claim that
// was never ended and that nobody holds is lost. It is recorded, and run again
// once where the file says so.
//
// Libraries: dates of cron are read by github.com/adhocore/gronx, in package
// scenarios. Calendars are written with github.com/arran4/golang-ical. Both had a
// release within the year. github.com/robfig/cron is better known, but its last
// release is of 2020, and it has its own rules for the hours that daylight saving
// takes and gives.
package programme
