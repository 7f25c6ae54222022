package postfix

import "strings"

// longest is the most that a value may come to; the rest is cut off.
const longest = 64 << 10

// expansion works out values, each once: a file may name a parameter often.
type expansion struct {
	main  Main
	known map[string]string
}

// value is what a parameter comes to. One that names itself is left as its name
// there.
func (e expansion) value(name string) string {
	if text, ok := e.known[name]; ok {
		return text
	}
	e.known[name] = "$" + name
	text := e.expand(e.main.raw(name))
	e.known[name] = text[:min(len(text), longest)]
	return e.known[name]
}

// expand puts other parameters in: $name, ${name}, $(name), ${name?text},
// ${name:text} and ${name?{text}:{text}} (postconf(5)). A comparison
// ${{a} == {b} ? ...} is left as it stands.
func (e expansion) expand(text string) string {
	if !strings.Contains(text, "$") {
		return text
	}
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(text, "$")
		out.WriteString(before)
		if !found || out.Len() > longest {
			return out.String()
		}
		var put string
		put, text = e.one(rest)
		out.WriteString(put)
	}
}

// one expands what follows a $, and gives the rest.
func (e expansion) one(text string) (put, rest string) {
	switch {
	case strings.HasPrefix(text, "$"):
		return "$", text[1:]
	case strings.HasPrefix(text, "{"):
		inner, rest, ok := balanced(text, '{', '}')
		if !ok || strings.HasPrefix(strings.TrimSpace(inner), "{") {
			return "$" + text[:len(text)-len(rest)], rest
		}
		return e.conditional(inner), rest
	case strings.HasPrefix(text, "("):
		inner, rest, ok := balanced(text, '(', ')')
		if !ok {
			return "$" + text, ""
		}
		return e.conditional(inner), rest
	}
	n := nameLength(text)
	if n == 0 {
		return "$", text
	}
	return e.value(text[:n]), text[n:]
}

// conditional is the inside of ${...}.
func (e expansion) conditional(inner string) string {
	inner = strings.TrimSpace(inner)
	n := nameLength(inner)
	value := e.value(inner[:n])
	text := strings.TrimSpace(inner[n:])
	if text == "" {
		return value
	}
	then, otherwise := "", value
	switch text[0] {
	case '?':
		then, text = branch(text[1:])
		if otherwise = ""; strings.HasPrefix(text, ":") {
			otherwise, _ = branch(text[1:])
		}
	case ':':
		then = value
		otherwise, _ = branch(text[1:])
	}
	if value != "" {
		return e.expand(then)
	}
	return e.expand(otherwise)
}

// branch is one alternative, in braces or up to the end.
func branch(text string) (chosen, rest string) {
	text = strings.TrimLeft(text, " \t")
	if inner, rest, ok := balanced(text, '{', '}'); ok {
		return strings.TrimSpace(inner), strings.TrimLeft(rest, " \t")
	}
	return text, ""
}

// balanced splits text that begins with an opening bracket at the closing one.
func balanced(text string, opening, closing byte) (inner, rest string, ok bool) {
	if text == "" || text[0] != opening {
		return "", text, false
	}
	depth := 0
	for i := range len(text) {
		switch text[i] {
		case opening:
			depth++
		case closing:
			depth--
		}
		if depth == 0 {
			return text[1:i], text[i+1:], true
		}
	}
	return "", "", false
}

// nameLength is how much of a text is the name of a parameter.
func nameLength(text string) int {
	i := strings.IndexFunc(text, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '_')
	})
	if i < 0 {
		return len(text)
	}
	return i
}
