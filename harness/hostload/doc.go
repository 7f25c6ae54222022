// Package hostload measures how busy the host of maildrill is, and how much of
// that is maildrill itself: on a host without an idle CPU the instrument is
// late, and what is late cannot time anything.
//
// [Read] reads the kernel's counters (proc(5)), [Sampler] turns two readings
// into a [ledger.Load]. Nothing is judged here. Other kernels than Linux have
// no /proc: Read fails there, and no load is recorded.
package hostload
