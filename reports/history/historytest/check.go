package historytest

import (
	"reflect"
	"strings"
	"testing"

	"maildrill/reports/dossier"
	"maildrill/reports/figure"
	"maildrill/reports/hostile"
)

// Harmless fails the test if a text of the document is not one plain line, but
// for code, or if one of its figures draws such a text or a place that is no
// number.
func Harmless(t *testing.T, d dossier.Document) {
	t.Helper()
	texts(reflect.ValueOf(d), func(text string) {
		if odd(text) {
			t.Errorf("a text of the document is %.60q", text)
		}
	})
	for _, s := range d.Sections {
		for _, b := range s.Blocks {
			if p, ok := b.(dossier.Picture); ok {
				p.Draw(&checker{t: t, box: figure.Box{W: p.Width, H: p.Height}})
			}
		}
	}
}

// odd tells a text that is not one plain line.
func odd(text string) bool {
	return hostile.Printable(text) != nil || strings.Contains(text, "\n")
}

// texts visits every string but those of code, which may have several lines.
func texts(v reflect.Value, visit func(string)) {
	switch v.Kind() {
	case reflect.String:
		visit(v.String())
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[dossier.Code]() {
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				texts(v.Field(i), visit)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			texts(v.Index(i), visit)
		}
	case reflect.Interface, reflect.Pointer:
		if !v.IsNil() {
			texts(v.Elem(), visit)
		}
	}
}

// checker is a canvas that looks at what is drawn on it.
type checker struct {
	t   *testing.T
	box figure.Box
}

func (c *checker) at(points ...figure.Point) {
	const over = 12 // letters and marks reach a little beyond their point
	for _, p := range points {
		if !(p.X >= c.box.X-over && p.X <= c.box.W+over && p.Y >= c.box.Y-over && p.Y <= c.box.H+over) {
			c.t.Errorf("drawn at %v, beyond %v", p, c.box)
		}
	}
}

func (c *checker) Path(points []figure.Point, _ bool, _ figure.Style) { c.at(points...) }

func (c *checker) Marks(_ figure.Shape, points []figure.Point, _ float64, _ figure.Style) {
	c.at(points...)
}

func (c *checker) Text(at figure.Point, text string, _ figure.Lettering) {
	c.at(at)
	if odd(text) {
		c.t.Errorf("a figure writes %q", text)
	}
}

func (c *checker) Group(g figure.Group, draw func()) {
	if odd(g.Label) {
		c.t.Errorf("a figure has the label %q", g.Label)
	}
	draw()
}
