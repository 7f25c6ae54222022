// Package channel carries the words of an exercise to people while mail is down,
// and finds the channels that would be down with it.
//
// [Open] makes a [Channel] of an entry of the game day file, [Channel.Send] gives
// a [Receipt]. Every text begins with [Mark], that of kind real-world with
// [RealWorld]: the mark is put there by the package, so no caller can leave it
// out. [IsRealWorld] finds the reserved words in what people type.
//
// [Lint] reads a file and a [Radius] (what is down) and starts nothing. It tells
// which channels, contacts and runbooks need what the exercise takes away.
//
// What each kind of channel needs:
//
//	kind     format      needs                             text is cut at
//	webhook  json        url or url_from                   16384 bytes
//	webhook  slack       url_from                          3000 characters
//	webhook  teams       url_from (of a workflow)          27 KB with the card
//	webhook  mattermost  url_from                          16383 characters
//	ntfy                 url (the root), room (the topic)  4096 bytes
//	matrix               url, room (its id), token_from    32768 bytes
//	exec                 command                           16384 bytes
//	email                provider, server, from            65536 bytes
//	wall                 nothing: the web console shows it
//
// A webhook or ntfy with token_from sends it as a bearer token. E-mail takes
// "user:password" from it. TLS is always verified, and e-mail is never sent
// without it: port 465 begins with TLS, every other port must offer STARTTLS.
//
// A webhook of format json gets one POST; a program gets the same on its standard
// input:
//
//	{
//	  "version": 1,
//	  "id": "5f0c...",          the same when a message is tried again
//	  "exercise": "directory-is-down",
//	  "kind": "rollcall",       announcement, inject, notice, rollcall, stop,
//	                            real-world or all-clear
//	  "real": false,            true for kind real-world only
//	  "subject": "EXERCISE EXERCISE EXERCISE Roll-call",
//	  "text": "EXERCISE EXERCISE EXERCISE\nRoll-call\n\nAre you there?\n\n...",
//	  "to": ["+49 30 1234"],    addresses on the channel, perhaps none
//	  "links": [{"title": "I am here", "url": "https://..."}],
//	  "at": "2026-03-01T09:00:00Z"
//	}
//
// The text has the subject and the links in it, so a receiver that knows nothing
// else can show it alone. An answer of 2xx means that the message was taken; if
// it is JSON with an "id", that is in the receipt.
//
// Texts are hostile: what cannot be seen is taken out of them, mentions such as
// @here are broken up, and each format's own syntax is escaped. Chats may fetch
// a link to show a preview of it, so a link must not do anything by being read.
//
// Secrets come through [Secrets] and appear in no error and no receipt.
package channel
