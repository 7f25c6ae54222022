// Package spool reads mail queues from their files: those of a server that is
// dead, whose own programs cannot be asked.
//
// [Postfix] reads a tar archive of a Postfix queue directory. The format of its
// queue files is not an interface, but it has been the same since Postfix 1.1:
// see src/global/rec_type.h and record.c of its source. What is read here are
// the envelopes: sender, recipients not yet served, time of arrival.
package spool
