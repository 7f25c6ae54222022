package html

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"time"

	"maildrill/reports/dossier"
)

//go:embed page.html blocks.html style.css script.js zoom.js
var parts embed.FS

var layout = template.Must(template.New("page.html").Funcs(template.FuncMap{
	"anchor": anchor,
	"draw":   draw,
	"extent": extent,
	"kind":   kind,
	"name":   name,
	"pad":    pad,
	"page":   page,
	"rights": rights,
	"text":   text,
	"lines":  lines,
	"tone":   tone,
	"shares": shares,
	"wide":   wide,
}).ParseFS(parts, "page.html", "blocks.html"))

// sheet is what the template needs beside the document.
type sheet struct {
	dossier.Document
	Policy string
	Icon   template.URL
	Style  template.CSS // the same for every document
	Paper  template.CSS // what stands at the foot of each printed page
	Script template.JS
	Files  []file
	Day    string
}

// Write renders a document. It fails if the document has a block of a kind that
// is not in package dossier, or if w fails; then w may hold a part of the page.
func Write(w io.Writer, d dossier.Document) error {
	files, err := pack(d.Attached)
	if err != nil {
		return err
	}
	p := sheet{Document: d, Style: style, Paper: paper(d.Footer), Script: script, Icon: icon(d.Verdict.Tone), Files: files}
	p.Policy = policy(string(p.Style), string(p.Paper), string(p.Script))
	if !d.Date.IsZero() {
		p.Day = d.Date.UTC().Format(time.RFC3339)
	}
	var out bytes.Buffer
	if err := layout.Execute(&out, p); err != nil {
		return fmt.Errorf("write the HTML of %q: %w", name(d.Title), err)
	}
	_, err = out.WriteTo(w)
	return err
}
