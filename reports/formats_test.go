package reports

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"

	"maildrill/harness/record"
	"maildrill/reports/hostile"
)

// whole says of each format of the table how to tell that a text is in it. Those
// without are tried in a package of their own.
var whole = map[string]func(string) error{
	"json":        func(s string) error { return validJSON(s) },
	"junit":       xmlOf("testsuites"),
	"badge":       xmlOf("svg"),
	"openmetrics": linesOf(`^(# (TYPE|UNIT|HELP) maildrill_\w+ .+|maildrill_\w+\{.*\} \S+|# EOF)$`),
	"annotations": linesOf(`^(::(error|warning) title=[^:,]*::.*)?$`),
	"markdown":    linesOf(`^(#{1,3} |\||- |>? ?\S.*$|$)`),
	"html":        nil,
	"pdf":         nil,
}

func validJSON(s string) error {
	if !json.Valid([]byte(s)) {
		return errors.New("no JSON")
	}
	return nil
}

func xmlOf(root string) func(string) error {
	return func(s string) error {
		first := ""
		for dec := xml.NewDecoder(strings.NewReader(s)); ; {
			token, err := dec.Token()
			if errors.Is(err, io.EOF) && first == root {
				return nil
			}
			if err != nil {
				return fmt.Errorf("root %q: %w", first, err)
			}
			if e, ok := token.(xml.StartElement); ok && first == "" {
				first = e.Name.Local
			}
		}
	}
}

func linesOf(form string) func(string) error {
	lines := regexp.MustCompile(form)
	return func(s string) error {
		for line := range strings.Lines(s) {
			if !lines.MatchString(strings.TrimSuffix(line, "\n")) {
				return fmt.Errorf("the line %.200q", line)
			}
		}
		return nil
	}
}

func TestFormatsAreWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range Formats {
		if f.Name == "" || f.What == "" || f.File == "" || f.Render == nil || seen[f.File] || seen[f.Name] || f.Joins && f.Ask == nil {
			t.Errorf("%+v", f)
		}
		seen[f.File], seen[f.Name] = true, true
		if _, ok := whole[f.Name]; !ok {
			t.Errorf("nothing tells what %s has to look like", f.Name)
		}
		if g, ok := Named(f.Name); !ok || g.File != f.File {
			t.Errorf("%s is not found", f.Name)
		}
		if out := show(t, of(f.Name), passed()); out == "" && f.Name != "annotations" {
			t.Errorf("%s is empty", f.Name)
		}
	}
	if _, ok := Named("nothing"); ok {
		t.Error("a format that is not in the table was found")
	}
}

// mostOfOne bounds a report of one run of the corpus, in bytes.
const mostOfOne = 1 << 20

// No text does harm in any format: it stays what it is, of bounded size, and
// has nothing in it that is not seen. The long reports take their time, and have
// the whole corpus in their own packages: here every eleventh record.
func TestEveryFormatIsInert(t *testing.T) {
	n := 0
	check := func(text string, r record.Record) {
		n++
		run := Run{Record: r, Scenario: text}
		hostile.Fill(&run.Chronicle, text)
		for _, f := range Formats {
			if whole[f.Name] == nil && n%11 != 0 && text != "mixed" {
				continue
			}
			var out bytes.Buffer
			if err := f.Render(&out, run); err != nil {
				t.Fatalf("%s with %.40q: %v", f.Name, text, err)
			}
			if tell := whole[f.Name]; tell != nil {
				if err := tell(out.String()); err != nil {
					t.Errorf("%s with %.40q: %v", f.Name, text, err)
				}
			}
			if f.Binary {
				continue
			}
			if err := hostile.Printable(out.String()); err != nil {
				t.Errorf("%s with %.40q: %v", f.Name, text, err)
			}
			if out.Len() > mostOfOne && f.Name != "json" { // the record holds what it holds
				t.Errorf("%s with %.40q: %d bytes", f.Name, text, out.Len())
			}
		}
	}
	hostile.Records(check)
	check("mixed", hostile.Mixed())
}

// What is asked for without a wish is what the run folder holds.
func TestAskedAndKeptAreTheSame(t *testing.T) {
	for _, f := range Formats {
		if f.Ask == nil {
			continue
		}
		for _, s := range samples {
			var kept, asked bytes.Buffer
			if err := errors.Join(f.Render(&kept, Run{Record: s.make()}), f.Ask(&asked, []Run{{Record: s.make()}}, Wish{})); err != nil || kept.String() != asked.String() {
				t.Errorf("%s of %s: %v", f.Name, s.name, err)
			}
		}
	}
}

// record.json is given as it is, also where this maildrill would write it in
// another way.
func TestJSONIsTheFile(t *testing.T) {
	var out bytes.Buffer
	if err := JSON(&out, Run{Bytes: []byte(`{"of": "later"}`), Record: passed()}); err != nil || out.String() != `{"of": "later"}` {
		t.Errorf("%v: %s", err, out.String())
	}
}

// What tells a format apart sees what is not in it.
func TestWholeFindsDefects(t *testing.T) {
	for _, c := range []struct{ name, text string }{
		{"json", "{"}, {"junit", "<testsuites>"}, {"junit", "<svg></svg>"}, {"badge", "<testsuites></testsuites>"}, {"openmetrics", "planted 1\n"}, {"openmetrics", "maildrill_x 1\n"},
		{"annotations", "::set-output name=x::y\n"}, {"annotations", "::error title=a,b::c\n"}, {"markdown", "    a block of code\n"},
	} {
		if whole[c.name](c.text) == nil {
			t.Errorf("%s: %q passed", c.name, c.text)
		}
	}
}
