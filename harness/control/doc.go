// Package control is how commands in other terminals reach the process that
// holds a topology: a Unix socket in the run folder that nobody but its owner can
// open, and a few requests on it, each one JSON object, answered by JSON objects,
// one a line, over HTTP/1.1.
//
// [Serve] stands before a [Desk], which does the work; a [Client] asks. An answer
// is a stream: what happens is said while it happens. A client that goes away
// while it waits for its fault has taken the wish back; other requests go on.
package control
