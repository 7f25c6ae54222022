package html

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"maildrill/reports/dossier"
)

// print makes the PDF that a browser's user gets.
func (s *tab) print() []byte {
	s.t.Helper()
	pdf, err := chromedp.Run(s, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize()))
	if err != nil {
		s.t.Fatal(err)
	}
	if !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		s.t.Fatalf("no PDF: %.20q", pdf)
	}
	return pdf
}

// leaf is one sheet of paper, with the words on it in points.
type leaf struct {
	Width  float64 `xml:"width,attr"`
	Height float64 `xml:"height,attr"`
	Words  []struct {
		Left   float64 `xml:"xMin,attr"`
		Top    float64 `xml:"yMin,attr"`
		Right  float64 `xml:"xMax,attr"`
		Bottom float64 `xml:"yMax,attr"`
		Text   string  `xml:",chardata"`
	} `xml:"word"`
}

// leaves reads a PDF with the tool of poppler.
func leaves(t *testing.T, pdf []byte) []leaf {
	t.Helper()
	read := exec.Command("pdftotext", "-bbox", "-", "-")
	read.Stdin = bytes.NewReader(pdf)
	out, err := read.Output()
	if err != nil {
		t.Skip("SKIPPED: what is on paper, because there is no pdftotext: install poppler-utils")
	}
	var doc struct {
		Pages []leaf `xml:"body>doc>page"`
	}
	if err := xml.Unmarshal(out, &doc); err != nil {
		t.Fatal(err)
	}
	return doc.Pages
}

func TestPaper(t *testing.T) {
	pdf := open(t, browser(t), render(t, sample("FAILED", dossier.Bad, dirty)), scriptless()).print()
	if *keep != "" {
		if err := os.WriteFile(filepath.Join(*keep, "paper.pdf"), pdf, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var said bytes.Buffer
	for n, l := range leaves(t, pdf) {
		for _, wrong := range l.check() {
			t.Errorf("leaf %d: %s", n+1, wrong)
		}
		for _, w := range l.Words {
			said.WriteString(w.Text + " ")
		}
	}
	for _, want := range []string{"FAILED", "DIRTY:", "Probes ran every 250 ms", "Fault windows", "c-0119", "01JDX7Q0T5-backup-mx-takes-over", "1 / "} {
		if !bytes.Contains(said.Bytes(), []byte(want)) {
			t.Errorf("on paper there is no %q", want)
		}
	}
}

// check finds words that lie over others or beyond the sheet.
func (l leaf) check() []string {
	const a4Width, a4Height, hair = 595, 842, 1.5
	var wrong []string
	if l.Width < a4Width-2 || l.Width > a4Width+2 || l.Height < a4Height-2 || l.Height > a4Height+2 {
		wrong = append(wrong, fmt.Sprintf("%g by %g points are not A4", l.Width, l.Height))
	}
	for i, a := range l.Words {
		if a.Left < 0 || a.Top < 0 || a.Right > l.Width || a.Bottom > l.Height {
			wrong = append(wrong, fmt.Sprintf("%q is beyond the sheet", a.Text))
		}
		for _, b := range l.Words[i+1:] {
			if min(a.Right, b.Right)-max(a.Left, b.Left) > hair && min(a.Bottom, b.Bottom)-max(a.Top, b.Top) > 2*hair {
				wrong = append(wrong, fmt.Sprintf("%q lies over %q", a.Text, b.Text))
			}
		}
	}
	return wrong
}
