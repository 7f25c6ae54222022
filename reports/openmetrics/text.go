package openmetrics

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"maildrill/reports/words"
)

// family is one metric with its samples.
type family struct {
	name, unit, help string
	samples          []string
	seen             map[string]bool
}

// label is a name with its value. Names are ours; values may come from
// anywhere.
type label struct{ name, value string }

// longestValue bounds a label, in columns.
const longestValue = 120

var escapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

// quote escapes a label's value as the grammar asks (escaped-string).
func quote(value string) string {
	return escapes.Replace(words.Cut(words.Plain(value), longestValue))
}

func written(labels []label) string {
	var parts []string
	for _, l := range labels {
		parts = append(parts, l.name+`="`+quote(l.value)+`"`)
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// add adds a sample. Two that would bear the same labels, because what told
// them apart was cut off or did not print, are told apart by a number.
func (f *family) add(value float64, labels []label) {
	set := written(labels)
	for n := 2; f.seen[set]; n++ {
		set = written(append(labels[:len(labels):len(labels)], label{"again", strconv.Itoa(n)}))
	}
	if f.seen == nil {
		f.seen = map[string]bool{}
	}
	f.seen[set] = true
	f.samples = append(f.samples, f.name+set+" "+number(value)+"\n")
}

func number(v float64) string {
	switch {
	case math.IsInf(v, 1):
		return "+Inf"
	case v == math.Trunc(v) && math.Abs(v) < 1e15:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// String is the family as text; one without samples is not there at all.
func (f *family) String() string {
	if len(f.samples) == 0 {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# TYPE %s gauge\n", f.name)
	if f.unit != "" {
		fmt.Fprintf(&b, "# UNIT %s %s\n", f.name, f.unit)
	}
	fmt.Fprintf(&b, "# HELP %s %s\n", f.name, f.help)
	for _, s := range f.samples {
		b.WriteString(s)
	}
	return b.String()
}
