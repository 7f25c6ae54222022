package reports

import (
	"encoding/xml"
	"errors"
	"io"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"maildrill/harness/record"
	"maildrill/reports/hostile"
	"maildrill/reports/words"
)

// each runs a check on every record of the corpus, and on a sample in which every
// text is hostile.
func each(t *testing.T, check func(t *testing.T, r record.Record)) {
	t.Helper()
	hostile.Records(func(text string, r record.Record) {
		check(t, r)
		for _, make := range []func() record.Record{failed, dirty, timedRun, storedRun} {
			r := make()
			hostile.Fill(&r, text)
			check(t, r)
		}
	})
}

func TestTerminalDoesNotPrintControls(t *testing.T) {
	ours := strings.NewReplacer("\x1b[1;31m", "", "\x1b[1;32m", "", "\x1b[1;33m", "", "\x1b[0m", "")
	each(t, func(t *testing.T, r record.Record) {
		for _, v := range views[5:] {
			if err := hostile.Printable(ours.Replace(show(t, v.render, r))); err != nil {
				t.Fatalf("%s with run %q: %v", v.ending, r.Run.ID, err)
			}
		}
	})
}

// XML is read by parsers: none of its characters is one that does not print.
func TestXMLHasNoControls(t *testing.T) {
	hostile.Records(func(text string, r record.Record) {
		for _, format := range []string{"junit", "badge"} {
			if err := hostile.Printable(characters(t, show(t, of(format), r))); err != nil {
				t.Errorf("%s with %.40q: %v", format, text, err)
			}
		}
	})
}

// characters parses XML strictly and joins all that a reader would see.
func characters(t *testing.T, text string) string {
	t.Helper()
	var b strings.Builder
	for dec := xml.NewDecoder(strings.NewReader(text)); ; {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return b.String()
		}
		if err != nil {
			t.Fatalf("not XML: %v\n%s", err, text)
		}
		switch token := token.(type) {
		case xml.CharData:
			b.Write(token)
		case xml.StartElement:
			for _, a := range token.Attr {
				b.WriteString(a.Value)
			}
		}
	}
}

func TestTerminalKeepsItsWidth(t *testing.T) {
	check := func(t *testing.T, r record.Record) {
		for _, width := range []int{-1, 57, 80, 1000} {
			room := min(max(width, narrowest), widest)
			out := show(t, func(w io.Writer, r record.Record) error { return Terminal(w, r, false, width) }, r)
			for _, line := range strings.Split(out, "\n") {
				if words.Columns(line) > room {
					t.Fatalf("width %d: %d columns: %q", width, words.Columns(line), line)
				}
			}
			if lines := strings.Count(out, "\n"); lines > 175 {
				t.Fatalf("width %d: %d lines", width, lines)
			}
		}
	}
	each(t, check)
	for _, s := range samples {
		check(t, s.make())
	}
}

// Hostile text makes the page longer, but adds no line, cell or heading.
func TestMarkdownKeepsItsShape(t *testing.T) {
	bar := regexp.MustCompile(`(^|[^\\])\|`)
	shape := func(r record.Record) []string {
		var kinds []string
		for _, line := range strings.Split(show(t, of("markdown"), r), "\n") {
			kind := strings.Repeat("|", len(bar.FindAllString(line, -1)))
			if strings.HasPrefix(line, "#") {
				kind = "heading"
			}
			kinds = append(kinds, kind)
		}
		return kinds
	}
	for _, make := range []func() record.Record{passed, failed, inconclusive, dirty} {
		harmless := make()
		hostile.Fill(&harmless, "harmless")
		want := shape(harmless)
		for _, text := range hostile.Strings {
			r := make()
			hostile.Fill(&r, text)
			if words.Plain(text) == "" {
				continue // empty fields leave their lines out
			}
			if got := shape(r); !reflect.DeepEqual(got, want) {
				t.Errorf("%q changed the shape of the page:\n%q\n%q", text, got, want)
			}
		}
	}
}

// bare drops the code spans and the escaped characters of a line: what is left
// is what Markdown would obey.
func bare(t *testing.T, line string) string {
	t.Helper()
	var b strings.Builder
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '\\':
			i++
		case '`':
			end := strings.IndexByte(line[i+1:], '`')
			if end < 0 {
				t.Fatalf("a code span does not end: %q", line)
			}
			i += end + 1
		default:
			b.WriteByte(line[i])
		}
	}
	return strings.ReplaceAll(b.String(), "<br>", "")
}

// Outside of code spans no mark of foreign text keeps its meaning.
func TestMarkdownIsInert(t *testing.T) {
	live := regexp.MustCompile(`[_~$\[\]<@]|://|www\.|&[^a-z#]|[^* |-]\*[^*]`)
	hostile.Records(func(_ string, r record.Record) {
		for _, line := range strings.Split(show(t, of("markdown"), r)+summed(t, Wish{Declared: true}, r), "\n") {
			if m := live.FindString(bare(t, line)); m != "" {
				t.Fatalf("%q is live in %q", m, line)
			}
		}
	})
}

func TestPlain(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"mx1: 250 OK", "mx1: 250 OK"}, {" a\r\n\tb ", "a   b"}, {"\x1b[31m", "�[31m"}, {"\xff", "�"}, {"\u202eabc", "�abc"}, {"Zürich 漢字 💥", "Zürich 漢字 💥"},
		{"a\u00a0b\u0085c", "a b c"},
	} {
		if got := words.Plain(c.in); got != c.want {
			t.Errorf("words.Plain(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestEscape(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"a|b", `a\|b`}, {"<b>&", "&lt;b&gt;&amp;"}, {"x\n# y", `x \# y`}, {"`", "\\`"}, {`\|`, `\\\|`}, {"http://a", `http:\/\/a`}, {"a@b.test", "a&#64;b.test"},
	} {
		if got := escape(c.in); got != c.want {
			t.Errorf("escape(%q) = %q, want %q", c.in, got, c.want)
		}
	}
	for _, c := range []struct{ in, want string }{{"a`b|c", "`a'b¦c`"}, {"", "–"}, {"\n", "–"}, {`\`, "`\\`"}} {
		if got := code(c.in); got != c.want {
			t.Errorf("code(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}
