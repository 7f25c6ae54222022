// Package workload offers identified mail to a mail system under drill, at a
// pace that the system cannot influence, and writes down what was answered.
//
// Make a [Config], call [New], then [Driver.Run]; [Driver.Counters] can be read
// meanwhile. [NewSchedule] gives the same arrivals without sending anything.
//
// Promises:
//
//   - Open loop. The schedule is a pure function of the configuration and its
//     seed. Arrivals that find every session busy wait in a FIFO, whose time
//     counts; those that find the FIFO full are recorded as unsent.
//   - The intent of a copy is its first entry, and on stable storage before
//     anything of its message is begun. Because the schedule is known, intents are
//     committed in batches, at most a second ahead of their time: no message waits
//     for the disk, unless the disk is slower than that, and then the lag is in the
//     ledger. At a normal end the intents whose time did not come are withdrawn.
//   - The verdict on a copy is indeterminate only if the connection was lost
//     between the first byte of the terminator and the complete reply (RFC 5321,
//     section 3.8; RFC 1047), or if this process died. See verdicts.go. Such a copy
//     is never offered again.
//   - Every attempt is recorded once: as a try if another followed, else with the
//     outcome.
//   - Mail exchangers are found and tried as RFC 5321, section 5.1 says, through
//     the drill's own name server and by literal address.
//
// Package esmtp holds the dialogue, package mx the look-ups.
package workload
