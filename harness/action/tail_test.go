package action

import (
	"strings"
	"testing"
)

// What a node prints is bounded, and harmless to a terminal and to a report.
func TestTailKeepsTheEndAndNothingThatActs(t *testing.T) {
	var tail Tail
	for range 1000 {
		_, _ = tail.Write([]byte("0123456789"))
	}
	_, _ = tail.Write([]byte("\x1b[31mred\x00\xff\u202eevil\r\nlast\n\n"))
	got := tail.String()
	if len(got) > KeptOutput+64 || !strings.HasPrefix(got, "[...]") {
		t.Errorf("%d bytes: %.20q", len(got), got)
	}
	if want := "\uFFFD[31mred\uFFFD\uFFFD\uFFFDevil\nlast"; !strings.HasSuffix(got, want) {
		t.Errorf("ends with %q, want %q", got[len(got)-40:], want)
	}
}

// A rune that is cut in two by the bound does not break the text.
func TestTailCutsBetweenRunes(t *testing.T) {
	var tail Tail
	_, _ = tail.Write([]byte(strings.Repeat("é", KeptOutput)[1:]))
	_, _ = tail.Write([]byte("x"))
	if got := tail.String(); strings.ToValidUTF8(got, "?") != got {
		t.Errorf("%.20q", got)
	}
}
