package scenarios

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one mistake, and where it is.
type Problem struct {
	// File is the file as it was named, "library/NAME.yaml" for the library,
	// or "--set PATH" for an override.
	File string `json:"file"`
	// Line and Column count from 1, in characters. They are 0 in an override.
	Line   int `json:"line"`
	Column int `json:"column"`
	// Message says what is wrong.
	Message string `json:"message"`
	// Valid lists what would be right there, if that is a list.
	Valid []string `json:"valid,omitempty"`
	// Suggestion is what was probably meant.
	Suggestion string `json:"suggestion,omitempty"`
	// Source is the line of the file.
	Source string `json:"source,omitempty"`
}

// Error gives the problem in one line, without the source.
func (p Problem) Error() string { return p.where() + p.what() }

func (p Problem) where() string {
	if p.Line == 0 {
		return p.File + ": "
	}
	return fmt.Sprintf("%s:%d:%d: ", p.File, p.Line, p.Column)
}

func (p Problem) what() string {
	text := p.Message
	if p.Suggestion != "" {
		text += fmt.Sprintf("; did you mean %q?", p.Suggestion)
	}
	if len(p.Valid) > 0 {
		text += "; valid: " + strings.Join(p.Valid, ", ")
	}
	return text
}

// Problems are mistakes. A nil or empty value is not an error.
type Problems []Problem

// Error gives one line a problem.
func (ps Problems) Error() string {
	var lines []string
	for _, p := range ps.Sorted() {
		lines = append(lines, p.Error())
	}
	return strings.Join(lines, "\n")
}

// Sorted gives the problems by file and position, each once: the loader and a
// caller may have found the same mistake.
func (ps Problems) Sorted() Problems {
	sorted := slices.Clone(ps)
	slices.SortStableFunc(sorted, func(a, b Problem) int {
		return cmp.Or(strings.Compare(a.File, b.File), a.Line-b.Line, a.Column-b.Column)
	})
	return slices.CompactFunc(sorted, func(a, b Problem) bool {
		return a.File == b.File && a.Line == b.Line && a.Column == b.Column && a.Message == b.Message
	})
}

// quote shows a value from a file, cut short if it is long.
func quote(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "..."
	}
	return fmt.Sprintf("%q", s)
}
