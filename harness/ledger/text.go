package ledger

import (
	"encoding/binary"
	"errors"
)

// A column of texts is the distinct ones in the order in which they come first,
// each as what it has in common with the one before and the rest, and then a
// column of their places, from 1. Place 0 is the empty text.

// textMost bounds the texts of one column, which a few bytes could make endless.
const textMost = 64 << 20

var errText = errors.New("a column of texts that does not fit its entries")

// words numbers the texts of one column as they are written.
type words struct {
	place map[string]int64
	last  string // the last new one
	list  []byte
}

// wordsKept is how large a table is used again: to empty it costs as much as it
// once held.
const wordsKept = 256

func (w *words) reset() {
	if len(w.place) > wordsKept || w.place == nil {
		w.place = map[string]int64{}
	}
	clear(w.place)
	w.last, w.list = "", w.list[:0]
}

func (w *words) number(s string) int64 {
	if s == "" {
		return 0
	}
	if n, ok := w.place[s]; ok {
		return n
	}
	n := int64(len(w.place) + 1)
	w.place[s] = n
	same := common(w.last, s)
	w.list = binary.AppendUvarint(w.list, uint64(same))
	w.list = binary.AppendUvarint(w.list, uint64(len(s)-same))
	w.list = append(w.list, s[same:]...)
	w.last = s
	return n
}

func common(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// vocabulary is the texts of one column as they are read: pieces of one string,
// so that a block costs a few allocations, however many texts it has.
type vocabulary struct {
	words []string // by place
	whole string
	bytes []byte
	ends  []int
}

// read takes the list, and gives what follows it.
func (v *vocabulary) read(b []byte) ([]byte, error) {
	p := parser{b: b}
	count := p.number()
	if count > uint64(len(b)) {
		return nil, errText
	}
	v.bytes, v.ends = v.bytes[:0], v.ends[:0]
	start := 0
	for range count {
		same, rest := p.number(), p.number()
		tail := p.bytes(rest)
		if p.err != nil || same > uint64(len(v.bytes)-start) {
			return nil, errText
		}
		from := start
		start = len(v.bytes)
		v.bytes = append(append(v.bytes, v.bytes[from:from+int(same)]...), tail...)
		if len(v.bytes) > textMost {
			return nil, errText
		}
		v.ends = append(v.ends, len(v.bytes))
	}
	v.cut()
	return p.b, p.err
}

// cut makes the words. A list that is the same as in the block before, as names
// of nodes are, costs nothing.
func (v *vocabulary) cut() {
	if v.whole != string(v.bytes) {
		v.whole = string(v.bytes)
	}
	v.words = append(v.words[:0], "")
	start := 0
	for _, end := range v.ends {
		v.words = append(v.words, v.whole[start:end])
		start = end
	}
}
