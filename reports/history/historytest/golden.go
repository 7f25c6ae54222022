package historytest

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"maildrill/reports/dossier"
	"maildrill/reports/history/terminal"
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
		if i := strings.IndexFunc(line, func(r rune) bool { return !unicode.IsPrint(r) && r != unicode.ReplacementChar }); i >= 0 {
			t.Errorf("does not print: %q", line[i:])
		}
	}
	return b.String()
}

// Evil are texts that do harm where they are taken for more than text.
var Evil = []string{"'; DROP TABLE runs; --", "\x1b[2J\x00\x07\r\n", "\u202egnihtyreve", "<script>alert(1)</script>", "\xff\xfe",
	`"); DELETE FROM runs`, "%s%n", "", strings.Repeat("x", 1<<16)}
