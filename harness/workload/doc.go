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
//   - The verdict on a copy is indeterminate only if the connection was lost
//     between the first byte of the terminator and the complete reply (RFC 5321,
//     section 3.8; RFC 1047). See verdicts.go. Such a copy is never offered again.
//   - The intent of a copy is on stable storage before the first byte of its
//     terminator is written. It is committed while the SMTP dialogue is under
//     way, so that no message waits for the disk longer than for its server, and
//     so that only what was really started has an intent.
//   - Mail exchangers are found and tried as RFC 5321, section 5.1 says, through
//     the drill's own name server and by literal address.
//
// The SMTP client is our own, with go-smtp's error types: the driver must know
// when the terminator left, and hold it back until the intent is durable. A
// ready-made client writes it when the data writer is closed and hides both.
package workload
