// Package seal closes a run folder: [Run] writes the digests of everything in it
// (manifest.json, SHA256SUMS), closes the run in its register, and writes the proof
// of that (run.tlog-proof) and a signed statement (attestation.json).
//
//	manifest.json    path, size and SHA-256 of every artefact
//	SHA256SUMS       the same for `sha256sum -c`, with manifest.json
//	attestation.json in-toto Statement v1 about manifest.json and record.json, with
//	                 a test-result v0.1 predicate, in a DSSE envelope (Ed25519)
//	run.tlog-proof   that the close leaf is in the register (c2sp.org/tlog-proof)
//
// Bytes are signed as they stand; there is no canonical JSON. Each of these files
// can be read in one way only: what is not exactly as it would be written again is
// refused, so that no byte of it is without meaning.
package seal
