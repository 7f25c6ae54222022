// Package gameday leads exercises: it keeps their log, answers the go/no-go card,
// calls the roll, and plays the drill below them.
//
//	exercises/<id>/
//	  gameday.yaml    the file as it was when the exercise was made
//	  log.jsonl       every line of the exercise, hash-chained: what counts
//	  lock, leader    held by who writes, and by the process that leads
//	  exercise.json   the record, written again after each change of state
//	  report.html report.pdf report.md
//	  manifest.json, signoff/
//	  runs/           the run folder of the drill
//
// Any terminal of the host, and the console, may write: [Log.Append] holds the lock,
// reads what others wrote, and refuses what the exercise does not allow now. One
// process leads ([Lead]): it plays the drill, releases injects, and takes part in
// nothing else. If it is killed the keeper of the drill ends the faults within
// their lease; whoever looks next finds the leader's lock free and writes that down,
// and the exercise is aborted, not forgotten.
package gameday
