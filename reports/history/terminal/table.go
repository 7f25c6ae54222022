package terminal

import (
	"strings"

	"maildrill/reports/dossier"
	"maildrill/reports/words"
)

// narrow is how few columns of text a column of a table is shrunk to.
const narrow = 6

// table writes the rows below the head. What identifies something (mono) is cut
// only where there is no other way.
func (p *page) table(t dossier.Table) {
	if len(t.Rows) == 0 {
		if t.Empty != "" {
			p.flow(indent, t.Empty)
		}
		return
	}
	rooms := rooms(t, p.width-len(indent))
	var head []dossier.Cell
	for _, c := range t.Head {
		head = append(head, dossier.Cell{Text: c.Title})
	}
	p.row(t, rooms, head)
	for _, r := range t.Rows {
		p.row(t, rooms, r)
	}
}

func (p *page) row(t dossier.Table, rooms []int, cells []dossier.Cell) {
	line := ""
	for i, room := range rooms {
		if room == 0 || i >= len(cells) {
			continue
		}
		text := words.Cut(words.Plain(cells[i].Text), room)
		free := strings.Repeat(" ", room-words.Columns(text))
		painted := p.paint(text, cells[i].Tone)
		if t.Head[i].Right {
			line += "  " + free + painted
		} else {
			line += "  " + painted + free
		}
	}
	p.raw(line)
}

// rooms gives each column what it needs, and takes from the widest what there
// is not.
func rooms(t dossier.Table, width int) []int {
	need := make([]int, len(t.Head))
	firm := make([]bool, len(t.Head))
	for i, c := range t.Head {
		need[i] = words.Columns(words.Plain(c.Title))
		for _, r := range t.Rows {
			if i < len(r) {
				need[i] = max(need[i], words.Columns(words.Plain(r[i].Text)))
				firm[i] = firm[i] || r[i].Mono
			}
		}
	}
	for total(need) > width {
		i := widest(need, firm, false)
		if i < 0 {
			i = widest(need, firm, true)
		}
		if i < 0 { // more columns than fit: the last ones are left out
			need[last(need)] = 0
			continue
		}
		need[i]--
	}
	return need
}

// total is the width of a row: a gap stands between columns.
func total(rooms []int) int {
	sum := -2
	for _, r := range rooms {
		if r > 0 {
			sum += r + 2
		}
	}
	return sum
}

func widest(rooms []int, firm []bool, also bool) int {
	found := -1
	for i, r := range rooms {
		if r > narrow && (also || !firm[i]) && (found < 0 || r > rooms[found]) {
			found = i
		}
	}
	return found
}

func last(rooms []int) int {
	for i := len(rooms) - 1; i > 0; i-- {
		if rooms[i] > 0 {
			return i
		}
	}
	return 0
}
