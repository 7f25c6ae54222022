package hostload

import (
	"os"
	"path/filepath"
	"testing"
)

func TestAvailable(t *testing.T) {
	for text, want := range map[string]int64{
		"MemTotal:       24682508 kB\nMemAvailable:   2048 kB\n": 2 << 20,
		"MemTotal:       24682508 kB\n":                          -1,
		"MemAvailable:   many kB\n":                              -1,
		"MemAvailable:   -1 kB\n":                                -1,
		"":                                                       -1,
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "meminfo"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		got, err := Available(dir)
		if want < 0 && err == nil || want >= 0 && (got != want || err != nil) {
			t.Errorf("%q: %d, %v", text, got, err)
		}
	}
	if _, err := Available(t.TempDir()); err == nil {
		t.Error("an empty folder was read")
	}
}
