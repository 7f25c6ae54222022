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

func TestBusy(t *testing.T) {
	for _, c := range []struct {
		from, to Reading
		want     float64
	}{
		{Reading{}, Reading{Total: 200, Idle: 150}, 0.25},
		{Reading{Total: 100, Idle: 100}, Reading{Total: 200, Idle: 100}, 1},
		{Reading{Total: 100}, Reading{Total: 100}, 0},
		{Reading{Total: 200, Idle: 100}, Reading{Total: 300, Idle: 90}, 1},
	} {
		if got := Busy(c.from, c.to); got != c.want {
			t.Errorf("%+v to %+v: %v, want %v", c.from, c.to, got, c.want)
		}
	}
}
