// Package mux carries many conversations over one pair of pipes: the standard
// input and output of one of maildrill's own containers. Control and traffic of
// a drill go this way, never over the drill's networks, so no port is published
// and no route of the host is needed.
//
// Start with [Dial] in maildrill and [Accept] in the container. [Session.Call]
// asks one question and takes one answer; [Session.Stream] keeps the stream of
// an answered question, for traffic; [Session.Serve] answers questions until
// the other side is gone.
//
// The end of the pipes is noticed at once; a peer that is silent without an end
// (a broken TCP connection to a remote engine) is given up after [Silence].
package mux
