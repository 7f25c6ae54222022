package main

import (
	"fmt"
	"io"
	"strings"

	"maildrill/reports/dossier"
	"maildrill/reports/words"
)

// grid writes rows below each other: columns as wide as they need, the last one
// wrapped into what is left of the width. A row of one cell is a heading of those
// below it.
func grid(w io.Writer, width int, rows [][]string) {
	var rooms []int
	for _, r := range rows {
		for i, cell := range r[:max(0, len(r)-1)] {
			if i == len(rooms) {
				rooms = append(rooms, 0)
			}
			rooms[i] = max(rooms[i], words.Columns(words.Plain(cell)))
		}
	}
	for _, r := range rows {
		if len(r) == 1 {
			fmt.Fprintln(w, words.Plain(r[0]))
			continue
		}
		line := " "
		for i, cell := range r[:len(r)-1] {
			line += " " + words.Pad(words.Plain(cell), rooms[i]) + " "
		}
		const narrow = 24 // columns, at least, of what is wrapped
		for _, part := range words.Wrap(words.Plain(r[len(r)-1]), max(narrow, width-words.Columns(line)-1), 100) {
			fmt.Fprintln(w, strings.TrimRight(line+" "+part, " "))
			line = strings.Repeat(" ", words.Columns(line))
		}
	}
}

// gridOf are the rows of a table, without its head.
func gridOf(t dossier.Table) (rows [][]string) {
	for _, cells := range t.Rows {
		var row []string
		for _, c := range cells {
			row = append(row, c.Text)
		}
		rows = append(rows, row)
	}
	return rows
}

// grouped makes headings of the first column, which says each thing once.
func grouped(rows [][]string) (all [][]string) {
	for _, r := range rows {
		if r[0] != "" {
			all = append(all, r[:1])
		}
		if rest := r[1:]; strings.Join(rest, "") != "" {
			all = append(all, rest)
		}
	}
	return all
}

// printGrids prints the tables and sentences of a document, for people.
func (p *process) printGrids(d dossier.Document, shape func([][]string) [][]string) {
	for i, s := range d.Sections {
		if i > 0 {
			fmt.Fprintln(p.Stdout)
		}
		fmt.Fprintln(p.Stdout, s.Title)
		for _, b := range s.Blocks {
			switch b := b.(type) {
			case dossier.Table:
				grid(p.Stdout, p.columns(), shape(gridOf(b)))
			case dossier.Paragraph:
				grid(p.Stdout, p.columns(), [][]string{{"", b.Text}})
			case dossier.List:
				for _, item := range b.Items {
					grid(p.Stdout, p.columns(), [][]string{{"-", item}})
				}
			}
		}
	}
}
