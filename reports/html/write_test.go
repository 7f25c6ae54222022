package html

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"maildrill/reports/dossier"
)

var keep = flag.String("keep", "", "write the samples into this folder, for a person to look at")

func render(t testing.TB, d dossier.Document) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := Write(&out, d); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestSamples(t *testing.T) {
	for _, s := range samples {
		page := render(t, s.make())
		if again := render(t, s.make()); !bytes.Equal(page, again) {
			t.Errorf("%s: the same document gave other bytes", s.name)
		}
		if *keep != "" {
			if err := os.WriteFile(filepath.Join(*keep, s.name+".html"), page, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}
