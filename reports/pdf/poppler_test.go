package pdf

import (
	"bytes"
	"encoding/xml"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"maildrill/reports/dossier"
)

// poppler runs a program that has nothing to do with ours on a document.
func poppler(t *testing.T, program string, d dossier.Document, flags ...string) []byte {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Skipf("SKIPPED: %s is not installed: `make tools` installs it as root", program)
	}
	file := filepath.Join(t.TempDir(), "report.pdf")
	if err := os.WriteFile(file, render(t, d), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, append(flags, file, "-")...)
	if program == "pdfdetach" {
		cmd = exec.Command(path, append(flags, file)...)
	}
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil || complaints.Len() > 0 {
		t.Fatalf("%s: %v: %s", program, err, complaints.Bytes())
	}
	return out
}

func TestPopplerReadsTheWords(t *testing.T) {
	for name, make := range samples {
		d := make()
		text := string(poppler(t, "pdftotext", d, "-layout"))
		for _, want := range titles(d) {
			if !strings.Contains(text, want) {
				t.Errorf("%s: pdftotext does not find %q", name, want)
			}
		}
	}
}

func TestPopplerTakesTheAttachmentsOut(t *testing.T) {
	d := passedSample()
	dir := t.TempDir()
	poppler(t, "pdfdetach", d, "-saveall", "-o", dir)
	for _, a := range d.Attached {
		if got, err := os.ReadFile(filepath.Join(dir, a.Name)); err != nil || !bytes.Equal(got, a.Data) {
			t.Errorf("%s: %q, %v", a.Name, got, err)
		}
	}
}

// word is a word on a page, by where pdftotext sees it.
type word struct {
	X1   float64 `xml:"xMin,attr"`
	Y1   float64 `xml:"yMin,attr"`
	X2   float64 `xml:"xMax,attr"`
	Y2   float64 `xml:"yMax,attr"`
	Text string  `xml:",chardata"`
}

type sheet struct {
	W     float64 `xml:"width,attr"`
	H     float64 `xml:"height,attr"`
	Words []word  `xml:"word"`
}

func TestNoWordIsOffThePageOrOverAnother(t *testing.T) {
	for name, make := range samples {
		d := make()
		d.Sections = d.Sections[:len(d.Sections)-1] // its figure overlaps and clips on purpose
		stretch(&d)
		var doc struct {
			Pages []sheet `xml:"body>doc>page"`
		}
		if err := xml.Unmarshal(poppler(t, "pdftotext", d, "-bbox"), &doc); err != nil {
			t.Fatal(err)
		}
		if len(doc.Pages) < 3 {
			t.Fatalf("%s: %d pages", name, len(doc.Pages))
		}
		for n, page := range doc.Pages {
			for _, fault := range page.faults() {
				t.Errorf("%s, page %d: %s", name, n+1, fault)
			}
		}
	}
	planted := sheet{W: 600, H: 800, Words: []word{{100, 100, 140, 110, "one"}, {120, 104, 150, 114, "two"}, {580, 300, 610, 310, "off"}}}
	if got := planted.faults(); len(got) != 2 {
		t.Errorf("planted faults: %q", got)
	}
}

// stretch adds what is hard to lay out.
func stretch(d *dossier.Document) {
	long := strings.Repeat("unbreakable-and-longer-than-any-column@example.test", 3)
	row := []dossier.Cell{{Text: long}, {Text: long, Mono: true, Tone: dossier.Bad}, {Text: "12.5 s"}, {Text: long, Tone: dossier.Good}, {Text: "x"}}
	d.Title += " " + long
	d.Chips = append(d.Chips, dossier.Fact{Name: long, Value: long, Tone: dossier.Bad})
	d.Sections = append(d.Sections, dossier.Section{Title: long, Blocks: []dossier.Block{
		dossier.Table{Caption: long, Head: []dossier.Column{{Title: "a"}, {Title: long}, {Title: "right", Right: true}, {Title: long, Right: true}, {Title: "e"}}, Rows: [][]dossier.Cell{row, row}},
		dossier.Facts{Facts: []dossier.Fact{{Name: long, Value: long}, {Name: "a", Value: long, Mono: true, Tone: dossier.Open}}},
		dossier.Cards{Cards: []dossier.Card{{Title: long, Verdict: dossier.Verdict{Word: long, Tone: dossier.Bad, Why: long}, Value: long, Target: long, Lines: []string{long, long}}}},
	}})
}

// faults are words that leave the page's margins or lie over each other. A line
// is higher than its letters: a third of a word may be under the next.
func (s sheet) faults() []string {
	var out []string
	for i, a := range s.Words {
		if a.X1 < 40 || a.X2 > s.W-40 || a.Y1 < 20 || a.Y2 > s.H-20 {
			out = append(out, "off the page: "+a.Text)
		}
		for _, b := range s.Words[i+1:] {
			w, h := min(a.X2, b.X2)-max(a.X1, b.X1), min(a.Y2, b.Y2)-max(a.Y1, b.Y1)
			if w > 0.5 && h > 0.34*min(a.Y2-a.Y1, b.Y2-b.Y1) {
				out = append(out, "over each other: "+a.Text+" and "+b.Text)
			}
		}
	}
	return out
}
