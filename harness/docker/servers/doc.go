// Package servers turns a node of a topology into what its container runs:
// image, command, and configuration files of Postfix 3.7, Dovecot 2.3 and
// HAProxy 2.6, as Debian 12 has them.
//
// Call [Render] for each mail server. It does no I/O: the same topology gives
// the same files, but for the key of a server that offers TLS. The
// configurations are complete, nothing of the distribution's is included.
// [Tuned] names the retry timers that the drill clock has shortened, for the
// record. [ParsePostqueue] reads what postqueue(1) prints, [ParseStat] what
// HAProxy says of the servers behind it.
package servers
