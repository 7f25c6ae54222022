// Package stored looks after mail that is in its mailbox already: what was
// there before the drill, what was ordered to change during it, and what is
// there at the end.
//
// An [Instrument] has accounts of its own, which no other mail is sent to.
// [Instrument.Setup] fills them and reads them back, [Instrument.Operate]
// changes them at a declared rate while the drill runs, [Instrument.Finish]
// reads them again. What was seen, ordered and answered becomes events; nothing
// is judged here.
//
// Promises: readings use EXAMINE and BODY.PEEK (RFC 9051, sections 6.3.3 and
// 6.4.5) and, by POP3, UIDL and TOP (RFC 1939), so that they leave no trace. The
// intent of an operation is written before its command is sent. An operation
// looks before it acts: under a UID that bears another message now, nothing is
// changed. Each account has one session at a time, and an operation whose reply
// was lost is never built upon, so that what has to be there at the end stays
// exact but for that one message or folder.
//
// Most is done with go-imap. It has no QRESYNC (RFC 7162), so the cached clients
// speak through a small wire client.
package stored
