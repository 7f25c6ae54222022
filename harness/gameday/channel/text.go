package channel

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// unseen takes out marks that would hide words from a search for them.
var unseen = strings.NewReplacer("\u200b", "", "\u200c", "", "\u200d", "", "\u2060", "", "\ufeff", "", "\u00ad", "")

// clean makes a text that every channel may show: UTF-8, lines that end in a line
// feed, nothing that is not seen or turns the direction of writing, no mentions.
func clean(s string) string { return unmention(printable(s)) }

func printable(s string) string {
	if len(s) > maxInput {
		s = s[:maxInput]
	}
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n", "\u0085", "\n").Replace(s)
	return strings.TrimSpace(strings.Map(visible, s))
}

// line is clean in one line.
func line(s string) string { return strings.Join(strings.Fields(clean(s)), " ") }

func visible(r rune) rune {
	switch {
	case r == '\n' || unicode.IsPrint(r):
		return r
	case unicode.IsSpace(r):
		return ' '
	case unicode.Is(unicode.Cf, r):
		return -1
	default:
		return '\uFFFD'
	}
}

// unmention breaks up @here, @channel, @all and every other mention: a chat must
// call nobody because a text says so. An address such as ops@drill.test is none.
func unmention(s string) string {
	var b strings.Builder
	before := ' '
	for i, r := range s {
		b.WriteRune(r)
		after, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(r):])
		if r == '@' && !unicode.IsLetter(before) && !unicode.IsNumber(before) && after != utf8.RuneError && !unicode.IsSpace(after) {
			b.WriteByte(' ')
		}
		before = r
	}
	return b.String()
}

// cut shortens a text whose characters have a size each, and says so in it.
func cut(s string, limit int, size func(rune) int) string {
	if total(s, size) <= limit {
		return s
	}
	left, end := limit-total(noteOf(utf8.RuneCountInString(s)), size), 0
	for i, r := range s {
		if left -= size(r); left < 0 {
			break
		}
		end = i + utf8.RuneLen(r)
	}
	kept := strings.TrimRightFunc(s[:end], unicode.IsSpace)
	return kept + noteOf(utf8.RuneCountInString(s[end:]))
}

func noteOf(characters int) string { return fmt.Sprintf(" [cut: %d characters more]", characters) }

func total(s string, size func(rune) int) (n int) {
	for _, r := range s {
		n += size(r)
	}
	return n
}

func cutRunes(s string, limit int) string { return cut(s, limit, func(rune) int { return 1 }) }
func cutBytes(s string, limit int) string { return cut(s, limit, utf8.RuneLen) }
