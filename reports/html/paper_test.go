package html

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"maildrill/harness/browsertest"
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
	page := render(t, sample("FAILED", dossier.Bad, dirty))
	for name, before := range map[string][]step{"with script": nil, "without script": {browsertest.NoScript()}} {
		t.Run(name, func(t *testing.T) {
			pdf := open(t, page, before...).print()
			if *keep != "" {
				if err := os.WriteFile(filepath.Join(*keep, "paper.pdf"), pdf, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			checkPaper(t, leaves(t, pdf))
		})
	}
}

func checkPaper(t *testing.T, paper []leaf) {
	t.Helper()
	all := ""
	for n, l := range paper {
		for _, wrong := range l.check() {
			t.Errorf("leaf %d: %s", n+1, wrong)
		}
		said := l.said()
		if strings.Contains(said, " c-0") && !strings.Contains(said, "Mailbox Subject") {
			t.Errorf("leaf %d: the table has no head", n+1)
		}
		all += said
	}
	for _, want := range []string{"FAILED", "DIRTY:", "Probes ran every 250 ms", "Fault windows", "c-0059", "01JDX7Q0T5-backup-mx-takes-over", "1 / "} {
		if !strings.Contains(all, want) {
			t.Errorf("on paper there is no %q", want)
		}
	}
}

func (l leaf) said() string {
	var b strings.Builder
	for _, w := range l.Words {
		b.WriteString(w.Text + " ")
	}
	return b.String()
}

// check finds words that lie over others or beyond the sheet.
func (l leaf) check() []string {
	const a4Width, a4Height, hair = 595, 842, 1.5
	var wrong []string
	short, long := min(l.Width, l.Height), max(l.Width, l.Height)
	if short < a4Width-2 || short > a4Width+2 || long < a4Height-2 || long > a4Height+2 {
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
