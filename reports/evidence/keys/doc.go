// Package keys holds the signing key of whoever runs drills: one Ed25519 key in
// the one-line text form of signed notes (golang.org/x/mod/sumdb/note).
//
// [Create] makes one, [Load] finds the one that is to be used, [ParsePublic] and
// [Trusted] read public keys. The name of a key is also the origin of the register
// that it signs.
//
// The private line is in its file (0600) or in the environment of the process and
// nowhere else: a [Key] prints, formats and marshals as its public name, and no
// error holds text that was read from a key.
package keys
