package ledger

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/maphash"
	"slices"
)

// A column of texts is a list of the distinct ones in the order in which they
// come first, and then a column of their places in it, from 1. Place 0 is the
// empty text. The list is a count, a column of how many bytes each text has in
// common with the one before, a column of how many it has besides, and those.

// textMost bounds the texts of one column, which a few bytes could make endless.
const textMost = 64 << 20

var errText = errors.New("a column of texts that does not fit its entries")

// words numbers the texts of one column as they are written. The table is open
// addressing; what an earlier column left in it has an older age.
type words struct {
	list       []string
	same, rest []int64
	tail       []byte

	table []slot
	age   uint32
	seed  maphash.Seed
}

type slot struct{ age, place uint32 }

func (w *words) reset() {
	if w.table == nil {
		w.table, w.seed = make([]slot, 64), maphash.MakeSeed()
	}
	if w.age++; w.age == 0 {
		clear(w.table)
		w.age = 1
	}
	clear(w.list) // lets go of the texts
	w.list, w.same, w.rest, w.tail = w.list[:0], w.same[:0], w.rest[:0], w.tail[:0]
}

// number gives the place of a text, and a new one to a new text.
func (w *words) number(s string) int64 {
	if s == "" {
		return 0
	}
	at := w.find(s)
	if at.age == w.age {
		return int64(at.place)
	}
	w.add(s)
	*at = slot{w.age, uint32(len(w.list))}
	if 2*len(w.list) > len(w.table) {
		w.grow()
	}
	return int64(len(w.list))
}

// find gives the slot of a text, or the free one where it belongs.
func (w *words) find(s string) *slot {
	mask := uint64(len(w.table) - 1)
	for i := maphash.String(w.seed, s) & mask; ; i = (i + 1) & mask {
		at := &w.table[i]
		if at.age != w.age || w.list[at.place-1] == s {
			return at
		}
	}
}

func (w *words) grow() {
	w.table = make([]slot, 2*len(w.table))
	for i, s := range w.list {
		*w.find(s) = slot{w.age, uint32(i + 1)}
	}
}

func (w *words) add(s string) {
	same := 0
	if n := len(w.list); n > 0 {
		same = common(w.list[n-1], s)
	}
	w.list = append(w.list, s)
	w.same, w.rest = append(w.same, int64(same)), append(w.rest, int64(len(s)-same))
	w.tail = append(w.tail, s[same:]...)
}

func common(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// write lays out the list. It uses up what it has.
func (w *words) write(b, scratch []byte) ([]byte, []byte) {
	b = binary.AppendUvarint(b, uint64(len(w.list)))
	scratch = appendColumn(scratch[:0], w.same, 0, 0)
	b = appendBytes(b, scratch)
	scratch = appendColumn(scratch[:0], w.rest, 0, 0)
	b = appendBytes(b, scratch)
	return appendBytes(b, w.tail), scratch
}

// vocabulary is the texts of one column as they are read. They are made into
// strings when they are first met, many at a time and all pieces of one: a block
// costs few allocations and a little memory, however many texts it has.
type vocabulary struct {
	bytes []byte
	ends  []int32  // of the texts, by place
	words []string // by place, as far as they are made
	spare spelling // of the block before
}

type spelling struct {
	bytes []byte
	ends  []int32
}

// has tells whether there is a text in a place.
func (v *vocabulary) has(place int64) bool { return place >= 0 && place < int64(len(v.ends)) }

// spellAll gives the texts in the given places.
func (v *vocabulary) spellAll(out []string, places []int64) error {
	for i, place := range places {
		if !v.has(place) {
			return errText
		}
		out[i] = v.word(place)
	}
	return nil
}

// word is one text, in a place that has one.
func (v *vocabulary) word(place int64) string {
	if place >= int64(len(v.words)) {
		v.make(min(len(v.ends), max(int(place)+1, len(v.words)+pieceEntries/2)))
	}
	return v.words[place]
}

// make makes the next words, those of places below the end.
func (v *vocabulary) make(end int) {
	from := v.ends[len(v.words)-1]
	piece := string(v.bytes[from:v.ends[end-1]])
	for n := len(v.words); n < end; n++ {
		v.words = append(v.words, piece[v.ends[n-1]-from:v.ends[n]-from])
	}
}

// read takes the list, and gives what follows it.
func (v *vocabulary) read(b []byte) ([]byte, error) {
	p := parser{b: b}
	count := p.number()
	same, errSame := openColumn(p.bytes(p.number()))
	rest, errRest := openColumn(p.bytes(p.number()))
	tail := p.bytes(p.number())
	if p.err != nil || count == 0 || count >= entriesBelow || errSame != nil || errRest != nil {
		return nil, errText
	}
	before := spelling{v.bytes, v.ends}
	v.bytes, v.ends = v.spare.bytes[:0], append(v.spare.ends[:0], 0)
	v.spare = before
	if err := v.spell(int(count), same, rest, tail); err != nil {
		return nil, err
	}
	// A list that is the same as in the block before, as names of nodes are,
	// costs nothing.
	if !bytes.Equal(v.bytes, before.bytes) || !slices.Equal(v.ends, before.ends) {
		v.words = append(v.words[:0], "")
	}
	return p.b, nil
}

// spell puts the texts together.
func (v *vocabulary) spell(count int, same, rest cursor, tail []byte) error {
	var sames, rests [64]int64
	v.bytes, v.ends = v.bytes[:0], append(v.ends[:0], 0)
	from := 0
	for count > 0 {
		n := min(count, len(sames))
		count -= n
		if err := errors.Join(same.fill(sames[:n]), rest.fill(rests[:n])); err != nil {
			return err
		}
		for i := range n {
			s, r, at := sames[i], rests[i], len(v.bytes)
			if s < 0 || s > int64(at-from) || r < 0 || r > int64(len(tail)) || at+int(s+r) > textMost {
				return errText
			}
			v.bytes = append(append(v.bytes, v.bytes[from:from+int(s)]...), tail[:r]...)
			tail, from = tail[r:], at
			v.ends = append(v.ends, int32(len(v.bytes)))
		}
	}
	if len(tail) > 0 || !same.spent() || !rest.spent() {
		return errText
	}
	return nil
}
