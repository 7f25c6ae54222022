// Package intercept puts a proxy into the path of connections that a node makes,
// while a rule stands and no longer.
//
// The proxy is a child process of the keeper's in the node's own network
// namespace, under a user id of its own: the server at the other end sees the
// node's address, nothing is needed in the node, and the engine is not asked.
// Rules of nftables (nft(8), `redirect`) lead new connections of the namespace
// to it, except its own. Connections that exist when a rule is put are left alone
// or, where the rule asks for it, reset when the node next sends data on them. The redirection is renewed while the proxy lives and ends by the
// kernel's clock within [Lease] of its death, so that it never leads to nothing
// for long.
//
// When a rule is taken, new connections go directly again at once. Those that
// are being played may end in order where their protocol allows it, for at most
// [Linger]; then they are reset.
//
// In the keeper, [Start]; in the child, [Serve].
package intercept
