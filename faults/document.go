package faults

import (
	"fmt"
	"io"
	"strings"
)

// Document writes the catalogue as a page of Markdown.
func Document(w io.Writer, kinds []Kind) error {
	var b strings.Builder
	b.WriteString("# Faults\n\n")
	b.WriteString("What maildrill can do to a mail system. This page is written from the table in catalogue.go: `go test ./faults -update`.\n")
	b.WriteString("How to write another fault is told in doc.go (`go doc ./faults`).\n\n")
	b.WriteString("| fault | what happens | held |\n|---|---|---|\n")
	for _, k := range kinds {
		fmt.Fprintf(&b, "| [`%s`](#%s) | %s | %s |\n", k.ID, anchor(k.ID), k.Title, heldWord(k))
	}
	for _, k := range kinds {
		b.WriteString(section(k))
	}
	b.WriteString(whatComposes)
	b.WriteString(whyAKillIsNotAPowerCut)
	b.WriteString(beside())
	b.WriteString(parity())
	_, err := io.WriteString(w, b.String())
	return err
}

func section(k Kind) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n## %s\n\n%s.\n\n", k.ID, k.Title)
	for _, line := range []struct{ what, text string }{
		{"Stands for", k.StandsFor}, {"Made by", k.Mechanism}, {"Proof", k.Proof}, {"Undone by", k.Undo},
		{"Needs", needWords(k.Needs)},
	} {
		fmt.Fprintf(&b, "- **%s**: %s.\n", line.what, line.text)
	}
	if len(k.Params) == 0 {
		return b.String()
	}
	b.WriteString("\n| parameter | type | default | meaning |\n|---|---|---|---|\n")
	for _, p := range k.Params {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", p.Name, p.Type, p.Default, p.Doc)
	}
	return b.String()
}

// anchor is how Markdown readers name the heading of a kind.
func anchor(id string) string { return strings.ReplaceAll(id, ".", "") }

func heldWord(k Kind) string {
	if k.Momentary {
		return "over at once, unless its parameters say otherwise"
	}
	return "for the time that `for:` says"
}

func needWords(abilities []Ability) string {
	var words []string
	for _, a := range abilities {
		words = append(words, string(a))
	}
	return strings.Join(words, ", ")
}
