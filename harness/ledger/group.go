package ledger

// rowsAtOnce is how many entries of one kind are decoded together: what the
// nearest cache of a processor holds.
const rowsAtOnce = 256

// group is the entries of one kind in one block.
type group struct {
	wanted       bool
	terse        bool   // without its long texts
	left         uint64 // entries not decoded yet
	rows         []Entry
	at           int // the next one of rows
	columns      []column
	vocabularies [fieldCount]vocabulary
	values       [rowsAtOnce]int64
}

// column is a field on its way into the rows.
type column struct {
	field *field
	cursor
	words *vocabulary // of a text
}

// open begins the group. What one that is not wanted holds is not looked at.
func (g *group) open(k Kind, count uint64, b []byte) error {
	g.left, g.at = count, 0
	if !g.wanted {
		return nil
	}
	if g.rows == nil {
		g.rows = make([]Entry, rowsAtOnce)
	}
	g.rows = g.rows[:min(count, rowsAtOnce)]
	for i := range g.rows {
		g.rows[i] = Entry{Kind: k}
	}
	g.columns = g.columns[:0]
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
	g.rows = g.rows[:0]
	return nil
}

// column begins a column. One whose values are all the same is written into the
// rows once, and is done.
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
	if c.steady() && c.flags&columnEnd == 0 {
		return c.put(g.rows, g.values[:len(g.rows)])
	}
	g.columns = append(g.columns, c)
	return nil
}

// refill decodes the next rows.
func (g *group) refill() error {
	n := min(g.left, rowsAtOnce)
	if n == 0 {
		return errGroups
	}
	g.left -= n
	g.rows, g.at = g.rows[:n], 0
	for i := range g.columns {
		c := &g.columns[i]
		if err := c.put(g.rows, g.values[:n]); err != nil {
			return err
		}
		if g.left == 0 && !c.spent() {
			return errColumn
		}
	}
	return nil
}

// put reads the next values into the rows.
func (c *column) put(rows []Entry, values []int64) error {
	if err := c.fill(values); err != nil {
		return err
	}
	if c.words != nil {
		return c.write(rows, values)
	}
	if c.flags&columnEnd != 0 {
		for i := range values {
			values[i] += int64(rows[i].End)
		}
	}
	c.field.scatter(rows, values)
	return nil
}

func (c *column) write(rows []Entry, places []int64) error {
	for i, place := range places {
		if place < 0 || place >= int64(len(c.words.ends)) {
			return errText
		}
		*c.field.text(&rows[i]) = c.words.word(place)
	}
	return nil
}
