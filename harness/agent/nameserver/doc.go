// Package nameserver is the drill's authoritative name server (RFC 1034, 1035),
// and the only resolver that its nodes have. Records stay as they are while a
// node is dead: it is the mail servers' conduct that a drill measures, not the
// engine's own name service.
//
// Make one with [New], which reports mistakes in the zones, then run
// [Server.ListenAndServe] or [Server.Serve]. It answers with authority for its
// zones and for the addresses of the nodes (PTR), refuses all other names, and
// counts what it was asked ([Server.Counters]).
//
// Rules ([Server.Put], faults.NameSpec) have it answer some questions otherwise,
// until they are taken away or their time is over. They are given from another
// process over a Unix socket: [Server.ServeControl] and [Control].
package nameserver
