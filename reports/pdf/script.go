package pdf

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// script makes foreign text harmless and drawable, and counts what it could not
// keep.
type script struct {
	metrics *metrics
	undrawn int // characters shown as a substitute
	cut     int // texts that were shortened
	left    int // rows, items, cards and facts that were left out
}

// line makes one line of a text, of a bounded number of characters: white space
// is a space; what does not print is U+FFFD, what the fonts lack is its number.
func (s *script) line(text string, bound int) string {
	return s.harmless(text, bound, func(r rune) string { return fmt.Sprintf(`\u{%X}`, r) })
}

// label is like line, but every character stays one: the figure has measured.
func (s *script) label(text string, bound int) string {
	return s.harmless(text, bound, func(rune) string { return string(unicode.ReplacementChar) })
}

func (s *script) harmless(text string, bound int, lacking func(rune) string) string {
	var b strings.Builder
	text = strings.TrimFunc(text, unicode.IsSpace)
	for n := 0; text != ""; {
		r, size := utf8.DecodeRuneInString(text)
		shown := s.shown(r, lacking)
		if n += utf8.RuneCountInString(shown); n > bound {
			s.cut++
			return b.String() + "…"
		}
		broken := r == utf8.RuneError && size == 1
		if broken || shown != string(r) && !unicode.IsSpace(r) {
			s.undrawn++
		}
		b.WriteString(shown)
		text = text[size:]
	}
	return b.String()
}

func (s *script) shown(r rune, lacking func(rune) string) string {
	switch {
	case unicode.IsSpace(r):
		return " "
	case !unicode.IsPrint(r):
		return string(unicode.ReplacementChar)
	case !s.metrics.has(regular, r):
		return lacking(r)
	}
	return string(r)
}

// code makes lines of a text that is to be copied: spaces stay, a tab is four.
func (s *script) code(text string, bound int) []string {
	var out []string
	for line := range strings.Lines(text) {
		line = strings.ReplaceAll(strings.TrimRight(clip(line, bound+1), "\r\n"), "\t", "    ")
		indent := min(bound, len(line)-len(strings.TrimLeft(line, " ")))
		line = line[:indent] + s.line(line, bound)
		out = append(out, line)
		if bound -= utf8.RuneCountInString(line) + 1; bound < 0 {
			s.cut++
			return append(out, "…")
		}
	}
	return out
}

// clip is at least the first n characters of a text, and not much more.
func clip(s string, n int) string {
	if n *= utf8.UTFMax; n < len(s) {
		return s[:n]
	}
	return s
}

// short is a text that has to fit a room on one line.
func (m *metrics) short(l letter, s string, room float64) string {
	if m.width(l, s) <= room {
		return s
	}
	room -= m.width(l, "…")
	for i, r := range s {
		if room -= max(0, m.advance(l.face, r)) * l.size; room < 0 {
			return strings.TrimRight(s[:i], " ") + "…"
		}
	}
	return s
}
