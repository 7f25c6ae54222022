package html

import (
	"fmt"
	"regexp"
	"strings"

	"maildrill/reports/dossier"
	"maildrill/reports/words"
)

// Bounds of texts in characters, far above what anybody reads: a reply of ten
// megabytes must not make the page useless.
const (
	longestName = 240
	longestText = 4_000
	longestCode = 200_000
)

// name makes a title, a word or a head harmless; text does so for a sentence.
func name(s string) string { return bounded(s, longestName) }
func text(s string) string { return bounded(s, longestText) }

// lines makes text of several lines harmless, line by line.
func lines(s string) string {
	s, rest := cut(s, longestCode)
	out := strings.Split(s, "\n")
	for i, line := range out {
		indent := len(line) - len(strings.TrimLeft(line, " "))
		out[i] = line[:indent] + words.Plain(line)
	}
	return strings.Join(out, "\n") + rest
}

func bounded(s string, most int) string {
	s, rest := cut(s, most)
	return words.Plain(s) + rest
}

// cut returns the beginning of a text, and what is to be said of the rest.
func cut(s string, most int) (string, string) {
	if len(s) <= most {
		return s, ""
	}
	n := 0
	for i := range s {
		if n++; n > most {
			return s[:i], fmt.Sprintf(" … (%d more bytes)", len(s)-i)
		}
	}
	return s, ""
}

// anchor leaves of an anchor what is allowed in one.
func anchor(s string) string {
	s, _ = cut(s, longestName)
	return strings.Map(func(r rune) rune {
		if r == '-' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// page is a link to a file near the document: a relative path of letters that
// mean nothing to a browser. Anything else is no link: no document leads out.
func page(s string) string {
	if len(s) > longestName || !pagePath.MatchString(s) {
		return ""
	}
	return s
}

var pagePath = regexp.MustCompile(`^(\.\./)*[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$`)

// tone is the class of a tone.
func tone(t dossier.Tone) string {
	return map[dossier.Tone]string{dossier.Good: "good", dossier.Bad: "bad", dossier.Open: "open"}[t]
}
