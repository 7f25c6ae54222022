package ledger

import "encoding/binary"

// encoder makes entries into the payload of a block. It keeps its memory.
type encoder struct {
	payload, group, column []byte
	scratch                []byte
	kinds, values          []int64
	which                  [256][]int32 // the entries of each kind
	words                  words
}

// encode lays out the block that holds these entries, before which there were
// first others. The result is good until the next call.
func (x *encoder) encode(first uint64, entries []Entry) []byte {
	b := binary.AppendUvarint(x.payload[:0], first)
	b = binary.AppendUvarint(b, uint64(len(entries)))
	if len(entries) > 0 {
		b = x.groups(x.order(b, entries), entries)
	}
	x.payload = b
	return b
}

// order writes the kinds, and sorts the entries by them.
func (x *encoder) order(b []byte, entries []Entry) []byte {
	for k := range x.which {
		x.which[k] = x.which[k][:0]
	}
	x.kinds = x.kinds[:0]
	for i := range entries {
		k := entries[i].Kind
		x.kinds = append(x.kinds, int64(k))
		x.which[k] = append(x.which[k], int32(i))
	}
	x.column = appendColumn(x.column[:0], x.kinds, 0, 0)
	return appendBytes(b, x.column)
}

func (x *encoder) groups(b []byte, entries []Entry) []byte {
	for k, which := range x.which {
		if len(which) == 0 {
			continue
		}
		x.columns(entries, which)
		b = binary.AppendUvarint(b, uint64(k))
		b = binary.AppendUvarint(b, uint64(len(which)))
		b = appendBytes(b, x.group)
	}
	return b
}

// columns writes each field that is not zero everywhere.
func (x *encoder) columns(entries []Entry, which []int32) {
	x.group = x.group[:0]
	ended := false
	for i := range stored {
		f := &stored[i]
		if f.text != nil {
			x.texts(f, entries, which)
		} else {
			x.numbers(f, entries, which, ended)
		}
		if len(x.column) > 0 {
			x.group = appendBytes(binary.AppendUvarint(x.group, f.id), x.column)
			ended = ended || f.id == endField
		}
	}
}

func (x *encoder) numbers(f *field, entries []Entry, which []int32, ended bool) {
	x.column = x.column[:0]
	values := x.room(len(which))
	f.gather(values, entries, which)
	if !some(values) {
		return
	}
	flags := byte(0)
	if f.fromEnd && ended {
		flags = columnEnd
		for i, k := range which {
			values[i] -= int64(entries[k].End)
		}
	}
	x.column = appendColumn(x.column, values, flags, f.unit)
}

func (x *encoder) texts(f *field, entries []Entry, which []int32) {
	x.column = x.column[:0]
	values := x.room(len(which))
	x.words.reset()
	before, place := "", int64(0)
	for i, k := range which {
		if s := *f.text(&entries[k]); s != before {
			before, place = s, x.words.number(s)
		}
		values[i] = place
	}
	if len(x.words.list) == 0 {
		return
	}
	x.column, x.scratch = x.words.write(x.column, x.scratch)
	x.column = appendColumn(x.column, values, 0, 0)
}

func (x *encoder) room(n int) []int64 {
	if cap(x.values) < n {
		x.values = make([]int64, n)
	}
	return x.values[:n]
}

func some(values []int64) bool {
	any := int64(0)
	for _, v := range values {
		any |= v
	}
	return any != 0
}

func appendBytes(b, s []byte) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}
