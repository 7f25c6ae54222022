// Package cgroups reads and lowers what the kernel grants the processes of a
// container: memory, processor time and number of processes, through its control
// group (cgroups(7), version 1 and 2).
//
// [Of] finds the group of a process. [Group.Save] keeps the text of the files
// that make up a limit, and [Group.Restore] writes that very text back: the
// engine's own interface cannot say "none" again where there was no limit.
package cgroups
