// Package probe looks at a mail system from the outside, as a client would:
// whether its services answer, what is in its mailboxes and queues, and which
// bounces come back.
//
// A [Prober] holds what all checks share. Its methods make a [Check] for each
// kind of service; a [Schedule] runs a check at fixed times. [Prober.Seed]
// must have delivered its message before the IMAP check can mean anything.
// [Delivery] follows canaries from their acceptance to the mailbox. After the
// load has ended, [QueueReader] reads the queues, [Prober.Sentinel] proves the
// path alive, and [Scan] reads every mailbox. A [Sink] takes bounces in all
// the while.
//
// Promises: every attempt uses a connection of its own and is bounded in time,
// whatever the server does. Mailboxes are opened by EXAMINE and read by
// BODY.PEEK (RFC 9051, sections 6.3.3 and 6.4.5), so that nothing is marked as
// seen. An answer counts only if its content is right: an OK with an empty
// mailbox is a failure. Nothing is judged here; what was seen is written to
// the ledger or handed back.
package probe
