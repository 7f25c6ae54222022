package exercise

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"maildrill/harness/exercise"
	"maildrill/reports/dossier"
	"maildrill/reports/exercise/exercisetest"
	"maildrill/reports/figure/svg"
)

// named are the sections in which people have names.
var named = []string{"participants", "actions", "risks", "signoff"}

// namesIn lists the names of people that stand where none may.
func namesIn(t *testing.T, d dossier.Document, names []string) (wrong []string) {
	look := func(where, text string) {
		for _, name := range names {
			if strings.Contains(text, name) {
				wrong = append(wrong, where+": "+name)
			}
		}
	}
	look("head", fmt.Sprintf("%+v %+v %+v %q %q", d.Title, d.Verdict, d.Chips, d.Notices, d.Footer))
	for _, s := range d.Sections {
		if slices.Contains(named, s.ID) {
			continue
		}
		look(s.ID, fmt.Sprintf("%+v", s.Blocks))
		for _, b := range s.Blocks {
			if p, ok := b.(dossier.Picture); ok {
				var out bytes.Buffer
				if err := svg.Write(&out, p.Figure); err != nil {
					t.Fatal(err)
				}
				look(s.ID+", figure", out.String())
			}
		}
	}
	return wrong
}

// everybody is named in the records of the tests.
var everybody = append([]string{"Desk Person", "Outside Reviewer", "a guest"}, exercisetest.Names...)

func TestNamesStandWhereTheyMayOnly(t *testing.T) {
	for _, s := range samples {
		if wrong := namesIn(t, Document(s.make(), s.events), everybody); len(wrong) > 0 {
			t.Errorf("%s: %q", s.name, wrong)
		}
	}
	if wrong := namesIn(t, Trend(several()), everybody); len(wrong) > 0 {
		t.Errorf("trend: %q", wrong)
	}
}

// Whoever is named in a free text, or acts without a part, is not named either.
func TestNamesInFreeText(t *testing.T) {
	r := exercisetest.LostStore()
	r.Title, r.Story, r.Steps[0].Note = "Mira Vance alone", "ask mira  vance or MIRA VANCE", "Jonas Brandt was away"
	r.Transitions[4].Why, r.RollCall.Calls[5].Failed, r.Checks[2].Reason = "Leo Castellanos stopped it", "Leo Castellanos has no phone", "Tomas Lindqvist says so"
	d := Document(r, exercisetest.Events())
	if wrong := namesIn(t, d, everybody); len(wrong) > 0 {
		t.Errorf("%q", wrong)
	}
	if d.Title != "[player] alone" {
		t.Errorf("title %q", d.Title)
	}
	text := markdown(t, r)
	for _, want := range []string{`\[player\] alone`, `\[coordinator\] was away`, `\[safety-officer\] has no phone`} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in it", want)
		}
	}
}

// The look-out sees a name that was planted.
func TestNamesAreSeen(t *testing.T) {
	d := Document(exercisetest.LostStore(), nil)
	for i, s := range d.Sections {
		if s.ID == "runbook" {
			d.Sections[i].Blocks = append(s.Blocks, dossier.Paragraph{Text: "thanks to Priya Raman"})
		}
	}
	d.Notices = append(d.Notices, "a guest came")
	if wrong := namesIn(t, d, everybody); len(wrong) != 2 {
		t.Errorf("%q", wrong)
	}
}

func markdown(t *testing.T, r exercise.Record) string {
	t.Helper()
	return string(made(t, Markdown, r, exercisetest.Events()))
}

// A program that has nothing to do with ours reads the paper.
func TestPopplerReadsEverySection(t *testing.T) {
	path, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("SKIPPED: pdftotext is not installed: `make tools` installs it as root")
	}
	for _, s := range samples {
		file := filepath.Join(t.TempDir(), "report.pdf")
		if err := os.WriteFile(file, made(t, PDF, s.make(), s.events), 0o644); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(path, "-layout", file, "-").Output()
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Join(strings.Fields(string(out)), " ")
		d := Document(s.make(), s.events)
		for _, want := range append(titles(d), d.Notices...) {
			if !strings.Contains(text, want) {
				t.Errorf("%s: pdftotext does not find %q", s.name, want)
			}
		}
	}
}

func titles(d dossier.Document) (all []string) {
	for _, s := range d.Sections {
		all = append(all, s.Title)
	}
	return append(all, d.Title, d.Verdict.Word)
}
