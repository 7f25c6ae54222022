package pdf

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"

	"maildrill/reports/dossier"
)

// TestMain is this test's second process too: it writes a sample and ends.
func TestMain(m *testing.M) {
	api.DisableConfigDir()
	if name := os.Getenv("MAILDRILL_PDF_SAMPLE"); name != "" {
		if err := Write(os.Stdout, samples[name]()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func TestTheSameDocumentIsTheSameFileInAnyProcess(t *testing.T) {
	for name, make := range samples {
		want := sha256.Sum256(render(t, make()))
		if again := sha256.Sum256(render(t, make())); again != want {
			t.Errorf("%s: the second file of this process differs", name)
		}
		for range 2 {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), "MAILDRILL_PDF_SAMPLE="+name, "TZ=Asia/Tokyo")
			out, err := cmd.Output()
			if err != nil {
				t.Fatal(err)
			}
			if sha256.Sum256(out) != want {
				t.Errorf("%s: another process writes another file", name)
			}
		}
	}
}

func TestADocumentWithoutADateDoesNotTakeTheClocks(t *testing.T) {
	for _, date := range []time.Time{{}, sampleDate.AddDate(-3000, 0, 0), sampleDate.AddDate(9000, 0, 0)} {
		d := passedSample()
		d.Date = date
		if out := render(t, d); !bytes.Contains(out, []byte("/CreationDate (D:19700101000000+00'00')")) {
			t.Errorf("%v is not the beginning of time", date)
		}
	}
}

func TestAnotherProgramFindsNoFault(t *testing.T) {
	for name, make := range samples {
		if err := validate(render(t, make())); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	planted := bytes.Replace(render(t, passedSample()), []byte("/Type /Catalog"), []byte("/Type /Cutalog"), 1)
	if validate(planted) == nil {
		t.Error("a broken file passes")
	}
}

func validate(raw []byte) error {
	conf := model.NewDefaultConfiguration()
	conf.ValidationMode = model.ValidationStrict
	return api.Validate(bytes.NewReader(raw), conf)
}

func TestEveryTitleAndObjectiveIsInTheWords(t *testing.T) {
	for name, make := range samples {
		d := make()
		r := readPDF(t, render(t, d))
		text := r.words()
		for _, want := range titles(d) {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %q is nowhere in the words", name, want)
			}
		}
		for n := range r.pages {
			if words := r.on(n + 1); !strings.Contains(words, d.Footer) ||
				!strings.Contains(words, fmt.Sprintf("page %d of %d", n+1, len(r.pages))) {
				t.Errorf("%s: page %d lacks its foot: %q", name, n+1, words)
			}
		}
	}
}

// titles are what a reader looks for first.
func titles(d dossier.Document) []string {
	out := append([]string{d.Title, d.Kind, d.Verdict.Word}, d.Notices[0])
	for _, sec := range d.Sections {
		out = append(out, sec.Title)
		for _, b := range sec.Blocks {
			if cards, ok := b.(dossier.Cards); ok {
				for _, c := range cards.Cards {
					out = append(out, c.Title, c.Value, c.Verdict.Word)
				}
			}
		}
	}
	return out
}

func TestBookmarksAndLinksLeadToTheirPages(t *testing.T) {
	d := passedSample()
	r := readPDF(t, render(t, d)) // complains of aims that are no pages
	for title, page := range r.outline {
		if words := r.on(page); !strings.Contains(words, title) {
			t.Errorf("bookmark %q leads to page %d, which does not have it", title, page)
		}
	}
	for _, sec := range d.Sections {
		if r.outline[sec.Title] == 0 {
			t.Errorf("no bookmark for %q", sec.Title)
		}
	}
	if r.outline["Events"] == 0 || r.outline["What happened, second by second"] == 0 {
		t.Error("no bookmark for a table or a picture")
	}
}

func TestTheContentsLeadToTheSections(t *testing.T) {
	d := passedSample()
	d.Sections = d.Sections[1:] // cards are links too
	r := readPDF(t, render(t, d))
	var want []int
	for _, sec := range d.Sections {
		want = append(want, r.outline[sec.Title])
	}
	if got := r.aims[0][:len(want)]; !slices.Equal(got, want) {
		t.Errorf("the contents lead to pages %v, the sections are on %v", got, want)
	}
	if slices.Max(want) < 4 {
		t.Errorf("all sections are on pages %v", want)
	}
}

func TestAttachmentsComeOutAsTheyWentIn(t *testing.T) {
	d := passedSample()
	all := make([]byte, 1<<16)
	for i := range all {
		all[i] = byte(i * i >> 3)
	}
	d.Attached = []dossier.Attachment{{Name: "record.json", Data: []byte("{\"a\": 1}\r\n\x00")}, {Name: "../über/prüfung (1).bin", Data: all}, {Name: "empty.txt"}}
	got, err := api.ExtractAttachmentsRaw(bytes.NewReader(render(t, d)), "", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]byte{"record.json": d.Attached[0].Data, "prüfung (1).bin": all, "empty.txt": nil}
	if len(got) != len(want) {
		t.Errorf("%d files, want %d", len(got), len(want))
	}
	for _, a := range got {
		var b bytes.Buffer
		if _, err := b.ReadFrom(a); err != nil {
			t.Fatal(err)
		}
		if data, ok := want[a.FileName]; !ok || !bytes.Equal(b.Bytes(), data) {
			t.Errorf("%q has %d bytes, want %d", a.FileName, b.Len(), len(data))
		}
	}
}

func TestTwoAttachmentsOfOneNameAreADefect(t *testing.T) {
	d := passedSample()
	d.Attached = []dossier.Attachment{{Name: "record.json"}, {Name: "a/record.json"}}
	if err := Write(&bytes.Buffer{}, d); err == nil || !strings.Contains(err.Error(), `"record.json"`) {
		t.Errorf("error is %v", err)
	}
}

type broken struct{}

var errFull = errors.New("the disk is full")

func (broken) Write([]byte) (int, error) { return 0, errFull }

func TestAnErrorOfTheWriterComesBack(t *testing.T) {
	if err := Write(broken{}, passedSample()); !errors.Is(err, errFull) {
		t.Errorf("error is %v", err)
	}
}

func TestAnEmptyDocumentIsAPage(t *testing.T) {
	out := render(t, dossier.Document{})
	if err := validate(out); err != nil {
		t.Error(err)
	}
	if n := len(readPDF(t, out).pages); n != 1 {
		t.Errorf("%d pages", n)
	}
}
