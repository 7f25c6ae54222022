package ledger

import (
	"encoding/binary"
	"errors"
	"math/bits"
)

// A column is the values that one field has in the entries of one group: flags,
// the first value, and the differences from each value to the next. See the
// package's documentation for the layout.
const (
	columnRuns  = 1 << iota // pairs of a difference and how many times it comes
	columnEnd               // the values are distances from the End of their entries
	columnSteps             // the differences are multiples of a unit
	columnKnown = columnRuns | columnEnd | columnSteps
)

var errColumn = errors.New("a column that does not fit its entries")

func zig(v int64) uint64 { return uint64(v<<1) ^ uint64(v>>63) }
func zag(u uint64) int64 { return int64(u>>1) ^ -int64(u&1) }

// appendColumn writes values, of which there is at least one, and uses their
// memory up. The unit is a wish: it is taken if it fits.
func appendColumn(b []byte, values []int64, flags byte, unit int64) []byte {
	base, diffs := values[0], values[1:]
	for i, before := 0, base; i < len(diffs); i++ {
		v := diffs[i]
		diffs[i], before = v-before, v
	}
	changes, steady := shape(diffs)
	if steady {
		return binary.AppendUvarint(append(b, flags), zig(base))
	}
	if 4*changes < len(diffs) { // short runs save little, and are slow to read
		flags |= columnRuns
	}
	if unit > 1 && divide(diffs, unit) {
		b = binary.AppendUvarint(append(b, flags|columnSteps), uint64(unit))
	} else {
		b = append(b, flags)
	}
	b = binary.AppendUvarint(b, zig(base))
	if flags&columnRuns != 0 {
		return appendRuns(b, diffs)
	}
	for _, d := range diffs {
		b = binary.AppendUvarint(b, zig(d))
	}
	return b
}

// shape counts the stretches of equal differences, and tells whether all are zero.
func shape(diffs []int64) (stretches int, steady bool) {
	any, before := int64(0), int64(0)
	for i, d := range diffs {
		any |= d
		if i == 0 || d != before {
			stretches++
		}
		before = d
	}
	return stretches, any == 0
}

// divide makes multiples of the unit into their factors, all or none.
func divide(diffs []int64, unit int64) bool {
	for _, d := range diffs {
		if d%unit != 0 {
			return false
		}
	}
	for i := range diffs {
		diffs[i] /= unit
	}
	return true
}

func appendRuns(b []byte, diffs []int64) []byte {
	for len(diffs) > 0 {
		n := 1
		for n < len(diffs) && diffs[n] == diffs[0] {
			n++
		}
		b = binary.AppendUvarint(b, zig(diffs[0]))
		b = binary.AppendUvarint(b, uint64(n))
		diffs = diffs[n:]
	}
	return b
}

// cursor reads a column piece by piece.
type cursor struct {
	b     []byte
	flags byte
	unit  int64
	last  int64
	begun bool

	run  uint64 // how many times diff comes yet
	diff int64
}

func openColumn(b []byte) (cursor, error) {
	if len(b) == 0 || b[0]&^columnKnown != 0 {
		return cursor{}, errColumn
	}
	c := cursor{flags: b[0], unit: 1}
	p := parser{b: b[1:]}
	if c.flags&columnSteps != 0 {
		c.unit = int64(p.number())
	}
	c.last = zag(p.number())
	c.b = p.b
	return c, p.err
}

// steady tells that all values are the first one.
func (c *cursor) steady() bool { return !c.begun && len(c.b) == 0 }

// spent tells that nothing is left over.
func (c *cursor) spent() bool { return len(c.b) == 0 && c.run == 0 }

// fill reads the next values.
func (c *cursor) fill(out []int64) error {
	if c.steady() {
		for i := range out {
			out[i] = c.last
		}
		return nil
	}
	if !c.begun && len(out) > 0 {
		out[0], c.begun = c.last, true
		out = out[1:]
	}
	if c.flags&columnRuns != 0 {
		return c.fillRuns(out)
	}
	return c.fillPlain(out)
}

func (c *cursor) fillPlain(out []int64) error {
	b, last := c.b, c.last
	for i := range out {
		u, n := uvarint(b)
		if n <= 0 {
			return errColumn
		}
		b = b[n:]
		last += zag(u) * c.unit
		out[i] = last
	}
	c.b, c.last = b, last
	return nil
}

func (c *cursor) fillRuns(out []int64) error {
	for len(out) > 0 {
		if c.run == 0 {
			p := parser{b: c.b}
			c.diff, c.run = zag(p.number())*c.unit, p.number()
			if p.err != nil || c.run == 0 {
				return errColumn
			}
			c.b = p.b
		}
		n := min(len(out), int(min(c.run, 1<<31)))
		for i := range out[:n] {
			c.last += c.diff
			out[i] = c.last
		}
		c.run -= uint64(n)
		out = out[n:]
	}
	return nil
}

// uvarint is [binary.Uvarint], without a branch for each byte: the lengths of
// times are not to be foreseen.
func uvarint(b []byte) (uint64, int) {
	if len(b) < 8 {
		return binary.Uvarint(b)
	}
	if b[0] < 0x80 {
		return uint64(b[0]), 1
	}
	x := binary.LittleEndian.Uint64(b)
	ends := ^x & 0x8080808080808080
	if ends == 0 {
		return binary.Uvarint(b)
	}
	x &= ends ^ (ends - 1) // up to the first byte without the sign that more follow
	x = x&0x007f007f007f007f | x&0x7f007f007f007f00>>1
	x = x&0x00003fff00003fff | x&0x3fff00003fff0000>>2
	x = x&0x000000000fffffff | x&0x0fffffff00000000>>4
	return x, bits.TrailingZeros64(ends)/8 + 1
}

// parser reads numbers and bytes in turn; after the first error all are zero.
type parser struct {
	b   []byte
	err error
}

var errShort = errors.New("a block that ends too early")

func (p *parser) number() uint64 {
	v, n := binary.Uvarint(p.b)
	if p.err != nil || n <= 0 {
		p.err = errShort
		return 0
	}
	p.b = p.b[n:]
	return v
}

func (p *parser) bytes(n uint64) []byte {
	if p.err != nil || n > uint64(len(p.b)) {
		p.err = errShort
		return nil
	}
	b := p.b[:n]
	p.b = p.b[n:]
	return b
}
