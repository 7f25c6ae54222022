package ledger

import (
	"encoding/binary"
	"errors"
	"time"
)

// An entry is written as its kind and then every field as a varint or a
// length-prefixed text. Fields are only ever added at the end: an older reader
// ignores what follows those it knows, and a newer one reads those that are not
// there as zero.

func appendEntry(b []byte, e Entry) []byte {
	b = append(b, byte(e.Kind))
	for _, v := range []uint64{
		uint64(e.Copy.Stream), uint64(e.Copy.Seq), uint64(e.Copy.Rcpt), uint64(e.Start), uint64(e.End),
		uint64(e.Verdict), uint64(e.Phase), uint64(e.Code), uint64(e.Scan), uint64(e.UID), uint64(e.UIDValidity), uint64(e.Integrity),
	} {
		b = binary.AppendUvarint(b, v)
	}
	for _, s := range []string{e.Node, e.Enhanced, e.Detail, e.Mailbox, e.Hops, e.Foreign} {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	for _, v := range []uint64{uint64(e.Sent), uint64(e.Arrived), uint64(e.Attempt), uint64(e.Size)} {
		b = binary.AppendUvarint(b, v)
	}
	return b
}

var errShort = errors.New("entry is cut short")

func parseEntry(b []byte) (Entry, error) {
	if len(b) == 0 {
		return Entry{}, errShort
	}
	p := parser{b: b[1:]}
	e := Entry{Kind: Kind(b[0])}
	e.Copy = Copy{Stream: uint16(p.number()), Seq: uint32(p.number()), Rcpt: uint16(p.number())}
	e.Start, e.End = time.Duration(p.number()), time.Duration(p.number())
	e.Verdict, e.Phase, e.Code = Verdict(p.number()), Phase(p.number()), uint16(p.number())
	e.Scan, e.UID, e.UIDValidity = uint16(p.number()), uint32(p.number()), uint32(p.number())
	e.Integrity = Integrity(p.number())
	e.Node, e.Enhanced, e.Detail = p.text(), p.text(), p.text()
	e.Mailbox, e.Hops, e.Foreign = p.text(), p.text(), p.text()
	e.Sent, e.Arrived, e.Attempt = time.Duration(p.number()), time.Duration(p.number()), uint16(p.number())
	e.Size = uint32(p.number())
	return e, p.err
}

// parser reads fields in turn; after the first error all are zero.
type parser struct {
	b   []byte
	err error
}

func (p *parser) number() uint64 {
	if len(p.b) == 0 {
		return 0
	}
	v, n := binary.Uvarint(p.b)
	if p.err != nil || n <= 0 {
		p.err = errShort
		return 0
	}
	p.b = p.b[n:]
	return v
}

func (p *parser) text() string {
	n := p.number()
	if p.err != nil || n > uint64(len(p.b)) {
		p.err = errShort
		return ""
	}
	s := string(p.b[:n])
	p.b = p.b[n:]
	return s
}
