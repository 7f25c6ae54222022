// Package pop3 plays POP3 (RFC 1939) between a client and a server, and departs
// from what they say as a [faults.POP3Script] asks.
//
// Answers of many lines, commands that were sent together (RFC 2449, 6.6) and
// the steps of AUTH (RFC 5034) pass as they are; so does what is no POP3. After
// STLS (RFC 2595) the proxy sees nothing any more, and hands on the bytes.
//
// A look of the drill's ([dialogue.IsVisit]) always meets the script, also before
// a login, whatever share of the occasions it is meant for.
package pop3
