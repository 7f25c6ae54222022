package ledger

import (
	"errors"
	"fmt"
	"slices"
)

const (
	kindsAtOnce  = 512     // entries that are put in order together
	entriesBelow = 1 << 24 // more in one block are not believed
)

var errGroups = errors.New("groups that do not fit the order of the entries")

// preamble is what stands before everything else in a block.
type preamble struct {
	first, count uint64
	rest         []byte
}

func readPreamble(payload []byte) (preamble, error) {
	p := parser{b: payload}
	h := preamble{first: p.number(), count: p.number()}
	h.rest = p.b
	if h.count >= entriesBelow {
		return h, fmt.Errorf("a block of %d entries", h.count)
	}
	return h, p.err
}

// decoder reads the entries of blocks. It keeps its memory.
type decoder struct {
	wanted []Kind // nil: all
	terse  []Kind // without their long texts
	groups [256]*group
	order  cursor
	left   uint64 // entries that the order still has
	kinds  [kindsAtOnce]int64
}

// open begins a block.
func (d *decoder) open(h preamble) error {
	d.left = h.count
	for _, g := range d.groups {
		if g != nil {
			g.left, g.at, g.rows = 0, 0, g.rows[:0]
		}
	}
	if h.count == 0 {
		return nil
	}
	p := parser{b: h.rest}
	var err error
	if d.order, err = openColumn(p.bytes(p.number())); err != nil {
		return err
	}
	entries := uint64(0)
	for len(p.b) > 0 && p.err == nil {
		kind, count, columns := p.number(), p.number(), p.bytes(p.number())
		if p.err != nil || kind > 255 || count == 0 || count > h.count {
			return errGroups
		}
		entries += count
		if err := d.group(Kind(kind), count, columns); err != nil {
			return err
		}
	}
	if entries != h.count {
		return errGroups
	}
	return p.err
}

func (d *decoder) group(k Kind, count uint64, columns []byte) error {
	g := d.groups[k]
	if g == nil {
		g = &group{wanted: d.wanted == nil || slices.Contains(d.wanted, k), terse: slices.Contains(d.terse, k)}
		d.groups[k] = g
	}
	if g.left > 0 {
		return errGroups
	}
	return g.open(k, count, columns)
}

// next appends the next entries in the order of the block; none are left when
// it adds none and more is false.
func (d *decoder) next(out []Entry) (_ []Entry, more bool, err error) {
	n := min(d.left, kindsAtOnce)
	kinds := d.kinds[:n]
	if err := d.order.fill(kinds); n > 0 && err != nil {
		return out, false, err
	}
	d.left -= n
	for _, k := range kinds {
		g := d.groups[uint8(k)]
		if g == nil || k != int64(uint8(k)) {
			return out, false, errGroups
		}
		if !g.wanted {
			continue
		}
		if g.at == len(g.rows) {
			if err := g.refill(); err != nil {
				return out, false, err
			}
		}
		out = append(out, g.rows[g.at])
		g.at++
	}
	return out, d.left > 0, nil
}

// count adds up the entries of the block by kind, and decodes none.
func (d *decoder) count(into *[256]int64) {
	for k, g := range d.groups {
		if g != nil {
			into[k] += int64(g.left)
		}
	}
}
