package terminal

import (
	"io"
	"strings"

	"maildrill/reports/dossier"
	"maildrill/reports/words"
)

// Options say how to write.
type Options struct {
	Width    int                 // columns, 40 to 160
	Color    bool                // escape sequences, as colours
	Pictures map[string][]string // pictures in letters, by the ID of the figure
}

// Widths that a text is laid out for.
const (
	Narrowest = 40
	Widest    = 160
)

// Write writes the whole document.
func Write(w io.Writer, d dossier.Document, o Options) error {
	p := &page{o: o, width: min(max(o.Width, Narrowest), Widest)}
	p.head(d)
	for _, s := range d.Sections {
		p.b.WriteByte('\n')
		if s.Title != "" {
			p.put("", s.Title)
		}
		for _, b := range s.Blocks {
			p.block(b)
		}
	}
	if d.Footer != "" {
		p.b.WriteByte('\n')
		p.flow("", d.Footer)
	}
	_, err := io.WriteString(w, p.b.String())
	return err
}

// page is a text of bounded width that grows.
type page struct {
	b     strings.Builder
	o     Options
	width int
}

const indent = "  "

// put writes one line, cut to the room.
func (p *page) put(before, text string) {
	p.raw(before + words.Cut(words.Plain(text), p.width-words.Columns(before)))
}

func (p *page) raw(line string) { p.b.WriteString(strings.TrimRight(line, " ") + "\n") }

// flow writes text over as many lines as it takes, under a hanging indent. A
// word that is longer than a line goes on in the next.
func (p *page) flow(first, text string) { p.toned(first, text, dossier.Neutral) }

// toned is flow, with a colour.
func (p *page) toned(first, text string, t dossier.Tone) {
	first = words.Cut(first, p.width/2)
	before, room := first, p.width-words.Columns(first)
	var whole []string
	for _, word := range strings.Fields(words.Plain(text)) {
		whole = append(whole, pieces(word, room)...)
	}
	const most = 1 << 20 // lines
	for _, line := range words.Wrap(strings.Join(whole, " "), room, most) {
		p.raw(before + p.paint(line, t))
		before = strings.Repeat(" ", words.Columns(first))
	}
}

func (p *page) head(d dossier.Document) {
	p.b.WriteByte('\n')
	if d.Verdict.Word != "" {
		p.raw(p.paint("* "+words.Cut(words.Plain(d.Verdict.Word), p.width-2), d.Verdict.Tone))
		p.flow(indent, d.Title)
	} else {
		p.flow("* ", d.Title)
	}
	if d.Verdict.Why != "" {
		p.flow(indent, d.Verdict.Why)
	}
	for _, f := range d.Chips {
		p.flow(indent+words.Plain(f.Name)+": ", f.Value)
	}
	for _, n := range d.Notices {
		p.flow(indent+"! ", n)
	}
}

// paint colours text. The words themselves say all that the colour says.
func (p *page) paint(text string, t dossier.Tone) string {
	code := map[dossier.Tone]string{dossier.Good: "1;32", dossier.Bad: "1;31", dossier.Open: "1;33"}[t]
	if !p.o.Color || code == "" || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (p *page) block(b dossier.Block) {
	switch b := b.(type) {
	case dossier.Paragraph:
		p.flow(indent, b.Text)
	case dossier.List:
		p.list(b)
	case dossier.Table:
		p.table(b)
	case dossier.Picture:
		p.picture(b)
	case dossier.Cards:
		for _, c := range b.Cards {
			p.card(c)
		}
	case dossier.Facts:
		p.facts(b)
	case dossier.Code:
		for line := range strings.Lines(b.Text) {
			p.code(strings.TrimRight(line, "\n"))
		}
	}
}

// code is shown letter by letter, spaces too; a long line goes on in the next.
func (p *page) code(line string) {
	text := strings.TrimPrefix(words.Plain("|"+line), "|") // spaces that begin it stay
	for _, piece := range pieces(text, p.width-len(indent)) {
		p.raw(indent + piece)
	}
}

// pieces cuts a text into such that fit the room; there is at least one.
func pieces(text string, room int) []string {
	var out []string
	from, used := 0, 0
	for i, r := range text {
		width := words.Columns(string(r))
		if used+width > room && i > from {
			out, from, used = append(out, text[from:i]), i, 0
		}
		used += width
	}
	return append(out, text[from:])
}

func (p *page) list(l dossier.List) {
	for _, item := range l.Items {
		p.flow(indent+"- ", item)
	}
}

func (p *page) picture(b dossier.Picture) {
	if lines, ok := p.o.Pictures[b.ID]; ok {
		for _, l := range lines {
			p.raw(indent + words.Cut(l, p.width-len(indent)))
		}
		return
	}
	if b.Twin != nil {
		p.table(*b.Twin)
	}
}

func (p *page) card(c dossier.Card) {
	said := []string{c.Title, c.Value, c.Target}
	p.flow(indent+words.Plain(c.Verdict.Word)+": ", strings.Join(said, ", "))
	for _, l := range c.Lines {
		p.flow(indent+indent, l)
	}
}

// facts are written with their values below each other.
func (p *page) facts(f dossier.Facts) {
	room := 0
	for _, one := range f.Facts {
		room = max(room, words.Columns(words.Plain(one.Name)))
	}
	room = min(room, p.width/3)
	for _, one := range f.Facts {
		p.flow(indent+words.Pad(words.Plain(one.Name), room)+"  ", one.Value)
	}
}
