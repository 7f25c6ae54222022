package reports

import (
	"encoding/xml"
	"errors"
	"io"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"maildrill/harness/record"
	"maildrill/reports/words"
)

// hostile is what a server, a scenario or a piece of mail may put into a
// record.
var hostile = []string{
	"\x1b[2J\x1b[31mred", "\x1b]0;title\x07", "\x9b31m", "bell\a back\b null\x00 del\x7f", "line\nbreak\r\nand\ttab", "\u2028\u2029\u0085",
	"\xff\xfe broken \xc3\x28", "\u202eright to left\u202c", "zero\u200bwidth", "]]>", "<script>alert(1)</script>", "</testcase></testsuite>",
	"&amp;&#0;&unknown;", `"quotes' and "`, "a | b | c", "`code` ``more``", "**bold** _it_ ~~no~~", "[link](javascript:alert(1))", "![img](http://evil.test/x.png)",
	"http://evil.test/ www.evil.test", "# heading", "\n# heading\n\n| a | b |\n", "\n> quote\n- list\n```\nfence", "<!-- comment", "<br>", "$math$ @team #123", `\`, "漢字かな交じり文", "💥",
	strings.Repeat("x", 900), strings.Repeat("long words ", 90), "",
}

// fill puts the text into every string of a value, and into every key.
func fill(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			fill(v.Elem(), text)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), text)
		}
	case reflect.Slice:
		for i := range v.Len() {
			fill(v.Index(i), text)
		}
	case reflect.Map:
		fillMap(v, text)
	case reflect.String:
		v.SetString(text)
	}
}

func fillMap(v reflect.Value, text string) {
	for _, key := range v.MapKeys() {
		value := reflect.New(v.Type().Elem()).Elem()
		value.Set(v.MapIndex(key))
		fill(value, text)
		v.SetMapIndex(key, reflect.Value{})
		v.SetMapIndex(reflect.ValueOf(text+key.String()), value)
	}
}

// each runs a check on every record filled with every hostile text. Names that
// steer the layout keep their meaning in half of the cases.
func each(t *testing.T, check func(t *testing.T, r record.Record)) {
	t.Helper()
	for _, text := range hostile {
		for _, make := range []func() record.Record{passed, failed, inconclusive, dirty, timedRun, storedRun} {
			r := make()
			fill(reflect.ValueOf(&r).Elem(), text)
			check(t, r)
			r.Verdict, r.Clock, r.Simulated = record.Failed, "drill", true
			r.Run.Started, r.Run.Ended = "2026-11-23T18:41:05Z", "2026-11-23T18:42:05Z"
			r.Objectives[0].Name, r.Objectives[0].Verdict = "rto."+text, record.Failed
			check(t, r)
		}
	}
}

// printable: whole UTF-8, and nothing but text and line feeds.
func printable(s string) error {
	if !utf8.ValidString(s) {
		return errors.New("broken UTF-8")
	}
	for _, r := range s {
		if r != '\n' && r != ' ' && !unicode.IsPrint(r) {
			return errors.New("unprintable " + strings.ToValidUTF8(string(r), "?"))
		}
	}
	return nil
}

func TestHostileTextDoesNotPrintControls(t *testing.T) {
	ours := strings.NewReplacer("\x1b[1;31m", "", "\x1b[1;32m", "", "\x1b[1;33m", "", "\x1b[0m", "")
	each(t, func(t *testing.T, r record.Record) {
		for _, v := range views {
			out := show(t, v.render, r)
			if v.ending == "color.txt" {
				out = ours.Replace(out)
			}
			if v.ending == "xml" {
				out = characters(t, out)
			}
			if err := printable(out); err != nil {
				t.Fatalf("%s with run %q: %v", v.ending, r.Run.ID, err)
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
			if lines := strings.Count(out, "\n"); lines > 120 {
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
		for _, line := range strings.Split(show(t, Markdown, r), "\n") {
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
		fill(reflect.ValueOf(&harmless).Elem(), "harmless")
		want := shape(harmless)
		for _, text := range hostile {
			r := make()
			fill(reflect.ValueOf(&r).Elem(), text)
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
	each(t, func(t *testing.T, r record.Record) {
		for _, line := range strings.Split(show(t, Markdown, r), "\n") {
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
		{"a|b", `a\|b`}, {"<b>&", "&lt;b&gt;&amp;"}, {"x\n# y", `x \# y`}, {"`", "\\`"}, {`\|`, `\\\|`}, {"http://a", `http:\//a`}, {"a@b.test", "a&#64;b.test"},
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
