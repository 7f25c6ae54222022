// Package esmtp is the client's side of SMTP (RFC 5321) as a drill needs it: it
// says in which phase, and by what reply or failure, a transaction ended for
// each recipient.
//
// Make a [Session] of a connection with [New], take it up to where mail may be
// offered with [Session.Open], then for each message [Session.Envelope],
// [Session.Content] and [Session.Terminate]; [Session.Close] in the end. An
// [Ending] without a phase means: go on.
//
// Promises:
//
//   - Where the server offers PIPELINING (RFC 2920), MAIL, every RCPT and DATA
//     travel in one group, and QUIT in the group of the final dot.
//   - A recipient is accepted only if its own RCPT was answered by 2yz and the
//     terminator by a complete 2yz. If DATA is answered by 354 although there is
//     nobody to send to, the connection is closed: an empty message (RFC 2920,
//     section 3.1) could reach somebody.
//   - [ledger.PhaseReply] means that at least the first byte of the terminator
//     was handed over, and [ledger.PhaseContent] that none was.
//   - What a server says is bounded in length and, by the reply, in time. Words
//     that come before the command that they would answer are no answer.
//
// The client is our own, with go-smtp's error types. A ready-made one sends
// command by command, asks for 4 to 5 round trips where one group takes one, writes
// the terminator when a writer is closed, and hides when that was: whether a lost
// connection leaves a copy indeterminate hangs on just that.
package esmtp
