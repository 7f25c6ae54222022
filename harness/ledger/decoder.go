package ledger

import (
	"errors"
	"fmt"
	"slices"
)

const entriesBelow = 1 << 24 // more in one block are not believed

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
	block  uint64 // number of the block, from 1
	left   uint64 // entries that the order still has
	counts [256]int
}

// open begins a block.
func (d *decoder) open(h preamble) error {
	d.block++
	d.left = h.count
	for _, g := range d.groups {
		if g != nil {
			g.left = 0
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

// next decodes the next entries of the block, if there are any that are wanted,
// and tells whether more follow.
func (d *decoder) next(p *piece) (more bool, err error) {
	n := min(d.left, pieceEntries)
	d.left -= n
	p.kinds, p.parts = room(p.kinds, int(n)), p.parts[:0]
	if n == 0 {
		return false, nil
	}
	if err := d.order.fill(p.kinds); err != nil {
		return false, err
	}
	if d.left == 0 && !d.order.spent() {
		return false, errColumn
	}
	if p.kinds, err = d.sort(p.kinds); err != nil {
		return false, err
	}
	for k, count := range d.counts {
		if count == 0 {
			continue
		}
		p.parts = extend(p.parts)
		q := &p.parts[len(p.parts)-1]
		q.block = d.block
		if err := d.groups[k].next(q, count); err != nil {
			return false, err
		}
	}
	return d.left > 0, nil
}

// sort counts the wanted entries of each kind, and leaves out the others.
func (d *decoder) sort(kinds []int64) ([]int64, error) {
	clear(d.counts[:])
	wanted := kinds[:0]
	for _, k := range kinds {
		g := d.groups[uint8(k)]
		if g == nil || k != int64(uint8(k)) {
			return nil, errGroups
		}
		if g.wanted {
			d.counts[k]++
			wanted = append(wanted, k)
		}
	}
	return wanted, nil
}

// count adds up the entries of the block by kind, and decodes none.
func (d *decoder) count(into *[256]int64) {
	for k, g := range d.groups {
		if g != nil {
			into[k] += int64(g.left)
		}
	}
}
