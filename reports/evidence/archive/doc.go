// Package archive puts a run folder and its register into one file, and takes them
// out again with care.
//
//	RUN-ID/...             the run folder
//	register/leaves.jsonl  the register of that day
//	register/checkpoint
//
// The file is a zip archive. The same content always gives the same bytes: entries
// by name, no times, no owners. Its comment holds the SHA-256 of all bytes before,
// so that a file that was damaged on its way is told from one that was changed. The
// comment proves nothing else.
//
// [Open] trusts nothing: no entry may lead out of the folder, be anything but a
// file, come twice, or grow beyond what it says; and all together may not be out of
// proportion to the archive.
package archive
