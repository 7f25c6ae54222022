package action

import (
	"strings"
	"sync"
	"unicode"
)

// KeptOutput is how much of what a node prints is kept, in bytes.
const KeptOutput = 4 << 10

// Tail keeps the end of what is written to it. It is safe for concurrent use.
type Tail struct {
	mu   sync.Mutex
	kept []byte
	cut  bool
}

// Write implements io.Writer; it never fails.
func (t *Tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, b...)
	if over := len(t.kept) - KeptOutput; over > 0 {
		t.kept, t.cut = append([]byte(nil), t.kept[over:]...), true
	}
	return len(b), nil
}

// String is what was kept as text for people: no byte of it moves a cursor,
// colours a terminal or ends a document. Lines stay lines.
func (t *Tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := Harmless(string(t.kept))
	if t.cut {
		return "[...]" + text
	}
	return text
}

// Harmless replaces what is no text: broken UTF-8, control characters, and marks
// that reverse the direction of writing.
func Harmless(s string) string {
	text := strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == '\u2028', r == '\u2029':
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(strings.ReplaceAll(s, "\r\n", "\n"), "\uFFFD"))
	return strings.TrimRight(text, "\n")
}
