package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const before = `[
{"kind":"node.stop","test":"T/node.stop","full":true,"cases":8,"passed":8,"date":"2026-01-01"},
{"kind":"odd.one","full":false,"meaningless":"there is nothing to see"}
]
`

// tallied runs the program on collected lines.
func tallied(t *testing.T, lines string) (whole bool, table, after string) {
	t.Helper()
	dir := t.TempDir()
	collected, into := filepath.Join(dir, "lines"), filepath.Join(dir, "proven.json")
	for path, text := range map[string]string{collected: lines, into: before} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var out strings.Builder
	whole, err := run(collected, into, &out)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(into)
	if err != nil {
		t.Fatal(err)
	}
	return whole, out.String(), string(text)
}

func TestMerge(t *testing.T) {
	const stop = `{"kind":"node.stop","test":"T/node.stop","full":true,"cases":8,"passed":8,"date":"2026-01-01"}`
	for _, c := range []struct {
		name, lines, want string
		whole             bool
	}{
		{"tries are added up", `{"kind":"net.loss","test":"A/net.loss","full":true,"cases":8,"passed":8,"seconds":1.5}
{"kind":"net.loss","test":"B/net.loss","full":true,"cases":8,"passed":8,"seconds":2}
`, `{"kind":"net.loss","test":"A/net.loss","full":true,"cases":16,"passed":16,"seconds":3.5},`, true},
		{"one quick try makes the sum quick", `{"kind":"net.loss","full":true,"cases":8,"passed":8}
{"kind":"net.loss","full":false,"cases":1,"passed":1}
`, `{"kind":"net.loss","full":false,"cases":9,"passed":9},`, true},
		{"a failed case proves nothing", `{"kind":"node.stop","full":true,"cases":8,"passed":7,"date":"2026-02-02"}
`, stop, false},
		{"no case proves nothing", `{"kind":"node.stop","full":true,"date":"2026-02-02"}
`, stop, false},
		{"the plain course does not replace the whole suite", `{"kind":"node.stop","full":false,"cases":1,"passed":1,"date":"2026-02-02"}
`, stop, true},
		{"a newer whole suite does", `{"kind":"node.stop","full":true,"cases":8,"passed":8,"date":"2026-02-02"}
`, `"date":"2026-02-02"`, true},
		{"nothing collected is not whole", "", stop, false},
	} {
		whole, _, after := tallied(t, c.lines)
		if whole != c.whole || !strings.Contains(after, c.want) || !strings.Contains(after, "odd.one") {
			t.Errorf("%s: whole %v, file:\n%s", c.name, whole, after)
		}
	}
}

func TestTableNamesWhatFailed(t *testing.T) {
	_, table, _ := tallied(t, `{"kind":"net.loss","full":true,"cases":8,"passed":7,"seconds":3.25}
{"kind":"node.stop","full":false,"cases":1,"passed":1,"seconds":1}
`)
	for _, want := range []string{"net.loss   full   7 of 8        3.2      FAILED", "node.stop  quick  1 of 1        1.0", "2 kinds           8 of 9        4.2"} {
		if !strings.Contains(table, want) {
			t.Errorf("the table lacks %q:\n%s", want, table)
		}
	}
}

func TestABadLineIsNamed(t *testing.T) {
	for _, line := range []string{`{"kind":"a","unheard-of":1}`, `{}`, `{`} {
		if _, err := read([]byte(`{"kind":"b"}` + "\n" + line + "\n")); err == nil || !strings.Contains(err.Error(), "line 2") {
			t.Errorf("%s: %v", line, err)
		}
	}
}
