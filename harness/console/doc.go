// Package console is the web page of an exercise: the live view, the stop button,
// the wall screen, the page for one-time codes, and what the shelf has of earlier
// exercises.
//
// [New] makes an http.Handler of a [Board], a [Shelf] and the [Config]; [Console.Serve]
// runs it on a listener. The console keeps nothing of its own but sessions: what is
// shown comes from the board, and what is done goes into the exercise's log.
//
// # Who may what
//
// The table is in rights.go. An observer reads, and nothing else. A scribe also
// writes notes, marks and the steps of the runbook. An operator also answers the
// lines of the card, releases injects, holds, resumes and leads from state to state.
// An approver reads, approves, says go or no-go, and closes. All but observers stop
// the exercise, with one click and without a question. The words REAL WORLD in
// capitals, in any text, stop it too. Surprises are hidden from observers and from
// the wall until they are released.
//
// # What is promised
//
//   - Serve listens on loopback. Elsewhere it takes Config.Allow, and TLS or a
//     reverse proxy. Without TLS nobody but loopback and the proxy is answered there.
//   - Tokens and codes are never in an address that is requested, in a log line or
//     in a page. The console knows their SHA-256 only, and compares in constant time.
//     The log of requests has method, path, status and the person's name.
//   - A form counts only from the same origin, within a session, with that session's
//     own word. The Host header must be a loopback name or one of Config.Hosts, so
//     that a foreign name which points here gets nothing.
//   - What people and servers wrote is escaped. Pages have no inline script, no inline
//     style, and ask no other host for anything. Reports are shown in a sandbox.
//   - Bodies, texts, sessions, viewers and attempts per address are bounded. A viewer
//     who reads slowly misses what is between and delays nobody.
//   - Each action is in the log with the name and the role of who did it.
//   - Without script all of it works but the update by itself.
//
// # Behind a reverse proxy
//
// Let the proxy speak HTTPS, put the public name into Config.Hosts, and set
// X-Forwarded-Proto and X-Forwarded-For. Let it not buffer /live and /wall/live
// (the answer says X-Accel-Buffering: no), and not cut them before a minute of
// silence. If it knows the people, name its header and its addresses in
// [Config.Proxy]: the header must be set or removed by the proxy on every request.
// From any other address it is not looked at. A proxy on the same host shares its
// address with all local users: do so only where they may all be trusted.
package console
