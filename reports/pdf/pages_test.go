package pdf

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"maildrill/reports/dossier"
	"maildrill/reports/figure"
)

// pressed lays a document out and keeps the press.
func pressed(t *testing.T, d dossier.Document) *press {
	t.Helper()
	m, err := newMetrics()
	if err != nil {
		t.Fatal(err)
	}
	s := &setter{script: &script{metrics: m}, metrics: m}
	p := newPress(m, d.Date)
	p.expect(anchors(d))
	s.print(p, d)
	return p
}

func TestNoHeadingOrTableHeadIsAloneAtTheFootOfAPage(t *testing.T) {
	follow := map[string]dossier.Block{
		"paragraph": dossier.Paragraph{Text: strings.Repeat("Words that fill some lines of a page. ", 12)},
		"table":     eventTable(30),
		"picture":   dossier.Picture{Figure: waterfallFigure()},
		"code":      dossier.Code{Text: "one\ntwo\nthree"},
		"cards":     dossier.Cards{Cards: []dossier.Card{{Title: "rto.mx", Value: "1 s"}}},
		"list":      dossier.List{Items: []string{"one", "two"}},
		"facts":     dossier.Facts{Facts: []dossier.Fact{{Name: "a", Value: "b"}}},
	}
	for name, block := range follow {
		for room := 40.0; room < 170; room += 10 { // that is left on the first page
			spacer := dossier.Picture{Figure: figure.Figure{Width: 100, Height: tall - 140 - room}}
			d := dossier.Document{Sections: []dossier.Section{
				{Title: "Filling", Blocks: []dossier.Block{spacer}},
				{Title: "Heading", Blocks: []dossier.Block{block}},
			}}
			for _, b := range pressed(t, d).places.bookmarks {
				if b.above < bottom+48 { // it and the least that may follow
					t.Errorf("%s in %g points: %q is %.0f points above the foot", name, room, b.title, b.above)
				}
			}
		}
	}
}

// Whatever a document says, each piece of it fits a page below the head of its
// table.
func TestNoPieceIsHigherThanAPage(t *testing.T) {
	wideFigure := dossier.Picture{Figure: figure.Figure{Width: 2000, Height: 3000, Draw: func(c figure.Canvas) { c.Text(figure.Point{}, "x", figure.Lettering{}) }}}
	narrow := dossier.Table{Head: make([]dossier.Column, 30), Rows: [][]dossier.Cell{make([]dossier.Cell, 40), make([]dossier.Cell, 2)}}
	for _, text := range []string{strings.Repeat("W", 5000), strings.Repeat("— ", 5000), strings.Repeat("\u6f22", 5000), strings.Repeat("i", 5000)} {
		d := dirtySample()
		d.Sections = append(d.Sections, dossier.Section{Blocks: []dossier.Block{wideFigure, narrow, dossier.Cards{Cards: []dossier.Card{{Lines: make([]string, 20)}}}}})
		fill(reflect.ValueOf(&d).Elem(), text)
		m, err := newMetrics()
		if err != nil {
			t.Fatal(err)
		}
		s := &setter{script: &script{metrics: m}, metrics: m}
		pieces := s.cover(d)
		for _, sec := range d.Sections {
			pieces = append(pieces, s.section(sec)...)
		}
		for i, p := range pieces {
			h, most := p.height, tall
			if p.head != nil {
				h += p.head.height
			}
			if p.turned {
				h, most = needs(pieces[i:i+3])-p.gap, low
			}
			if h > most {
				t.Errorf("%.5q: piece %d is %.0f points high", text, i, h)
			}
		}
	}
}

func TestATableHeadIsOnEveryPageOfTheTable(t *testing.T) {
	d := dossier.Document{Sections: []dossier.Section{{Title: "S", Blocks: []dossier.Block{eventTable(200)}}}}
	r := readPDF(t, render(t, d))
	if len(r.pages) < 5 {
		t.Fatalf("%d pages only", len(r.pages))
	}
	for n := range r.pages {
		if words := r.on(n + 1); strings.Count(words, "digest") != 1 {
			t.Errorf("page %d has %d heads", n+1, strings.Count(words, "digest"))
		}
	}
	all := r.words()
	for i := range 200 {
		if n := strings.Count(all, fmt.Sprintf("e-%04d", i)); n != 1 {
			t.Errorf("row %d is there %d times", i, n)
		}
	}
}

// A picture in landscape comes after the page that it belongs to, which is
// filled first.
func TestAPageInLandscapeLeavesNoPageHalfEmpty(t *testing.T) {
	p := pressed(t, passedSample())
	for n, turned := range p.sheets {
		if turned != (n == 2) {
			t.Errorf("page %d: landscape is %v", n+1, turned)
		}
	}
	words := readPDF(t, render(t, passedSample()))
	if second := words.on(2); !strings.Contains(second, "picture on page 3") || !strings.Contains(second, "e-0005") {
		t.Errorf("page 2 has %q", second)
	}
}

func TestEachOfSeveralPagesInLandscapeIsWhereItIsSaidToBe(t *testing.T) {
	var blocks []dossier.Block
	for _, title := range []string{"first picture", "second picture", "third picture"} {
		f := timelineFigure(10)
		f.ID, f.Title = strings.Fields(title)[0], title
		blocks = append(blocks, dossier.Picture{Figure: f})
	}
	r := readPDF(t, render(t, dossier.Document{Sections: []dossier.Section{{Title: "S", Blocks: blocks}}}))
	for i, title := range []string{"first picture", "second picture", "third picture"} {
		page := i + 2
		if words := r.on(1); !strings.Contains(words, fmt.Sprintf("%s picture on page %d", title, page)) {
			t.Errorf("page 1 has %q", words)
		}
		if !strings.Contains(r.on(page), title) || r.outline[title] != page {
			t.Errorf("%s is not on page %d, or its bookmark leads to page %d", title, page, r.outline[title])
		}
	}
	if !slices.Equal(r.aims[0], []int{2, 3, 4}) {
		t.Errorf("the links lead to pages %v", r.aims[0])
	}
}

func TestEveryPageLeavesTheStateAsItWas(t *testing.T) {
	for name, make := range samples {
		for n, page := range readPDF(t, render(t, make())).pages {
			saved, restored := 0, 0
			for line := range strings.Lines(page) {
				if strings.HasPrefix(line, "q ") && !strings.HasSuffix(line, " Q\n") {
					saved++
				}
				if line == "Q\n" {
					restored++
				}
			}
			if saved != restored {
				t.Errorf("%s: page %d saves %d times and restores %d times", name, n+1, saved, restored)
			}
		}
	}
}

func TestALargeDocumentStaysSmall(t *testing.T) {
	if n := len(render(t, largeSample())); n > 3<<20 {
		t.Errorf("%d bytes", n)
	}
}

// largeSample has 500 rows and 20,000 points.
func largeSample() dossier.Document {
	d := failedSample()
	d.Sections = append(d.Sections, dossier.Section{Title: "Large", Blocks: []dossier.Block{eventTable(500), dossier.Picture{Figure: timelineFigure(20000)}}})
	return d
}

func BenchmarkWrite(b *testing.B) {
	d := largeSample()
	for b.Loop() {
		b.ReportMetric(float64(len(render(b, d))), "bytes")
	}
}

func TestDocumentsAreWrittenBesideEachOther(t *testing.T) {
	want := render(t, passedSample())
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			var b bytes.Buffer
			if err := Write(&b, passedSample()); err != nil || !bytes.Equal(b.Bytes(), want) {
				t.Errorf("another file, or %v", err)
			}
		})
	}
	all.Wait()
}
