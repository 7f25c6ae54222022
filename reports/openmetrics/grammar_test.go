package openmetrics

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// The grammar of OpenMetrics 1.0 (its ABNF), as far as gauges go, and what its
// text adds to it.
var (
	metadata = regexp.MustCompile(`^# (TYPE|UNIT|HELP) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$`)
	sample   = regexp.MustCompile(`^([a-zA-Z_:][a-zA-Z0-9_:]*)\{(.*)\} (\+Inf|-?[0-9]+(\.[0-9]+)?(e[+-][0-9]+)?)$`)
	pair     = regexp.MustCompile(`^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)`)
)

// exposition is a text as it is read.
type exposition struct {
	families []string
	samples  map[string]float64 // by name and labels as written
}

// readExposition reads a text strictly.
func readExposition(text string) (exposition, error) {
	e := exposition{samples: map[string]float64{}}
	body, whole := strings.CutSuffix(text, "# EOF\n")
	if !whole || (body != "" && !strings.HasSuffix(body, "\n")) {
		return e, fmt.Errorf("does not end with EOF")
	}
	seen := map[string]bool{}
	family, place := "", 0
	for i, line := range strings.Split(strings.TrimSuffix(body, "\n"), "\n") {
		if body == "" {
			break
		}
		var err error
		if strings.HasPrefix(line, "#") {
			family, place, err = head(line, family, place, seen)
		} else {
			place = len(order)
			err = e.sample(line, family)
		}
		if err != nil {
			return e, fmt.Errorf("line %d: %w: %q", i+1, err, line)
		}
	}
	for f := range seen {
		e.families = append(e.families, f)
	}
	return e, nil
}

var order = []string{"TYPE", "UNIT", "HELP"}

// head reads a line of metadata: TYPE begins a family, once.
func head(line, family string, place int, seen map[string]bool) (string, int, error) {
	m := metadata.FindStringSubmatch(line)
	if m == nil {
		return family, place, fmt.Errorf("not metadata")
	}
	kind, name, said := m[1], m[2], m[3]
	if kind == "TYPE" {
		if seen[name] {
			return family, place, fmt.Errorf("the family is there twice")
		}
		seen[name] = true
		if said != "gauge" {
			return family, place, fmt.Errorf("type %s", said)
		}
		return name, 1, nil
	}
	at := map[string]int{"UNIT": 1, "HELP": 2}[kind]
	switch {
	case name != family || place > at:
		return family, place, fmt.Errorf("%s is out of place", kind)
	case kind == "UNIT" && !strings.HasSuffix(name, "_"+said):
		return family, place, fmt.Errorf("the name does not end with its unit")
	case strings.ContainsAny(said, `\"`):
		return family, place, fmt.Errorf("what is escaped differs between the formats")
	}
	return family, at + 1, nil
}

func (e exposition) sample(line, family string) error {
	m := sample.FindStringSubmatch(line)
	if m == nil {
		return fmt.Errorf("not a sample")
	}
	if m[1] != family {
		return fmt.Errorf("a sample of another family")
	}
	names := map[string]bool{}
	for rest := m[2]; rest != ""; {
		p := pair.FindStringSubmatch(rest)
		if p == nil || names[p[1]] {
			return fmt.Errorf("not labels")
		}
		names[p[1]] = true
		rest = rest[len(p[0]):]
	}
	key := m[1] + "{" + m[2] + "}"
	if _, twice := e.samples[key]; twice {
		return fmt.Errorf("the sample is there twice")
	}
	v, err := strconv.ParseFloat(m[3], 64)
	e.samples[key] = v
	return err
}

// The reader finds what is wrong.
func TestGrammarFindsDefects(t *testing.T) {
	good := "# TYPE a_seconds gauge\n# UNIT a_seconds seconds\n# HELP a_seconds Help.\na_seconds{x=\"1\"} 1\na_seconds{x=\"2\\n\\\"\\\\\"} +Inf\n# TYPE b gauge\nb{} 0.5\n# EOF\n"
	if e, err := readExposition(good); err != nil || len(e.samples) != 3 {
		t.Fatalf("%v, %v", e, err)
	}
	for _, c := range []struct{ name, old, new string }{
		{"no end", "# EOF\n", ""}, {"an early end", "# TYPE b", "# EOF\n# TYPE b"}, {"no line feed", "0.5\n", "0.5"}, {"two families", "# TYPE b", "# TYPE a_seconds"},
		{"a type only one format has", "b gauge", "b stateset"}, {"late unit", "# UNIT a_seconds seconds\n# HELP a_seconds Help.\n", "# HELP a_seconds Help.\n# UNIT a_seconds seconds\n"},
		{"wrong unit", "a_seconds seconds", "a_seconds bytes"}, {"quote in help", "Help.", `"Help".`}, {"scattered", "b{} 0.5", "a_seconds{x=\"3\"} 1"},
		{"twice", `x="1"`, `x="2\n\"\\"`}, {"raw quote", `x="1"`, `x="""`}, {"raw backslash", `x="1"`, `x="\x"`}, {"no value", "b{} 0.5", "b{} "}, {"not a number", "0.5", "NaN"},
		{"two spaces", "b{} 0.5", "b{}  0.5"}, {"bad label", `{x="1"}`, `{1x="1"}`}, {"same label", `{x="1"}`, `{x="1",x="1"}`}, {"empty line", "# TYPE b", "\n# TYPE b"}, {"late metadata", "# TYPE b", "# HELP a_seconds Help.\n# TYPE b"},
	} {
		bad := strings.Replace(good, c.old, c.new, 1)
		if bad == good {
			t.Fatalf("%s: nothing was planted", c.name)
		}
		if _, err := readExposition(bad); err == nil {
			t.Errorf("%s was not found", c.name)
		}
	}
}
