// Package netqueue treats the packets that a rule of netrules hands to user
// space (NFQUEUE): they come late, at a rate, with a bit turned, or twice. It
// takes the place of netem, which not every kernel has.
//
// It is fail-open: the rule lets packets pass while nobody listens, so that a
// listener that dies takes no more with it than what it held. The kernel drops
// that; TCP sends it again.
package netqueue
