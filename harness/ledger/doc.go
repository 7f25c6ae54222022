// Package ledger is the append-only history of a run: the fate of every copy
// (binary segments under ledger/) and everything else that happened
// (events.jsonl, hash-chained).
//
// A [Recorder] can only write; a [Scanner] can only read. The verdict is a
// pure function of the two files, so `maildrill judge` can recompute it years
// later.
//
// The unit of account is the copy: one recipient of one message. All times are
// durations since the start of the run on one monotonic clock.
//
// # Segments
//
// The ledger is the files 000001.seg, 000002.seg, ... of a folder, each a header
// and then blocks. All fixed-size numbers are little-endian; CRC is CRC-32C
// (Castagnoli, RFC 3720 appendix B.4).
//
//	header  magic "MAILDRILL-LEDGER" (16 bytes), version (2 bytes), length of the
//	        header (2), number of the segment, from 1 (4), CRC of all before (4)
//	block   length of the payload (4), CRC of the payload (4), payload
//
// A block is written with one write, and a segment is durable before the next one
// begins, so that a crash leaves whole blocks and at most one broken one, at the
// end. Reading stops at the first block that is broken or does not follow, and
// says where. The last block of a ledger that was closed is the end mark, which
// has no entries: without it nobody knows what may be missing.
//
// # Payloads
//
// In a payload, a number is an unsigned varint (LEB128, at most 10 bytes); a
// signed number is written as number (v<<1) ^ (v>>63), zigzag; "bytes" is their
// length, a number, and then they.
//
//	payload  entries in all blocks before, number
//	         entries in this block, number; 0 is the end mark, and nothing follows
//	         order: the kinds of the entries, a column in bytes
//	         groups, one for each kind that occurs
//	group    kind, number; its entries, number; columns, bytes
//	columns  fields that are not zero in all entries of the group, by rising
//	         number: the number of the field, and its column in bytes
//
// The n-th entry of a kind in the order is the n-th of its group.
//
// # Columns
//
// A column of numbers has a value for each entry, as signed 64-bit numbers that
// wrap around:
//
//	column  flags (1 byte)
//	        unit, number, if flag 4 is set; else it is 1
//	        the first value, signed
//	        the difference of each later value to the one before, divided by the
//	        unit, signed; if flag 1 is set as runs: a difference, signed, and how
//	        many times it comes, number. If all values are the same, nothing.
//
// With flag 2 the values are distances from the End of the same entry. Times are
// nanoseconds.
//
// A column of texts is a list of texts, and then a column of numbers: the place
// in the list, from 1, of the text of each entry; 0 is the empty text.
//
//	list    how many, number
//	        how many bytes each text shares with the one before, a column in bytes
//	        how many bytes each text has beside those, a column in bytes
//	        those, one after the other, bytes
//
// # Fields
//
//	 1 Copy.Stream   2 Copy.Seq   3 Copy.Rcpt   4 End          5 Start
//	 6 Sent          7 Arrived    8 Attempt     9 Node (text) 10 Verdict
//	11 Phase        12 Code      13 Enhanced (text)           14 Detail (text)
//	15 Scan         16 Mailbox (text)          17 UID         18 UIDValidity
//	19 Integrity    20 Hops (text)             21 Foreign (text)
//
// # Versions
//
// What a later version adds, an older reader can pass over: bytes in the header
// before its CRC, which stays the last; fields, whose columns have their length;
// kinds, whose groups have the columns that it knows. It hands entries of unknown
// kinds on, for a judge must not pass over what it does not understand. Numbers
// of kinds and fields are never used again. Anything else, such as a new flag or
// a new meaning of a field, raises the version, and older readers refuse it.
//
// # JSON Lines
//
// [Export] writes the entries one JSON object a line, for people and for
// programs in other languages, and [Import] reads them again without loss.
package ledger
