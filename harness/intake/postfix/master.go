package postfix

import (
	"fmt"
	"slices"
	"strings"
)

// Service is one entry of master.cf (master(5)). "-" are written out.
type Service struct {
	Name    string // "smtp", "10025", "127.0.0.1:10025"
	Type    string // inet, unix, fifo, pass, unix-dgram
	Private bool
	Chroot  bool
	MaxProc string
	Command string // "smtpd"
	Args    []string
	// Overrides are its -o options.
	Overrides []Setting
	Line      int
}

// Master is a master.cf.
type Master struct {
	File     string
	Services []Service
}

// fields is how many columns an entry has, the command included.
const fields = 8

// ParseMaster reads master.cf, or what `postconf -M` prints.
func ParseMaster(file string, src []byte) (Master, []Mistake) {
	m := Master{File: file}
	var mistakes []Mistake
	for _, l := range logicalLines(src) {
		words := arguments(l.text)
		if len(words) < fields {
			mistakes = append(mistakes, Mistake{file, l.number, fmt.Sprintf("%s has %d fields; master(5) wants %d and more", quoted(l.text), len(words), fields)})
			continue
		}
		s := Service{Name: words[0], Type: words[1], Private: words[2] != "n", Chroot: words[4] == "y",
			MaxProc: words[6], Command: words[7], Line: l.number}
		s.take(words[fields:])
		m.Services = append(m.Services, s)
	}
	return m, mistakes
}

// take sorts the arguments of a command: -o name=value, also as one word or in
// braces, and the others.
func (s *Service) take(words []string) {
	for i := 0; i < len(words); i++ {
		text, ok := strings.CutPrefix(words[i], "-o")
		if ok && text == "" && i+1 < len(words) {
			i++
			text = words[i]
		}
		text = strings.TrimSuffix(strings.TrimPrefix(text, "{"), "}")
		if name, value, named := strings.Cut(text, "="); ok && named {
			s.Overrides = append(s.Overrides, Setting{strings.TrimSpace(name), strings.TrimSpace(value), s.Line})
			continue
		}
		s.Args = append(s.Args, words[i])
	}
}

// arguments splits at whitespace, but not within braces.
func arguments(text string) (words []string) {
	for text = strings.TrimLeft(text, " \t"); text != ""; text = strings.TrimLeft(text, " \t") {
		end := strings.IndexAny(text, " \t")
		if _, rest, ok := balanced(text, '{', '}'); ok {
			end = len(text) - len(rest)
		}
		if end <= 0 {
			end = len(text)
		}
		words = append(words, text[:end])
		text = text[end:]
	}
	return words
}

// Listeners are the services of a command that take connections from the network.
func (m Master) Listeners(command string) []Service {
	return slices.DeleteFunc(slices.Clone(m.Services), func(s Service) bool { return s.Type != "inet" || s.Command != command })
}
