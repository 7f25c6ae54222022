package dovecot

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
)

// Mistake is a line that cannot be read.
type Mistake struct {
	File    string
	Line    int
	Message string
}

func (m Mistake) Error() string { return fmt.Sprintf("%s:%d: %s", m.File, m.Line, m.Message) }

// Bounds of what is read: a file that includes itself ends here.
const (
	deepest = 10
	most    = 1000 // files
)

// Parse reads a file of a tree, and what it includes. files are all of the tree by
// their names below root, which is where the tree was once: "/etc/dovecot"; what
// lies elsewhere is not read. It goes on after a mistake.
func Parse(files map[string][]byte, root, file string) (*Section, []Mistake) {
	p := parser{tree: files, root: root}
	whole := &Section{File: file, Line: 1}
	p.stack = []*Section{whole}
	p.file(file, 0, Mistake{File: file, Line: 1})
	for _, open := range p.stack[1:] {
		p.wrong(Mistake{open.File, open.Line, fmt.Sprintf("the section %s is never closed", strings.TrimSpace(open.Kind+" "+open.Label))})
	}
	return whole, p.mistakes
}

type parser struct {
	tree     map[string][]byte
	root     string
	stack    []*Section // the sections that are open, the innermost last
	mistakes []Mistake
	read     int // files so far
}

func (p *parser) wrong(m Mistake) { p.mistakes = append(p.mistakes, m) }

func (p *parser) here() *Section { return p.stack[len(p.stack)-1] }

// file reads one file. from is the line that asked for it.
func (p *parser) file(name string, depth int, from Mistake) {
	if p.read++; depth > deepest || p.read > most {
		from.Message = "files include each other without an end"
		p.wrong(from)
		return
	}
	src, ok := p.tree[name]
	if !ok {
		from.Message = name + " is not there"
		p.wrong(from)
		return
	}
	for number, text := range lines(src) {
		p.line(text, Mistake{File: name, Line: number}, depth)
	}
}

// line takes one logical line.
func (p *parser) line(text string, at Mistake, depth int) {
	name, value, assigns := strings.Cut(text, "=")
	first, rest, _ := strings.Cut(text, " ")
	switch {
	case first == "!include" || first == "!include_try":
		p.include(strings.TrimSpace(rest), first == "!include_try", depth, at)
	case text == "}":
		p.close(at)
	case strings.HasSuffix(text, "{") && !(assigns && isName(strings.TrimSpace(name))):
		kind, label, _ := strings.Cut(strings.TrimSpace(strings.TrimSuffix(text, "{")), " ")
		s := &Section{Kind: kind, Label: unquoted(strings.TrimSpace(label)), File: at.File, Line: at.Line}
		p.here().Sections = append(p.here().Sections, s)
		p.stack = append(p.stack, s)
	case assigns && isName(strings.TrimSpace(name)):
		p.here().Settings = append(p.here().Settings, Setting{strings.TrimSpace(name), unquoted(strings.TrimSpace(value)), at.File, at.Line})
	default:
		at.Message = fmt.Sprintf("%q is neither a setting nor a section", text[:min(len(text), 60)])
		p.wrong(at)
	}
}

func (p *parser) close(at Mistake) {
	if len(p.stack) == 1 {
		at.Message = "} without a section"
		p.wrong(at)
		return
	}
	p.stack = p.stack[:len(p.stack)-1]
}

// include reads the files that a pattern names, in the order of their names.
func (p *parser) include(pattern string, try bool, depth int, at Mistake) {
	pattern = unquoted(pattern)
	name, below := strings.CutPrefix(pattern, strings.TrimSuffix(p.root, "/")+"/")
	if !below && !strings.HasPrefix(pattern, "/") {
		name = path.Join(path.Dir(at.File), pattern)
	}
	var found []string
	for _, f := range slices.Sorted(maps.Keys(p.tree)) {
		if ok, err := path.Match(name, f); ok && err == nil {
			found = append(found, f)
		}
	}
	switch {
	case strings.HasPrefix(name, "/") || strings.HasPrefix(name, ".."):
		if !try {
			at.Message = fmt.Sprintf("%s is outside of %s, and is not read", pattern, p.root)
			p.wrong(at)
		}
		return
	case len(found) == 0 && !try && !strings.ContainsAny(name, "*?["):
		at.Message = pattern + " is not there"
		p.wrong(at)
	}
	for _, f := range found {
		p.file(f, depth+1, at)
	}
}

func isName(text string) bool {
	return text != "" && !strings.ContainsAny(text, " \t{}\"")
}

// unquoted takes the quotes off a value.
func unquoted(text string) string {
	if n := len(text); n >= 2 && (text[0] == '"' || text[0] == '\'') && text[n-1] == text[0] {
		return strings.NewReplacer(`\"`, `"`, `\\`, `\`, `\'`, `'`).Replace(text[1 : n-1])
	}
	return text
}
