// Package evidence is what makes a run something that others can check: the room
// of its parts. It has no code of its own.
//
//	keys      the one Ed25519 key of whoever runs drills
//	register  the append-only list of all runs, a Merkle tree under a signature
//	seal      manifest, checksums and signed statement of one run folder
//	signoff   what people put their own SSH key to
//	archive   a run folder and its register in one file
//	verify    all of it checked again, and what does not fit named
//
// # Threat model
//
// The strongest opponent is the operator himself. He owns the disk and the key,
// can write any file anew and sign it, and would like last quarter's failed drill
// to vanish, or its number to be another.
//
//   - Somebody without the key changes, drops, adds or cuts a file: the manifest
//     does not fit. He makes the manifest anew: the close leaf and the signed
//     statement do not fit.
//   - Somebody without the key changes, drops or swaps leaves of the register: its
//     checkpoint does not fit, and cannot be signed anew.
//   - The operator changes a number in record.json or in a report and seals the run
//     anew: the ledger and the events give another number. He makes up a ledger to
//     go with it: the register has another manifest under this run, or two.
//   - The operator takes a failed run out of the register and signs the rest anew:
//     nothing that he hands out shows it. What shows it is an earlier checkpoint
//     that somebody else kept, or any bundle of a later run that he gave away,
//     because it carries the register of its day. Without one, verify says
//     "completeness not proven". This is a limit of every signature, and the reason
//     why `maildrill register checkpoint` exists: give its three lines to somebody
//     else, over a way that is not yours alone.
//   - The operator runs drills without the register until one passes: such a run has
//     no index from before its first fault, and verify fails on it.
//   - The operator invents a run from beginning to end, with a system that never
//     existed: no signature of his can show that it did. The register shows only
//     when he said so, and that he cannot take it back.
//
// What a signature here means is therefore: this key has said this, at this place
// in the order of everything that it has said.
//
// # Keys and domains
//
// One Ed25519 key signs checkpoints (signed notes) and statements (DSSE). No text
// of one is ever a text of the other: the first line of a checkpoint is a key
// name, which has no space, and what DSSE signs begins with "DSSEv1 ".
package evidence
