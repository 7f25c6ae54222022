package ledger

// group is the entries of one kind in one block.
type group struct {
	wanted       bool
	terse        bool   // without its long texts
	left         uint64 // entries not decoded yet
	like         Entry  // what they all share
	columns      []column
	vocabularies [fieldCount]vocabulary
	ends         []int64
}

// column is a field that differs from entry to entry.
type column struct {
	field *field
	cursor
	words *vocabulary // of a text
}

// open begins the group. What one that is not wanted holds is not looked at.
func (g *group) open(k Kind, count uint64, b []byte) error {
	g.left, g.like, g.columns = count, Entry{Kind: k}, g.columns[:0]
	if !g.wanted {
		return nil
	}
	p, before := parser{b: b}, uint64(0)
	for len(p.b) > 0 {
		id, data := p.number(), p.bytes(p.number())
		if p.err != nil || id <= before {
			return errShort
		}
		before = id
		if f := known(id); f != nil && !(f.long && g.terse) {
			if err := g.column(f, data); err != nil {
				return err
			}
		}
	}
	return nil
}

// column begins a column. One whose values are all the same becomes part of
// what all entries share.
func (g *group) column(f *field, data []byte) error {
	c := column{field: f}
	var err error
	if f.text != nil {
		v := &g.vocabularies[f.place]
		if data, err = v.read(data); err != nil {
			return err
		}
		c.words = v
	}
	if c.cursor, err = openColumn(data); err != nil {
		return err
	}
	if !c.steady() || c.flags&columnEnd != 0 {
		g.columns = append(g.columns, c)
		return nil
	}
	if f.text == nil {
		f.set(&g.like, c.last)
		return nil
	}
	if !c.words.has(c.last) {
		return errText
	}
	*f.text(&g.like) = c.words.word(c.last)
	return nil
}

// next decodes the next entries.
func (g *group) next(p *part, count int) error {
	if uint64(count) > g.left {
		return errGroups
	}
	g.left -= uint64(count)
	p.kind, p.like, p.count, p.columns = g.like.Kind, g.like, count, p.columns[:0]
	g.ends = nil
	for i := range g.columns {
		c := &g.columns[i]
		p.columns = extend(p.columns)
		if err := g.values(c, &p.columns[i], count); err != nil {
			return err
		}
		if g.left == 0 && !c.spent() {
			return errColumn
		}
	}
	return nil
}

func (g *group) values(c *column, v *values, count int) error {
	v.field, v.numbers = c.field, room(v.numbers, count)
	if err := c.fill(v.numbers); err != nil {
		return err
	}
	if c.words != nil {
		v.texts = room(v.texts, count)
		return c.words.spellAll(v.texts, v.numbers)
	}
	if c.field.id == endField {
		g.ends = v.numbers
	}
	if c.flags&columnEnd != 0 {
		g.addEnds(v.numbers)
	}
	return nil
}

// addEnds makes distances from End into times.
func (g *group) addEnds(times []int64) {
	for i := range times {
		if g.ends == nil {
			times[i] += int64(g.like.End)
		} else {
			times[i] += g.ends[i]
		}
	}
}
