// Package imap plays IMAP (RFC 9051, RFC 3501) between a client and a server,
// and departs from what they say as a [faults.IMAPScript] asks.
//
// Literals, synchronizing or not (RFC 7888), continuations, IDLE (RFC 2177) and
// what a server says unasked pass as they are. Once the ends have agreed on TLS
// or compression the proxy sees nothing any more, and hands on the bytes.
//
// A look of the drill's ([dialogue.IsVisit]) always meets the script, also before
// a login, whatever share of the occasions it is meant for.
package imap
