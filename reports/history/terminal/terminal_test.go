package terminal

import (
	"strings"
	"testing"
	"unicode"

	"maildrill/reports/dossier"
	"maildrill/reports/figure"
	"maildrill/reports/words"
)

func written(t *testing.T, d dossier.Document, o Options) string {
	t.Helper()
	var b strings.Builder
	if err := Write(&b, d, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// of makes a document of blocks.
func of(blocks ...dossier.Block) dossier.Document {
	return dossier.Document{Title: "Title", Sections: []dossier.Section{{Title: "Part", Blocks: blocks}}}
}

func TestBlocks(t *testing.T) {
	cells := func(texts ...string) []dossier.Cell {
		var all []dossier.Cell
		for _, s := range texts {
			all = append(all, dossier.Cell{Text: s})
		}
		return all
	}
	table := dossier.Table{Head: []dossier.Column{{Title: "one"}, {Title: "n", Right: true}, {Title: "three"}}, Rows: [][]dossier.Cell{cells("a", "12", "c"), cells("bb", "3", "")}}
	long := table
	long.Rows = [][]dossier.Cell{cells("a", "12", strings.Repeat("word ", 12))}
	long.Head = append([]dossier.Column{{Title: "zero"}}, table.Head...)
	long.Rows[0] = append(cells("z"), long.Rows[0]...)
	wide := table
	wide.Rows = [][]dossier.Cell{cells(strings.Repeat("a", 30), "12", "c"), cells(strings.Repeat("b", 20), "1234567890123", "")}
	for _, c := range []struct {
		name  string
		block dossier.Block
		want  string
	}{
		{"paragraph", dossier.Paragraph{Text: "one two three four five six seven eight nine"}, "  one two three four five six seven\n  eight nine\n"},
		{"list", dossier.List{Items: []string{"one", "two"}}, "  - one\n  - two\n"},
		{"facts", dossier.Facts{Facts: []dossier.Fact{{Name: "a", Value: "1"}, {Name: "bcd", Value: "2"}}}, "  a    1\n  bcd  2\n"},
		{"code keeps spaces", dossier.Code{Text: "+   - {id: x}\n\n  y\n"}, "  +   - {id: x}\n\n    y\n"},
		{"code goes on", dossier.Code{Text: strings.Repeat("0123456789", 4)}, "  01234567890123456789012345678901234567\n  89\n"},
		{"a word longer than a line goes on", dossier.Paragraph{Text: "sha " + strings.Repeat("0123456789", 4)}, "  sha\n  01234567890123456789012345678901234567\n  89\n"},
		{"table", table, "  one   n  three\n  a    12  c\n  bb    3\n"},
		{"a table without rows", dossier.Table{Empty: "nothing"}, "  nothing\n"},
		{"a last column that does not fit goes below", long, "  zero  one   n\n      three\n  z     a    12\n      word word word word word word word\n      word word word word word\n"},
		{"a table that does not fit is written out", wide, "  " + strings.Repeat("a", 30) + "\n      n 12; three c\n  " + strings.Repeat("b", 20) + "\n      n 1234567890123\n"},
		{"a picture in letters", dossier.Picture{Figure: figure.Figure{ID: "known"}, Twin: &table}, "  ▁▂▃\n"},
		{"a picture without", dossier.Picture{Figure: figure.Figure{ID: "other"}, Twin: &table}, "  one   n  three\n  a    12  c\n  bb    3\n"},
		{"a picture with nothing", dossier.Picture{Figure: figure.Figure{ID: "other"}}, ""},
		{"card", dossier.Cards{Cards: []dossier.Card{{Title: "rto.mx", Verdict: dossier.Verdict{Word: "passed"}, Value: "1 s", Target: "at most 2 s", Lines: []string{"x"}}}}, "  passed: rto.mx, 1 s, at most 2 s\n    x\n"},
	} {
		got := written(t, of(c.block), Options{Width: 40, Pictures: map[string][]string{"known": {"▁▂▃"}}})
		if want := "\n* Title\n\nPart\n" + c.want; got != want {
			t.Errorf("%s:\n%q\nwant\n%q", c.name, got, want)
		}
	}
}

// Hostile text is shown and not obeyed, and no line is too long.
func TestHostileText(t *testing.T) {
	for _, evil := range []string{"\x1b[2J\x1b]0;x\a", "a\nb\rc\td", "\u202eevil", "\xff\xfe", strings.Repeat("x", 5000), strings.Repeat("漢", 500), ""} {
		head := []dossier.Column{{Title: evil}, {Title: evil, Right: true}, {Title: evil}}
		row := []dossier.Cell{{Text: evil, Tone: dossier.Bad}, {Text: evil}, {Text: evil}, {Text: evil}}
		d := dossier.Document{Title: evil, Verdict: dossier.Verdict{Word: evil, Why: evil}, Chips: []dossier.Fact{{Name: evil, Value: evil}}, Notices: []string{evil}, Footer: evil,
			Sections: []dossier.Section{{Title: evil, Blocks: []dossier.Block{dossier.Paragraph{Text: evil}, dossier.List{Items: []string{evil}}, dossier.Facts{Facts: []dossier.Fact{{Name: evil, Value: evil}}},
				dossier.Code{Text: evil}, dossier.Table{Caption: evil, Head: head, Rows: [][]dossier.Cell{row, row[:1]}}, dossier.Table{Head: head[:1], Rows: [][]dossier.Cell{row}}}}}}
		for _, width := range []int{0, 40, 80, 1000} {
			text := written(t, d, Options{Width: width})
			for line := range strings.Lines(text) {
				line = strings.TrimSuffix(line, "\n")
				if n := words.Columns(line); n > min(max(width, Narrowest), Widest) {
					t.Fatalf("%.20q at %d: a line of %d columns: %.60q", evil, width, n, line)
				}
				if i := strings.IndexFunc(line, func(r rune) bool { return !unicode.IsPrint(r) && r != unicode.ReplacementChar }); i >= 0 {
					t.Fatalf("%.20q: %q", evil, line[i:])
				}
			}
		}
	}
}

func TestColourSaysNothingMore(t *testing.T) {
	d := of(dossier.Table{Head: []dossier.Column{{Title: "a"}, {Title: "b"}}, Rows: [][]dossier.Cell{{{Text: "passed", Tone: dossier.Good}, {Text: "x"}}}})
	d.Verdict = dossier.Verdict{Word: "FAILED", Tone: dossier.Bad}
	plain, coloured := written(t, d, Options{Width: 60}), written(t, d, Options{Width: 60, Color: true})
	for _, code := range []string{"\x1b[1;31m", "\x1b[1;32m", "\x1b[0m"} {
		if !strings.Contains(coloured, code) {
			t.Errorf("no %q", code)
		}
		coloured = strings.ReplaceAll(coloured, code, "")
	}
	if plain != coloured {
		t.Errorf("%q\n%q", plain, coloured)
	}
}
