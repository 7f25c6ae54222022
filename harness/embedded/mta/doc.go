// Package mta is a small mail transfer agent for the embedded runtime: it
// receives by SMTP (RFC 5321) and submission (RFC 6409), keeps a queue on disk,
// delivers by LMTP (RFC 2033) or by MX, tries again, and bounces (RFC 3464).
//
// Start with [Open], which reads the queue back, and [Server.Run], which serves
// until its context ends. [ServeLMTP] is the receiving side of a mail store.
//
// Promises: a message is on stable storage before its 250; it leaves the queue
// only after the next hop took it, or a bounce for it is in the queue; a kill at
// any moment loses nothing. What it lies about is planted ([topology.Defects]).
package mta
