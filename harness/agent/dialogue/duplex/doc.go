// Package duplex hands on dialogues in which a server may speak at any time and
// a client need not wait for answers: IMAP (RFC 9051) and POP3 with pipelining
// (RFC 2449, 6.6).
//
// Two goroutines hand on what each end says, byte for byte, as it comes. Beside
// that a [Talk] remembers which commands are open, so that an answer of the
// drill's own comes after those of the commands before it, and never into the
// middle of what the server says.
package duplex
