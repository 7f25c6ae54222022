// Package milter plays the milter protocol between a mail server and its filter:
// messages of a length in four bytes, a command and its data. Where all mail is to
// be taken or refused, the speaker answers by itself and the filter is not asked;
// where it is to be slow, the filter's own answers come late.
package milter
