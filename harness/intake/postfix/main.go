package postfix

import (
	"fmt"
	"slices"
	"strings"
)

// Setting is one line of main.cf that counts: later ones replace earlier ones.
type Setting struct {
	Name, Value string
	Line        int // where it begins, from 1
}

// Main is a main.cf, as written.
type Main struct {
	File     string
	Settings []Setting // each name once, in the order of the file
}

// Mistake is a line that Postfix would not take.
type Mistake struct {
	File    string
	Line    int
	Message string
}

func (m Mistake) Error() string { return fmt.Sprintf("%s:%d: %s", m.File, m.Line, m.Message) }

// ParseMain reads main.cf, or what `postconf -n` prints. It goes on after a
// mistake, so that one wrong line does not hide the others.
func ParseMain(file string, src []byte) (Main, []Mistake) {
	m := Main{File: file}
	var mistakes []Mistake
	for _, l := range logicalLines(src) {
		name, value, ok := strings.Cut(l.text, "=")
		name = strings.TrimSpace(name)
		switch {
		case !ok:
			mistakes = append(mistakes, Mistake{file, l.number, fmt.Sprintf("%s: there is no = after the name of the parameter", quoted(l.text))})
		case name == "" || strings.ContainsAny(name, " \t"):
			mistakes = append(mistakes, Mistake{file, l.number, fmt.Sprintf("%s is no name of a parameter", quoted(name))})
		default:
			m.set(Setting{name, strings.TrimSpace(value), l.number})
		}
	}
	return m, mistakes
}

func (m *Main) set(s Setting) {
	m.Settings = slices.DeleteFunc(m.Settings, func(o Setting) bool { return o.Name == s.Name })
	m.Settings = append(m.Settings, s)
}

// Written gives a parameter as the file has it; false: it has none.
func (m Main) Written(name string) (Setting, bool) {
	i := slices.IndexFunc(m.Settings, func(s Setting) bool { return s.Name == name })
	if i < 0 {
		return Setting{}, false
	}
	return m.Settings[i], true
}

// With is the configuration with other values in place of some, as the -o options
// of a service in master.cf give them.
func (m Main) With(overrides []Setting) Main {
	m.Settings = slices.Clone(m.Settings)
	for _, o := range overrides {
		m.set(o)
	}
	return m
}

// Value is what a parameter comes to: its default where the file is silent, and
// other parameters put in. "" where neither is known.
func (m Main) Value(name string) string {
	return expansion{m, map[string]string{}}.value(name)
}

func (m Main) raw(name string) string {
	if s, ok := m.Written(name); ok {
		return s.Value
	}
	return defaults[name]
}

// Words are the parts of a value that is a list (postconf(5): separated by commas
// or whitespace).
func (m Main) Words(name string) []string {
	return strings.FieldsFunc(m.Value(name), func(r rune) bool { return strings.ContainsRune(", \t\r\n", r) })
}

// line is one logical line.
type line struct {
	text   string
	number int
}

// logicalLines joins what postconf(5) calls a logical line: one that begins with
// whitespace goes on with the one before. Comments and empty lines are left out,
// also between.
func logicalLines(src []byte) (lines []line) {
	for i, text := range strings.Split(string(src), "\n") {
		text = strings.TrimRight(text, " \t\r")
		begins := strings.TrimLeft(text, " \t")
		switch {
		case begins == "" || begins[0] == '#':
		case begins != text && len(lines) > 0:
			lines[len(lines)-1].text += " " + begins
		default:
			lines = append(lines, line{begins, i + 1})
		}
	}
	return lines
}

// quoted is a piece of a file in a message.
func quoted(text string) string {
	const longest = 60
	if len(text) > longest {
		text = strings.ToValidUTF8(text[:longest], "") + "..."
	}
	return fmt.Sprintf("%q", text)
}
