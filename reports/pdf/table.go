package pdf

import (
	"strings"

	"maildrill/reports/dossier"
)

// Insides of a table.
const (
	cellSide = 4.0 // left and right of a cell's words
	cellPad  = 3.2 // above and below them
	signRoom = 11.0

	// A head and one row of the most lines fill a page together.
	headLines = 12
	rowLines  = 50
)

// cell is one cell, harmless.
type cell struct {
	text   string
	letter letter
	tone   tone
	link   string
	id     string
	lines  []string
}

func (s *setter) table(t dossier.Table) []piece {
	out := []piece{s.caption(t.ID, s.line(t.Caption, titleBound), true)}
	if len(t.Rows) == 0 {
		empty := t.Empty
		if empty == "" {
			empty = "None."
		}
		return append(out, s.remark(s.metrics.short(aside, s.line(empty, cellBound), wide))...)
	}
	head, rows := s.cells(t)
	columns := s.columns(t, head, rows)
	width := total(columns)
	top := headPiece(s.set(head, columns, headLines), columns, width)
	out = append(out, top)
	for i, row := range rows {
		p := rowPiece(s.set(row, columns, rowLines), columns, width)
		p.head = &top
		p.keep = i == 0 && len(rows) > 1 || i == len(rows)-2 && i > 0
		out = append(out, p)
	}
	together(out)
	return append(out, s.rest(len(t.Rows)-len(rows), "row")...)
}

// cells are the head and the rows, made harmless; all of the same number.
func (s *setter) cells(t dossier.Table) (head []cell, rows [][]cell) {
	shown := t.Rows[:min(len(t.Rows), rowBound)]
	n := len(t.Head)
	for _, r := range shown {
		n = max(n, len(r))
	}
	head = make([]cell, n)
	for i, c := range t.Head {
		head[i] = cell{text: s.line(c.Title, cellBound), letter: smallB}
	}
	for _, r := range shown {
		row := make([]cell, n)
		for i, c := range r {
			row[i] = s.cell(c)
		}
		rows = append(rows, row)
	}
	return head, rows
}

func (s *setter) cell(c dossier.Cell) cell {
	l := small
	if c.Mono {
		l = fixed75
	}
	t := toneOf(c.Tone)
	return cell{text: s.line(c.Text, cellBound), letter: l.in(t.dark), tone: t, link: c.Link, id: c.ID}
}

// columns are the widths, of what the columns ask for and hold.
func (s *setter) columns(t dossier.Table, head []cell, rows [][]cell) []column {
	columns := make([]column, len(head))
	for i := range columns {
		c := &columns[i]
		c.share = 1
		if i < len(t.Head) {
			c.right = t.Head[i].Right
			if t.Head[i].Share > 0 {
				c.share = t.Head[i].Share
			}
		}
		c.least = narrowest
		s.ask(c, head[i])
		for _, row := range rows {
			s.ask(c, row[i])
		}
	}
	spread(columns, span(columns))
	return columns
}

// ask widens a column's wishes by one cell.
func (s *setter) ask(c *column, x cell) {
	extra := 2 * cellSide
	if x.tone.sign != noSign {
		extra += signRoom
	}
	for word := range strings.FieldsSeq(x.text) {
		if w := s.metrics.width(x.letter, word); w <= longWord {
			c.least = max(c.least, w+extra)
		} else {
			c.least = max(c.least, longWord+extra)
		}
	}
	c.natural = max(c.natural, min(longText, s.metrics.width(x.letter, x.text)+extra+0.5))
}

// set breaks the texts of a row into lines, at most so many.
func (s *setter) set(row []cell, columns []column, most int) []cell {
	for i := range row {
		room := columns[i].width - 2*cellSide
		if row[i].tone.sign != noSign {
			room -= signRoom
		}
		lines := s.metrics.wrap(row[i].letter, row[i].text, max(room, 6))
		if len(lines) > most {
			lines = append(lines[:most-1], "…")
			s.cut++
		}
		row[i].lines = lines
	}
	return row
}

func height(row []cell) float64 {
	n := 1
	for _, c := range row {
		n = max(n, len(c.lines))
	}
	return float64(n)*small.lead() + 2*cellPad
}

func headPiece(row []cell, columns []column, width float64) piece {
	h := height(row)
	return piece{height: h, keep: true, draw: func(p *press, x, y float64) {
		p.box(x, y, width, h, faint)
		p.line(x, y, x+width, y, 0.5, rule)
		p.line(x, y+h, x+width, y+h, 0.9, grey)
		p.cells(row, columns, x, y)
	}}
}

func rowPiece(row []cell, columns []column, width float64) piece {
	h := height(row)
	return piece{height: h, draw: func(p *press, x, y float64) {
		p.line(x, y+h, x+width, y+h, 0.4, rule)
		p.cells(row, columns, x, y)
	}}
}

func (p *press) cells(row []cell, columns []column, x, y float64) {
	for i, c := range row {
		p.cell(c, columns[i], x, y+cellPad)
		x += columns[i].width
	}
}

func (p *press) cell(c cell, in column, x, y float64) {
	p.anchor(c.id, y)
	l := c.letter
	if c.link != "" && p.link(c.link, x, y-cellPad/2, in.width, float64(len(c.lines))*l.lead()+cellPad) && c.tone.sign == noSign {
		l = l.in(blue)
	}
	y += small.rise() - l.rise() // faces of one line stand on one baseline
	if in.right {
		p.right(c.tone, l, x+in.width-cellSide, y, c.lines)
		return
	}
	p.toned(c.tone, l, x+cellSide, y, c.lines)
}

// right draws lines that end at x, behind their sign.
func (p *press) right(t tone, l letter, x, y float64, lines []string) {
	if t.sign != noSign {
		p.sign(t.sign, x-p.metrics.width(l, lines[0])-7, y+l.lead()/2, 7.5, t.dark, white)
	}
	for _, line := range lines {
		p.textRight(l, x, y+l.rise(), line)
		y += l.lead()
	}
}
