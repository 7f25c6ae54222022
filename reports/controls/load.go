package controls

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// Load reads every *.yaml file of a folder. The error names all mistakes of all
// files, a line each, with file and line.
func Load(files fs.FS, folder string) (Catalogue, error) {
	names, err := fs.Glob(files, path.Join(folder, "*.yaml"))
	if err != nil {
		return nil, fmt.Errorf("list the catalogue of controls: %w", err)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("no *.yaml file in the folder of controls %q", folder)
	}
	var all Catalogue
	var wrong []error
	for _, name := range names {
		src, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("read the catalogue of controls: %w", err)
		}
		f, err := parse(name, src)
		if err != nil {
			wrong = append(wrong, err)
		}
		all = append(all, f)
	}
	return all, errors.Join(wrong...)
}

// file is a framework as it is written.
type file struct {
	Framework string    `yaml:"framework"`
	Title     string    `yaml:"title"`
	Edition   string    `yaml:"edition"`
	Controls  []written `yaml:"controls"`
}

type written struct {
	ID       string   `yaml:"id"` // without the framework
	Edition  string   `yaml:"edition"`
	Summary  string   `yaml:"summary"`
	Fields   []string `yaml:"fields"`
	Output   string   `yaml:"output"`
	Coverage Coverage `yaml:"coverage"`
	Note     string   `yaml:"note"`
}

// parse reads one file, strictly.
func parse(name string, src []byte) (Framework, error) {
	var in file
	dec := yaml.NewDecoder(bytes.NewReader(src))
	dec.KnownFields(true)
	if err := dec.Decode(&in); err != nil {
		return Framework{}, fmt.Errorf("%s: %w", name, err)
	}
	out := Framework{ID: in.Framework, Title: in.Title, Edition: in.Edition}
	for _, w := range in.Controls {
		edition := w.Edition
		if edition == "" {
			edition = in.Edition
		}
		out.Controls = append(out.Controls, Control{ID: in.Framework + ":" + w.ID, Framework: in.Framework, Edition: edition,
			Summary: w.Summary, Fields: w.Fields, Output: w.Output, Coverage: w.Coverage, Note: w.Note})
	}
	return out, check(name, src, in)
}

// check finds what the types do not say. Positions are lines of the file.
func check(name string, src []byte, in file) error {
	var wrong []error
	at := func(line int, format string, args ...any) {
		wrong = append(wrong, fmt.Errorf("%s:%d: %s", name, line, fmt.Sprintf(format, args...)))
	}
	if stem := strings.TrimSuffix(path.Base(name), ".yaml"); in.Framework != stem {
		at(1, "framework %q is in a file of another name", in.Framework)
	}
	if in.Title == "" || in.Edition == "" || len(in.Controls) == 0 {
		at(1, "a framework has a title, an edition and controls")
	}
	lines := linesOf(src)
	seen := map[string]bool{}
	for i, w := range in.Controls {
		for _, m := range mistakes(w) {
			at(lines[i], "control %q: %s", w.ID, m)
		}
		if seen[w.ID] {
			at(lines[i], "control %q is there twice", w.ID)
		}
		seen[w.ID] = true
	}
	return errors.Join(wrong...)
}

// mostWords keeps summaries short: long ones are copied.
const mostWords = 24

var idForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.()-]*$`)

func mistakes(w written) (list []string) {
	add := func(wrong bool, format string, args ...any) {
		if wrong {
			list = append(list, fmt.Sprintf(format, args...))
		}
	}
	n := len(strings.Fields(w.Summary))
	add(!idForm.MatchString(w.ID), "an id has letters, digits, dots, hyphens and brackets")
	add(n == 0, "no summary")
	add(n > mostWords, "a summary of %d words; at most %d, in words of our own", n, mostWords)
	add(w.Output == "", "no output")
	add(!slices.Contains([]Coverage{Direct, Partial, Context}, w.Coverage), "unknown coverage %q; valid: %s, %s, %s", w.Coverage, Direct, Partial, Context)
	add(len(w.Fields) == 0, "no evidence fields")
	for i, id := range w.Fields {
		f, known := field(id)
		add(!known, "unknown evidence field %q; valid: E01 to E29", id)
		add(slices.Index(w.Fields, id) < i, "evidence field %s is there twice", id)
		add(known && w.Coverage == Direct && f.human, "%s is filled by %s, so that the coverage cannot be %s", id, f.By, Direct)
	}
	return list
}

// linesOf gives the line of each control. The file has been decoded before.
func linesOf(src []byte) []int {
	var root yaml.Node
	if yaml.Unmarshal(src, &root) != nil || len(root.Content) == 0 {
		return nil
	}
	var lines []int
	for i := 0; i+1 < len(root.Content[0].Content); i += 2 {
		if root.Content[0].Content[i].Value != "controls" {
			continue
		}
		for _, n := range root.Content[0].Content[i+1].Content {
			lines = append(lines, n.Line)
		}
	}
	return lines
}
