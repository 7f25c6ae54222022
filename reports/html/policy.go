package html

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html/template"
	"strings"

	"maildrill/reports/dossier"
)

var (
	style  = template.CSS(inks + part("style.css"))
	script = template.JS(part("zoom.js") + part("script.js"))
)

func part(file string) string {
	content, err := parts.ReadFile(file)
	if err != nil {
		panic(err) // it is embedded
	}
	return string(content)
}

// policy allows these styles and this script, pictures inside of the file, and
// nothing else (Content Security Policy Level 3).
func policy(style, paper, script string) string {
	return fmt.Sprintf("default-src 'none'; style-src %s %s; script-src %s; img-src data:; base-uri 'none'; form-action 'none'",
		digest(style), digest(paper), digest(script))
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// paper is the foot of printed pages. Only a style sheet can say what stands in
// the margin, so the text becomes a string of CSS.
func paper(footer string) template.CSS {
	return template.CSS(`@page{@bottom-left{content:` + cssString(name(footer)) + `}}`)
}

// cssString escapes everything but letters, digits and spaces (CSS Syntax Level
// 3, section 4.3.7), so that no text can end the string or the element.
func cssString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		if r == ' ' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\%x `, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// icon is what the browser's tab shows: the shape of the verdict.
func icon(t dossier.Tone) template.URL {
	shapes := map[dossier.Tone]string{
		dossier.Neutral: `<rect x='2' y='2' width='20' height='20' rx='3' fill='%2357606a'/><path d='M7 9h10M7 15h10' stroke='white' stroke-width='3'/>`,
		dossier.Good:    `<circle cx='12' cy='12' r='11' fill='%2311703c'/><path d='M6 12l4 5 8-10' fill='none' stroke='white' stroke-width='3'/>`,
		dossier.Bad:     `<path d='M7 1h10l6 6v10l-6 6H7l-6-6V7z' fill='%23b42318'/><path d='M8 8l8 8M16 8l-8 8' stroke='white' stroke-width='3'/>`,
		dossier.Open:    `<path d='M12 0l12 12-12 12L0 12z' fill='%238a5a00'/><path d='M12 5v9M12 16v3' stroke='white' stroke-width='3'/>`,
	}
	return template.URL(`data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'>` + shapes[t] + `</svg>`)
}
