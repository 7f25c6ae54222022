package scenarios

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"sort"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// largest is how long a file may be, in bytes.
const largest = 1 << 20

// readSource turns bytes into a tree. The tree is nil if the bytes are no YAML
// at all.
func (d *Document) readSource() *yaml.Node {
	if p, bad := d.unreadable(); bad {
		d.report(p)
		return nil
	}
	documents, err := parseAll(d.Source)
	if err != nil {
		d.report(d.syntaxProblem(err))
		return nil
	}
	if len(documents) == 0 || len(documents[0].Content) == 0 {
		d.report(d.at(1, 1, "the file is empty", ""))
		return nil
	}
	if len(documents) > 1 {
		n := documents[1].Content[0]
		d.report(d.at(n.Line, n.Column, "a second document begins here; a file holds one", ""))
	}
	return documents[0].Content[0]
}

// unreadable finds what no line of YAML may hold.
func (d *Document) unreadable() (Problem, bool) {
	if len(d.Source) > largest {
		return d.at(1, 1, fmt.Sprintf("the file has %d bytes; at most %s", len(d.Source), Size(largest)), ""), true
	}
	for i, line := range splitAfter(d.Source) {
		if at := bytes.IndexByte(line, 0); at >= 0 {
			return d.at(i+1, utf8.RuneCount(line[:at])+1, "a NUL byte: this is not a text file", ""), true
		}
		if !utf8.Valid(line) {
			return d.at(i+1, validRunes(line)+1, "not UTF-8", ""), true
		}
	}
	return Problem{}, false
}

// validRunes counts the characters before the first that is not UTF-8.
func validRunes(line []byte) int {
	n := 0
	for len(line) > 0 {
		r, size := utf8.DecodeRune(line)
		if r == utf8.RuneError && size == 1 {
			break
		}
		line, n = line[size:], n+1
	}
	return n
}

// parseAll reads at most two documents. The YAML library panics on some
// inputs that it calls internal errors; they are mistakes of the file here.
func parseAll(src []byte) (documents []*yaml.Node, err error) {
	defer func() {
		if p := recover(); p != nil {
			documents, err = nil, fmt.Errorf("yaml: not readable: %v", p)
		}
	}()
	decoder := yaml.NewDecoder(bytes.NewReader(src))
	for len(documents) < 2 {
		var n yaml.Node
		if err := decoder.Decode(&n); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		documents = append(documents, &n)
	}
	return documents, nil
}

var syntaxError = regexp.MustCompile(`^yaml: (line [0-9]+: )?`)

// syntaxProblem finds the line of a syntax error. The library names the line
// of the construct around it, or none, so the shortest beginning of the file
// that breaks in the same way tells: its last line does it.
func (d *Document) syntaxProblem(err error) Problem {
	lines := splitAfter(d.Source)
	n := sort.Search(len(lines), func(n int) bool {
		_, e := parseAll(bytes.Join(lines[:n+1], nil))
		return e != nil && e.Error() == err.Error()
	})
	line := min(n, len(lines)-1)
	text := string(lines[line])
	indent := text[:len(text)-len(strings.TrimLeft(text, " \t"))]
	if tab := strings.IndexByte(indent, '\t'); tab >= 0 {
		return d.at(line+1, tab+1, "a tab indents this line; YAML takes spaces only", "")
	}
	return d.at(line+1, len(indent)+1, "not YAML: "+syntaxError.ReplaceAllString(err.Error(), ""), "")
}

// lineBreak is what YAML counts as the end of a line (YAML 1.1, section 5.4).
var lineBreak = regexp.MustCompile("\r\n|[\r\n\u0085\u2028\u2029]")

// splitAfter splits into lines, each with its end.
func splitAfter(src []byte) [][]byte {
	var lines [][]byte
	begin := 0
	for _, end := range lineBreak.FindAllIndex(src, -1) {
		lines = append(lines, src[begin:end[1]])
		begin = end[1]
	}
	return append(lines, src[begin:])
}

// line gives a line of the source, counted from 1, without its end.
func (d *Document) line(n int) string {
	if d.lines == nil {
		d.lines = lineBreak.Split(string(d.Source[:min(len(d.Source), largest)]), -1)
	}
	if n < 1 || n > len(d.lines) {
		return ""
	}
	return d.lines[n-1]
}
