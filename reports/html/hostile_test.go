package html

import (
	"bytes"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"maildrill/reports/dossier"
	"maildrill/reports/figure"
	"maildrill/reports/hostile"
)

// attacks are what a server, a scenario or a piece of mail may put into any text, in the
// words of a browser. What runs would set a global of the page.
var attacks = append([]string{
	`<script>window.pwned=1</script>`, `</script><script>window.pwned=1</script>`, `</style><script>window.pwned=1</script>`,
	`</svg><img src=x onerror="window.pwned=1">`, `"><img src=x onerror=window.pwned=1>`, `' onmouseover='window.pwned=1' x='`, `</title><script>window.pwned=1</script>`,
	`--><script>window.pwned=1</script><!--`, `]]><script>window.pwned=1</script>`, `javascript:window.pwned=1`, `data:text/html,<script>window.pwned=1</script>`,
	`<svg onload=window.pwned=1>`, `<iframe src="http://evil.test/">`, `<meta http-equiv=refresh content="0;url=http://evil.test/">`, `<base href="http://evil.test/">`,
	`@import url(http://evil.test/x.css);`, `"}body{background:url(http://evil.test/)}`, `\22 } @import "http://evil.test/"`, `{{.}} {{template "page"}} ${window.pwned=1}`,
	"</table></div></main>", "</pre></code>", "<!--", "<![CDATA[", "&lt;script&gt;", "&#x3c;script>", "\x00\x01\x1b[31m\x7f\u0085\u2028", "\u202eright to left\u202c\u2067\u200f",
	"\xff\xfe broken \xc3\x28", "zero\u200bwidth\ufeff", "שלום עולם مرحبا", "漢字かな交じり文 💥", strings.Repeat("x", 900), strings.Repeat("long words ", 90),
}, hostile.Strings...)

// fill puts a text into every string that a value holds.
func fill(v reflect.Value, text func() string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			fill(v.Elem(), text)
		}
	case reflect.Interface:
		inside := reflect.New(v.Elem().Type()).Elem()
		inside.Set(v.Elem())
		fill(inside, text)
		v.Set(inside)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				fill(v.Field(i), text)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			fill(v.Index(i), text)
		}
	case reflect.String:
		v.SetString(text())
	}
}

// filled is a sample in which every text is one of these, in turn; in figures
// it is the first.
func filled(texts ...string) dossier.Document {
	text, n := texts[0], -1
	d := sample("FAILED", dossier.Bad, simulated, dirty)
	drawn := func(f *figure.Figure) {
		f.Draw = func(c figure.Canvas) {
			c.Group(figure.Group{Label: text, Link: text, Clip: &figure.Box{W: 100, H: 100}, Scroll: true}, func() {
				c.Text(figure.Point{X: 10, Y: 20}, text, figure.Lettering{})
			})
		}
	}
	for _, section := range d.Sections {
		for i, b := range section.Blocks {
			if p, ok := b.(dossier.Picture); ok {
				drawn(&p.Figure)
				section.Blocks[i] = p
			}
			if c, ok := b.(dossier.Cards); ok {
				for j := range c.Cards {
					drawn(c.Cards[j].Bar)
				}
			}
		}
	}
	fill(reflect.ValueOf(&d).Elem(), func() string {
		n++
		return texts[n%len(texts)]
	})
	return d
}

var tags = regexp.MustCompile(`<[/!]?[a-zA-Z]+`)

func TestHostileTextMakesNoMarkup(t *testing.T) {
	want := tags.FindAllString(string(render(t, filled("plain text"))), -1)
	for _, text := range attacks {
		page := string(render(t, filled(text)))
		got := tags.FindAllString(page, -1)
		if anchorless := anchor(text) == ""; !anchorless && !slices.Equal(got, want) {
			t.Errorf("%.60q changes the markup", text)
		}
		checkPrintable(t, text, page)
	}
}

func checkPrintable(t *testing.T, text, page string) {
	t.Helper()
	if !utf8.ValidString(page) {
		t.Errorf("%.60q: broken UTF-8", text)
	}
	for _, r := range page {
		if r != '\n' && !unicode.IsPrint(r) {
			t.Errorf("%.60q: unprintable %U", text, r)
			return
		}
	}
}

func TestHugeTextIsCutAndSaysSo(t *testing.T) {
	page := render(t, filled(strings.Repeat("0123456789", 1_000_000)))
	if len(page) > 5_000_000 {
		t.Errorf("%d bytes of page", len(page))
	}
	if !bytes.Contains(page, []byte("(9996000 more bytes)")) {
		t.Error("nothing says how much was cut")
	}
	if !bytes.Contains(page, []byte("(9999760 more bytes)")) {
		t.Error("nothing says how much of a name was cut")
	}
}

func TestLinesKeepTheirIndent(t *testing.T) {
	if got, want := lines("a: 1\n  b: \x1b[2J\n\n\tc"), "a: 1\n  b: \ufffd[2J\n\nc"; got != want {
		t.Errorf("lines = %q, want %q", got, want)
	}
}

func TestAnchors(t *testing.T) {
	for in, want := range map[string]string{"e-0412": "e-0412", "Ab9": "Ab9", `x" onclick="y`: "xonclicky", "_main": "main", "é\x00": "", "": ""} {
		if got := anchor(in); got != want {
			t.Errorf("anchor(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestNoTextEndsTheStringOfTheFoot(t *testing.T) {
	for _, text := range attacks {
		if s := cssString(text); strings.ContainsAny(strings.Trim(s, `"`), "\"<>{};\n") {
			t.Errorf("cssString(%.60q) = %s", text, s)
		}
	}
}
