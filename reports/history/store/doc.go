// Package store keeps a database of the runs in a folder: <folder>/history.db,
// SQLite, readable with any of its tools. It is a cache. [Store.Sync] fills it
// from the run folders and may be called at any time, by several processes at
// once; what was not changed is not read again.
//
// A database of another version of maildrill, or one that is damaged, is made
// again from the folders. One that cannot be written is replaced by memory.
// [Store.Notices] tells of each. A file history.db that is a database of
// something else is left alone.
//
// The journal is SQLite's rollback journal: it needs no shared memory, so that
// folders on network file systems are as good as any, and nothing but history.db
// is left behind.
//
// All values are bound to parameters: no text of a record becomes SQL.
package store
