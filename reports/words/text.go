package words

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Longest is how much of a foreign text is shown, in characters.
const Longest = 2000

// Plain makes foreign text harmless on one line: white space of any kind is a
// space; what does not print (control characters, escape sequences, marks that
// turn the direction of writing, broken UTF-8) is shown as U+FFFD. What is longer
// than [Longest] is cut and says so.
func Plain(s string) string {
	var b strings.Builder
	n := 0
	s = strings.TrimSpace(s)
	for at, r := range s {
		if n++; n > Longest {
			fmt.Fprintf(&b, ".. (cut: %d bytes more)", len(s)-at)
			break
		}
		switch {
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		case unicode.IsPrint(r):
			b.WriteRune(r)
		default:
			b.WriteRune(unicode.ReplacementChar)
		}
	}
	return b.String()
}

// wide are the scripts whose characters take two columns of a terminal.
var wide = []*unicode.RangeTable{unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana,
	{R16: []unicode.Range16{{Lo: 0x3000, Hi: 0x303e, Stride: 1}, {Lo: 0xff01, Hi: 0xff60, Stride: 1}},
		R32: []unicode.Range32{{Lo: 0x1f300, Hi: 0x1faff, Stride: 1}}}}

// Columns is the room that a text takes on a terminal, at most.
func Columns(s string) int {
	n := 0
	for _, r := range s {
		n += runeColumns(r)
	}
	return n
}

// firstWide is below every character of the wide scripts.
const firstWide = 0x1100

func runeColumns(r rune) int {
	if r >= firstWide && unicode.In(r, wide...) {
		return 2
	}
	return 1
}

// Cut shortens a text to the room there is; two dots show that some is gone.
func Cut(s string, room int) string {
	if Columns(s) <= room {
		return s
	}
	if room < 3 {
		return strings.Repeat(".", max(room, 0))
	}
	var b strings.Builder
	left := room - 2
	for _, r := range s {
		if left -= runeColumns(r); left < 0 {
			break
		}
		b.WriteRune(r)
	}
	return b.String() + ".."
}

// Squeeze shortens a text to the room there is and keeps both of its ends.
func Squeeze(s string, room int) string {
	if Columns(s) <= room || room < 8 {
		return Cut(s, room)
	}
	tail, left := len(s), (room-2)/2
	for tail > 0 {
		r, size := utf8.DecodeLastRuneInString(s[:tail])
		if left -= runeColumns(r); left < 0 {
			break
		}
		tail -= size
	}
	return Cut(s, room-Columns(s[tail:])) + s[tail:]
}

// Pad fills a text with spaces, or cuts it, to exactly the room.
func Pad(s string, room int) string {
	s = Cut(s, room)
	return s + strings.Repeat(" ", max(0, room-Columns(s)))
}

// Wrap breaks a text into lines that fit the room, at spaces where there are
// any, and shows at most the given number of lines.
func Wrap(s string, room, lines int) []string {
	var out []string
	line := ""
	for _, word := range strings.Fields(s) {
		if line != "" && Columns(line)+1+Columns(word) > room {
			out = append(out, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	out = append(out, line)
	if len(out) > lines {
		out = append(out[:lines-1], out[lines-1]+" "+strings.Join(out[lines:], " "))
	}
	for i := range out {
		out[i] = Cut(out[i], room)
	}
	return out
}
