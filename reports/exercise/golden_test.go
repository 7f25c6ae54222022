package exercise

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"maildrill/harness/exercise"
	"maildrill/reports/exercise/exercisetest"
	"maildrill/reports/html"
	"maildrill/reports/pdf"
)

var (
	update = flag.Bool("update", false, "rewrite the golden files")
	// look writes the samples as files, for eyes.
	look = flag.String("look", "", "folder to write the sample documents to")
)

// samples are the exercises of the golden files.
var samples = []struct {
	name   string
	make   func() exercise.Record
	events []exercise.Event
}{
	{"lost-store", exercisetest.LostStore, exercisetest.Events()},
	{"phishing", exercisetest.Phishing, nil},
}

type render func(io.Writer, exercise.Record, []exercise.Event) error

// without is a writer that needs no log.
func without(write func(io.Writer, exercise.Record) error) render {
	return func(w io.Writer, r exercise.Record, _ []exercise.Event) error { return write(w, r) }
}

// writers are all of them, by the ending of their golden files.
var writers = []struct {
	ending string
	write  render
	// actions: it writes the actions, and refuses where there is none.
	actions bool
}{
	{"html", HTML, false}, {"pdf", PDF, false}, {"md", Markdown, false},
	{"csv", without(CSV), false}, {"ics", ICS, true}, {"github.json", without(GitHub), false}, {"gitlab.json", without(GitLab), false},
}

func made(t testing.TB, write render, r exercise.Record, events []exercise.Event) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b, r, events); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// common are the parts of a page that are the same in every report, and that package
// html has its own tests for.
var common = regexp.MustCompile(`(?s)(<style[^>]*>).*?(</style>)|(<script[^>]*>).*?(</script>)|sha256-[A-Za-z0-9+/=]+`)

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	if strings.HasSuffix(name, ".html") {
		got = common.ReplaceAll(got, []byte("$1$2$3$4"))
	}
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s has changed; look, then run: go test ./reports/exercise -update", file)
	}
}

func TestGolden(t *testing.T) {
	for _, s := range samples {
		for _, w := range writers {
			if w.actions && len(s.make().Actions) == 0 {
				continue
			}
			got := made(t, w.write, s.make(), s.events)
			golden(t, s.name+"."+w.ending, got)
			if !bytes.Equal(got, made(t, w.write, s.make(), s.events)) {
				t.Errorf("%s.%s: the same record gave other bytes", s.name, w.ending)
			}
		}
	}
}

// several are exercises for a trend, not in order.
func several() []exercise.Record {
	before := exercisetest.LostStore()
	for i := range before.Transitions {
		before.Transitions[i].At = before.Transitions[i].At.AddDate(0, -6, 0)
	}
	started, fault := before.Started.AddDate(0, -6, 0), before.Fault.AddDate(0, -6, 0)
	before.ID, before.Started, before.Fault, before.Verdict = "gd-2026-05-lost-store", &started, &fault, exercise.Passed
	for i := range before.Marks {
		before.Marks[i].At = before.Marks[i].At.AddDate(0, -6, 0).Add(-10 * 60 * 1e9)
	}
	for i := range before.Actions {
		before.Actions[i].Created = before.Actions[i].Created.AddDate(0, -6, 0)
		before.Actions[i].Due, before.Actions[i].Status = "2026-07-01", "open"
	}
	simulated := exercisetest.LostStore()
	day := simulated.Started.AddDate(0, -3, 0)
	simulated.ID, simulated.Simulated, simulated.Started = "gd-2026-08", true, &day
	return []exercise.Record{exercisetest.LostStore(), exercisetest.Phishing(), simulated, before}
}

func TestGoldenTrend(t *testing.T) {
	var page, paper, narrow, text, none bytes.Buffer
	for _, err := range []error{html.Write(&page, Trend(several())), pdf.Write(&paper, Trend(several())),
		TrendText(&text, several(), 100), TrendText(&narrow, several(), 1), TrendText(&none, nil, 80)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	golden(t, "trend.html", page.Bytes())
	golden(t, "trend.pdf", paper.Bytes())
	golden(t, "trend.txt", text.Bytes())
	golden(t, "trend-narrow.txt", narrow.Bytes())
	golden(t, "trend-none.txt", none.Bytes())
}

func TestLook(t *testing.T) {
	if *look == "" {
		t.Skip("-look names no folder: no sample is written")
	}
	for _, s := range samples {
		for _, w := range writers[:3] {
			if err := os.WriteFile(filepath.Join(*look, s.name+"."+w.ending), made(t, w.write, s.make(), s.events), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}
