package historytest

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"maildrill/reports/dossier"
	"maildrill/reports/history/terminal"
	"maildrill/reports/hostile"
	"maildrill/reports/words"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// Golden compares what a terminal shows of a document with testdata/NAME.txt.
func Golden(t *testing.T, name string, d dossier.Document, pictures map[string][]string) {
	t.Helper()
	got := Text(t, d, pictures)
	file := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s has changed; look, then run the test with -update\n%s", file, got)
	}
}

// Text is a document in 80 columns. It fails the test if a line is longer, or
// has a character that does not print.
func Text(t *testing.T, d dossier.Document, pictures map[string][]string) string {
	t.Helper()
	var b strings.Builder
	if err := terminal.Write(&b, d, terminal.Options{Width: 80, Pictures: pictures}); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(b.String()) {
		line = strings.TrimSuffix(line, "\n")
		if words.Columns(line) > 80 {
			t.Errorf("a line of %d columns: %q", words.Columns(line), line)
		}
		if err := hostile.Printable(line); err != nil {
			t.Errorf("%v: %q", err, line)
		}
	}
	return b.String()
}

// Evil are texts that do harm where they are taken for more than text: those of
// all reports, and some for a database.
var Evil = append([]string{"'; DROP TABLE runs; --", `"); DELETE FROM runs`, "' OR '1'='1", strings.Repeat("x", 1<<16)}, hostile.Strings...)
