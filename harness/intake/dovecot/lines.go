package dovecot

import (
	"iter"
	"strings"
)

// lines gives the logical lines of a file, each with the number of its first: a
// backslash at the end goes on, and a # after whitespace begins a comment unless
// it is quoted.
func lines(src []byte) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		kept, first := "", 0
		for i, text := range strings.Split(string(src), "\n") {
			text = strings.TrimSpace(uncommented(text))
			if kept == "" {
				first = i + 1
			}
			if more, on := strings.CutSuffix(text, `\`); on {
				kept += strings.TrimSpace(more) + " "
				continue
			}
			text = kept + text
			kept = ""
			if text != "" && !yield(first, text) {
				return
			}
		}
		if kept = strings.TrimSpace(kept); kept != "" {
			yield(first, kept)
		}
	}
}

// uncommented cuts a comment off.
func uncommented(text string) string {
	var quote rune
	before := ' '
	for i, r := range text {
		switch {
		case quote != 0:
			if r == quote && before != '\\' {
				quote = 0
			}
		case r == '"' || r == '\'':
			quote = r
		case r == '#' && (before == ' ' || before == '\t'):
			return text[:i]
		}
		before = r
	}
	return text
}
