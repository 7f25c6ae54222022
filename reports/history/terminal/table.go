package terminal

import (
	"strings"

	"maildrill/reports/dossier"
	"maildrill/reports/words"
)

// table writes the rows below the head. Where they do not fit side by side, the
// last of many columns goes below its row, and where that is not enough each row
// is written out, cell by cell: nothing is left away to make room.
func (p *page) table(t dossier.Table) {
	if len(t.Rows) == 0 {
		if t.Empty != "" {
			p.flow(indent, t.Empty)
		}
		return
	}
	if t.Caption != "" {
		p.flow(indent, t.Caption)
	}
	rooms := rooms(t)
	switch last := len(rooms) - 1; {
	case total(rooms) <= p.width-len(indent):
		p.grid(t, rooms)
	case last > 2 && total(rooms[:last]) <= p.width-len(indent):
		p.grid(t, rooms[:last])
	default:
		p.written(t)
	}
}

// hanging is the indent of what belongs to the row above it.
const hanging = indent + indent + indent

// grid writes as many columns as there are rooms, and a further one below them.
func (p *page) grid(t dossier.Table, rooms []int) {
	var head []dossier.Cell
	for _, c := range t.Head[:len(rooms)] {
		head = append(head, dossier.Cell{Text: c.Title})
	}
	p.row(t, rooms, head)
	if below := len(rooms); below < len(t.Head) {
		p.flow(hanging, t.Head[below].Title)
	}
	for _, cells := range t.Rows {
		p.row(t, rooms, cells)
		if below := len(rooms); below < len(cells) && cells[below].Text != "" {
			p.toned(hanging, cells[below].Text, cells[below].Tone)
		}
	}
}

func (p *page) row(t dossier.Table, rooms []int, cells []dossier.Cell) {
	line := ""
	for i, room := range rooms {
		if i >= len(cells) {
			break
		}
		text := words.Plain(cells[i].Text)
		free := strings.Repeat(" ", room-words.Columns(text))
		if painted := p.paint(text, cells[i].Tone); t.Head[i].Right {
			line += "  " + free + painted
		} else {
			line += "  " + painted + free
		}
	}
	p.raw(line)
}

// written puts each row into a paragraph.
func (p *page) written(t dossier.Table) {
	for _, cells := range t.Rows {
		var said []string
		for i, c := range cells {
			text := words.Plain(c.Text)
			if i > 0 && text != "" && i < len(t.Head) {
				text = words.Plain(t.Head[i].Title) + " " + text
			}
			if text != "" {
				said = append(said, text)
			}
		}
		if len(said) > 0 {
			p.flow(indent, said[0])
			p.flow(hanging, strings.Join(said[1:], "; "))
		}
	}
}

// rooms are what the columns need.
func rooms(t dossier.Table) []int {
	need := make([]int, len(t.Head))
	for i, c := range t.Head {
		need[i] = words.Columns(words.Plain(c.Title))
		for _, cells := range t.Rows {
			if i < len(cells) {
				need[i] = max(need[i], words.Columns(words.Plain(cells[i].Text)))
			}
		}
	}
	return need
}

// total is the width of a row: a gap stands between columns.
func total(rooms []int) int {
	sum := -2
	for _, r := range rooms {
		sum += r + 2
	}
	return sum
}
