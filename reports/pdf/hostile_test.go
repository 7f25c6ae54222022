package pdf

import (
	"reflect"
	"strings"
	"testing"

	"maildrill/reports/dossier"
	"maildrill/reports/figure"
)

// hostile is what a server, a scenario or a piece of mail may put into any text.
var hostile = []string{
	"\x1b[2J\x1b[31mred", "bell\a back\b null\x00 del\x7f", "line\nbreak\r\nand\ttab", "\u2028\u2029\u0085", "\xff\xfe broken \xc3\x28 \xf0\x9f",
	"\u202eright to left\u202c", "zero\u200bwidth", "<script>alert(1)</script>", `\) Tj ET Q endstream endobj (`, ") Tj /Annots [<</Type /Annot /Subtype /Link /A <</S /URI>>>>]",
	"漢字かな交じり文", "💥 \U0010ffff", "\ufffd \ufffe \uffff", "Ċ\u0d0a ਊ\u0a0d", "e\u0301", `\`, strings.Repeat("\\", 200), strings.Repeat("()", 200),
	strings.Repeat("x", 900), strings.Repeat("long words ", 90), "{nb}", "%PDF-1.7\nxref\n0 1\ntrailer", "", " ",
}

// fill puts a text into every string of a document; anchors keep their meaning.
func fill(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			fill(v.Elem(), text)
		}
	case reflect.Interface:
		block := reflect.New(v.Elem().Type()).Elem()
		block.Set(v.Elem())
		fill(block, text)
		v.Set(block)
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && f.Name != "Date" && f.Name != "Attached" {
				fill(v.Field(i), text)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			fill(v.Index(i), text)
		}
	case reflect.String:
		v.SetString(text)
	case reflect.Func:
		v.Set(reflect.ValueOf(func(c figure.Canvas) {
			for l := range 4 {
				c.Text(figure.Point{X: 10, Y: 10}, text, figure.Lettering{Upward: l%2 == 0, Mono: l > 1, Bold: l == 3})
			}
			c.Group(figure.Group{Label: text, Link: text}, func() {})
		}))
	}
}

func TestHostileTextIsShownAndNeverObeyed(t *testing.T) {
	for _, text := range hostile {
		d := dirtySample()
		fill(reflect.ValueOf(&d).Elem(), text)
		out := render(t, d)
		if err := validate(out); err != nil {
			t.Errorf("%.40q: %v", text, err)
		}
		for _, r := range readPDF(t, out).words() {
			if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r >= 0x200b && r <= 0x200f || r >= 0x2028 && r <= 0x202f {
				t.Fatalf("%.40q prints U+%04X", text, r)
			}
		}
	}
}

func TestHugeTextIsCutAndToldOf(t *testing.T) {
	for _, text := range []string{strings.Repeat("漢", 1<<18), strings.Repeat("word and ", 1<<17), strings.Repeat("x", 10<<20), strings.Repeat(" ", 1<<19) + "x" + strings.Repeat("\n", 1<<19) + "x"} {
		d := dirtySample()
		fill(reflect.ValueOf(&d).Elem(), text)
		out := render(t, d)
		if err := validate(out); err != nil {
			t.Errorf("%.10q: %v", text, err)
		}
		r := readPDF(t, out)
		if len(r.pages) > 60 || len(out) > 3<<20 {
			t.Errorf("%.10q: %d pages, %d bytes", text, len(r.pages), len(out))
		}
		if words := r.words(); !strings.Contains(words, "texts were cut and end in “…”") || !strings.Contains(words, "About this document") {
			t.Errorf("%.10q: nothing tells that texts were cut", text)
		}
	}
}

func TestWhatCannotBeDrawnIsCounted(t *testing.T) {
	d := dossier.Document{Title: "漢字", Footer: "\x00", Attached: []dossier.Attachment{{Name: "record.json"}},
		Sections: []dossier.Section{{Title: "S", Blocks: []dossier.Block{dossier.Paragraph{Text: "a\xffb"}}}}}
	words := readPDF(t, render(t, d)).words()
	for _, want := range []string{`\u{6F22}\u{5B57}`, "a\ufffdb", "4 characters could not be drawn", "attached record.json"} {
		if !strings.Contains(words, want) {
			t.Errorf("%q is not in %q", want, words)
		}
	}
	if words := readPDF(t, render(t, dossier.Document{Title: "λ Ж é"})).words(); strings.Contains(words, "About this document") {
		t.Errorf("nothing was lost: %q", words)
	}
}

func TestTooManyOfAKindAreToldOf(t *testing.T) {
	many := dossier.Document{Sections: []dossier.Section{{Title: "S", Blocks: []dossier.Block{
		eventTable(rowBound + 3), dossier.List{Items: make([]string, itemBound+2)}, dossier.Facts{Facts: make([]dossier.Fact, factBound+1)},
		dossier.Cards{Cards: append(make([]dossier.Card, cardBound), dossier.Card{Lines: []string{"x"}})},
		dossier.Cards{Cards: []dossier.Card{{Title: "c", Lines: make([]string, lineBound+5)}}},
	}}}}
	words := readPDF(t, render(t, many)).words()
	for _, want := range []string{"… and 3 more rows.", "… and 2 more items.", "… and 1 more fact.", "… and 1 more card.", "… and 5 more lines.", "12 rows, items or lines were left out"} {
		if !strings.Contains(words, want) {
			t.Errorf("%q is nowhere", want)
		}
	}
}
