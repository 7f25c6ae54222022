// Package register is the run register: the append-only list of all runs that one
// key stands for, as leaves of a Merkle tree (RFC 6962 section 2.1) under a signed
// checkpoint (c2sp.org/tlog-checkpoint). It is no ledger: that is the fate of mail.
//
// [Open] finds a register in a folder or on a git branch. [Register.Start] takes a
// run's index before anything starts, [Register.Close] says how it ended, and both
// return when that is durable. [Parse] reads one without trusting it.
//
// # Files
//
//	leaves.jsonl  one leaf a line; the hash of a leaf is that of its line
//	checkpoint    origin, number of leaves, root hash; signed
//	pending       only while an append goes on: what it adds, and the next checkpoint
//	lock          nothing; who appends holds a lock on it
//
// Every leaf carries its place and the SHA-256 of the line before it, so that
// somebody who reads can say where a leaf was dropped or two were swapped. That it
// was not done by the key's holder is what the checkpoint is for.
//
// # Rules
//
//   - Nothing is ever taken back or written over. A correction is a leaf.
//   - A leaf counts when its checkpoint is in place. An append that was cut off has
//     left its pending file, whose checkpoint is signed; whoever appends next
//     completes it. Any other register whose leaves are not those of its checkpoint
//     is refused.
//   - Between processes, and between hosts that share a folder, flock(2) keeps the
//     order: Linux carries it over NFSv4 and SMB. On a git branch, a push that is no
//     fast-forward is refused by the other side, and is made again on top.
//   - A key signs one history: [Register.Remember] keeps the last checkpoint on the
//     host, away from the register, and one that was put back is not gone on with.
//   - Leaves name no person, host or address. A run id holds the scenario's name.
package register
