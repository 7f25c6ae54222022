// Package rawsearch finds texts in files of unknown form: what no mailbox and
// no queue shows may still be on a disk.
//
// [New] takes the texts, [Search.Read] looks through one file after the other,
// [Search.Found] says which texts were seen, and where. All texts are looked for
// in one pass, with the memory of one buffer; a text is found wherever it lies
// in the file, but only in clear: not in what is compressed or encoded.
package rawsearch
