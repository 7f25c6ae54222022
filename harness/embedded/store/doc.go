// Package store keeps the mailboxes of the embedded runtime, one file for each
// message, and shows them by IMAP (RFC 3501, RFC 9051; UIDPLUS, MOVE,
// LIST-EXTENDED) and by POP3 (RFC 1939).
//
// Start with [Open], which reads the mailboxes back from disk; [Store.Deliver]
// and [Store.Has] are what an LMTP server needs, [Store.ServeIMAP] and
// [Store.ServePOP3] serve until their context ends. [Store.Lie] breaks a promise
// on purpose, for those who test the judge.
//
// Promises: a message is on stable storage before Deliver returns; UIDs only
// grow and are never used again, UIDVALIDITY stays the same over any number of
// lives (RFC 3501, section 2.3.1.1).
package store
