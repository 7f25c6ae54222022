package pdf

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"maildrill/reports/dossier"
)

// look writes the samples as files, for eyes.
var look = flag.String("look", "", "folder to write the sample documents to")

func TestLook(t *testing.T) {
	if *look == "" {
		t.Skip("-look names no folder: no sample is written")
	}
	for name, make := range samples {
		if err := os.WriteFile(filepath.Join(*look, name+".pdf"), render(t, make()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func render(t testing.TB, d dossier.Document) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
