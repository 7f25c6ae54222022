package ledger

// pieceEntries is how many entries are decoded and handed over together: what
// the nearest caches of a processor hold.
const pieceEntries = 512

// piece is some entries on their way from who decodes to who reads: their order
// and, by kind, the fields that differ. Entries would be several times as many
// bytes, and bytes are what it costs one processor to hear from another.
type piece struct {
	kinds []int64
	parts []part
}

// part is the entries of one kind in a piece.
type part struct {
	kind    Kind
	block   uint64 // the template is that of the part before with the same number
	like    Entry  // the template: what all entries of the kind in the block share
	count   int
	columns []values
}

// values are those of one field.
type values struct {
	field   *field
	numbers []int64
	texts   []string
}

// extend gives one more element, with the memory of an older one if there is any.
func extend[T any](s []T) []T {
	if len(s) < cap(s) {
		return s[:len(s)+1]
	}
	var zero T
	return append(s, zero)
}

// room gives n elements, whatever they hold.
func room[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, pieceEntries)
	}
	return s[:n]
}

// rows makes pieces into entries.
type rows [256]*kindRows

type kindRows struct {
	block uint64
	rows  []Entry // like the template of the block
	at    int     // the next to be read
}

// each calls f for the entries of a piece in their order.
func (r *rows) each(p *piece, f func(Entry) error) error {
	for i := range p.parts {
		r.place(&p.parts[i])
	}
	for _, k := range p.kinds {
		kr := r[uint8(k)]
		at := kr.at
		kr.at++
		if err := f(kr.rows[at]); err != nil {
			return err
		}
	}
	return nil
}

// place puts the entries of a part into the rows of its kind.
func (r *rows) place(p *part) {
	kr := r[p.kind]
	if kr == nil {
		kr = &kindRows{}
		r[p.kind] = kr
	}
	if kr.block != p.block {
		kr.block, kr.rows = p.block, kr.rows[:0]
	}
	for len(kr.rows) < p.count {
		kr.rows = append(kr.rows, p.like)
	}
	kr.at = 0
	for i := range p.columns {
		c := &p.columns[i]
		if c.field.text == nil {
			c.field.scatter(kr.rows, c.numbers)
			continue
		}
		c.field.write(kr.rows, c.texts)
	}
}
