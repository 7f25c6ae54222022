package pdf

import "strings"

// wrap breaks a text into lines no wider than the room, at spaces where there
// are any. A word that is wider than a line breaks after a mark of punctuation,
// else anywhere.
func (m *metrics) wrap(l letter, s string, room float64) []string {
	w := wrapping{metrics: m, letter: l, room: room, space: m.width(l, " ")}
	words := strings.Fields(s)
	for i := 0; i < len(words); i++ {
		word := words[i]
		if i+1 < len(words) && isUnit(words[i+1]) && endsInDigit(word) {
			i++
			word += " " + words[i] // a number keeps its unit
		}
		w.add(word)
	}
	return append(w.lines, w.line.String())
}

// isUnit tells of the units that reports use, also before a mark of punctuation.
func isUnit(word string) bool {
	switch strings.TrimRight(word, ".,;:)") {
	case "s", "ms", "min", "h", "%", "KiB", "MiB", "GiB":
		return true
	}
	return false
}

func endsInDigit(word string) bool {
	last := word[len(word)-1]
	return '0' <= last && last <= '9'
}

type wrapping struct {
	metrics     *metrics
	letter      letter
	room, space float64
	lines       []string
	line        strings.Builder
	used        float64
}

func (w *wrapping) add(word string) {
	width := w.metrics.width(w.letter, word)
	if w.used > 0 && w.used+w.space+width > w.room {
		w.end()
	}
	for width > w.room {
		n := w.metrics.fit(w.letter, word, w.room)
		w.lines = append(w.lines, word[:n])
		word = word[n:]
		width = w.metrics.width(w.letter, word)
	}
	if w.used > 0 {
		w.line.WriteByte(' ')
		w.used += w.space
	}
	w.line.WriteString(word)
	w.used += width
}

func (w *wrapping) end() {
	w.lines = append(w.lines, w.line.String())
	w.line.Reset()
	w.used = 0
}

// fit is how many bytes of a word go into a room: at least one character, and
// no more than up to the last mark of punctuation in its second half.
func (m *metrics) fit(l letter, word string, room float64) int {
	used, good := 0.0, 0
	for i, r := range word {
		used += max(0, m.advance(l.face, r)) * l.size
		if used > room && i > 0 {
			if good > i/2 {
				return good
			}
			return i
		}
		if strings.ContainsRune(" /-._@:,;=&?+", r) {
			good = i + 1
		}
	}
	return len(word)
}

// chop breaks text of one width per character, and keeps its spaces.
func (m *metrics) chop(l letter, s string, room float64) []string {
	var out []string
	for m.width(l, s) > room {
		n := m.fit(l, s, room)
		out = append(out, s[:n])
		s = s[n:]
	}
	return append(out, s)
}
