package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"maildrill/reports/dossier"
	"maildrill/reports/history/terminal"
	"maildrill/reports/html"
	"maildrill/reports/pdf"
)

// documentFormat is what a report on several runs is written as, beside what a
// terminal shows.
type documentFormat struct {
	name, file string
	binary     bool
	write      func(io.Writer, dossier.Document) error
}

var documentFormats = []documentFormat{
	{"html", "report.html", false, html.Write},
	{"pdf", "report.pdf", true, pdf.Write},
}

// documentFormatsNamed finds formats, each once.
func documentFormatsNamed(names []string) (found []documentFormat, err error) {
	var valid []string
	for _, f := range documentFormats {
		valid = append(valid, f.name)
	}
	chosen := map[string]bool{}
	for _, name := range names {
		known := false
		for _, f := range documentFormats {
			if f.name == name && !chosen[name] {
				found = append(found, f)
			}
			known = known || f.name == name
		}
		if chosen[name] = true; !known {
			return nil, usage(misnamed(fmt.Sprintf("--format: a report on several runs is not written as %q", name), name, valid))
		}
	}
	return found, nil
}

// printDocument writes a dossier to standard output, for people.
func (p *process) printDocument(d dossier.Document, pictures map[string][]string) error {
	return terminal.Write(p.Stdout, d, terminal.Options{Width: p.columns(), Color: p.color(), Pictures: pictures})
}

// deliver writes a dossier as it was asked for: several formats into a folder, a
// single one into a file or to standard output, none as a terminal shows it.
func (p *process) deliver(d dossier.Document, names []string, output string) error {
	formats, err := documentFormatsNamed(names)
	if err != nil {
		return err
	}
	stdout := output == "" || output == "-"
	switch {
	case len(formats) == 0 && !stdout:
		return usage(errors.New("--output: name the format too, with --format html or pdf"))
	case len(formats) == 0:
		return p.printDocument(d, nil)
	case stdout && len(formats) > 1:
		return usage(fmt.Errorf("standard output takes one format, and %d are asked for: name a folder with --output", len(formats)))
	case stdout && formats[0].binary && p.Screen:
		return usage(fmt.Errorf("%s is not for a terminal: name a file with --output", formats[0].name))
	case stdout:
		return failure(formats[0].write(p.Stdout, d))
	}
	info, err := os.Stat(output)
	inside := len(formats) > 1 || strings.HasSuffix(output, "/") || err == nil && info.IsDir()
	for _, f := range formats {
		file := output
		if inside {
			file = filepath.Join(output, f.file)
		}
		if err := p.saveDocument(d, f, file); err != nil {
			return err
		}
	}
	return nil
}

// saveDocument writes a dossier into a file.
func (p *process) saveDocument(d dossier.Document, f documentFormat, file string) error {
	var text bytes.Buffer
	if err := f.write(&text, d); err != nil {
		return failure(fmt.Errorf("render %s: %w", f.name, err))
	}
	if err := replace(file, text.Bytes()); err != nil {
		return &exitError{code: exitEnvironment, err: err, hint: "name a file that can be written"}
	}
	fmt.Fprintf(p.Stderr, "%s: written\n", file)
	return nil
}

// saveHTML writes a dossier as a page, if a file is named for it.
func (p *process) saveHTML(d dossier.Document, file string) error {
	if file == "" {
		return nil
	}
	return p.saveDocument(d, documentFormats[0], file)
}
