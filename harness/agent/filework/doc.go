// Package filework changes the files of a mail store or a queue as misfortune
// does, and puts them back as they were: content, permissions, owner and time
// of change.
//
// What a revert needs is written down and on the disk before the first change.
package filework
