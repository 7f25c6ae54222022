// Package smtp plays SMTP (RFC 5321) and LMTP (RFC 2033) between a client and a
// server, and departs from what they say as a [faults.SMTPScript] asks.
//
// Commands are handed on one at a time, also those that the client has sent
// together (RFC 2920), which both ends cannot tell from a slow network. DATA and
// BDAT (RFC 3030) are understood. Once the ends have agreed on TLS the proxy
// sees nothing any more: a script that must act later goes with one that strips
// STARTTLS, or shows a certificate of its own.
//
// A look of the drill's ([dialogue.IsVisit]) always meets the script, whatever
// share of the occasions it is meant for, and no message of a look is handed on.
package smtp
