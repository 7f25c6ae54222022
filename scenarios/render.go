package scenarios

import (
	"fmt"
	"io"
	"strings"
	"unicode"
)

// Colours of a terminal (ECMA-48, SGR).
const (
	bold  = "\x1b[1m"
	red   = "\x1b[31m"
	green = "\x1b[32m"
	reset = "\x1b[0m"
)

// Render prints each problem as
//
//	file:line:column: what is wrong; did you mean "x"?; valid: a, b
//	  the source line
//	  ^
//
// sorted by position. Write errors are the writer's business.
func (ps Problems) Render(w io.Writer, color bool) {
	paint := func(_, s string) string { return s }
	if color {
		paint = func(code, s string) string { return code + s + reset }
	}
	for _, p := range ps.Sorted() {
		fmt.Fprintf(w, "%s%s\n", paint(bold, p.where()), paint(red, p.what()))
		line, caret := excerpt(p.Source, p.Column)
		if strings.TrimSpace(line) == "" {
			continue
		}
		fmt.Fprintf(w, "  %s\n", line)
		if p.Column > 0 {
			fmt.Fprintf(w, "  %s%s\n", strings.Repeat(" ", caret), paint(green, "^"))
		}
	}
}

// excerptWidth is how much of a long line is shown, in characters.
const excerptWidth = 120

// excerpt makes a source line safe to print and cuts a window of it around the
// column; caret is the place of the column in the window.
func excerpt(source string, column int) (line string, caret int) {
	runes := []rune(source)
	caret = min(max(column-1, 0), len(runes))
	begin := 0
	if caret >= excerptWidth {
		begin = caret - excerptWidth/2
	}
	window := runes[begin:min(len(runes), begin+excerptWidth)]
	return strings.Map(printable, string(window)), caret - begin
}

// printable keeps columns in place: a control character must neither move the
// caret nor reach the terminal.
func printable(r rune) rune {
	if unicode.IsPrint(r) {
		return r
	}
	return ' '
}
