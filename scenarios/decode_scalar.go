package scenarios

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"

	"gopkg.in/yaml.v3"
)

// scalar decodes text, numbers and booleans.
func (c decoder) scalar(n *yaml.Node, v reflect.Value, f fact, name string) {
	if n.Kind != yaml.ScalarNode {
		c.doc.reportAt(n, fmt.Sprintf("`%s` must be %s, not %s", name, wanted(v), kindOf(n)), "")
		return
	}
	switch v.Kind() {
	case reflect.String:
		c.text(n, v, f, name)
	case reflect.Bool:
		c.boolean(n, v, name)
	case reflect.Int, reflect.Uint32:
		c.integer(n, v, f, name)
	case reflect.Float64:
		c.float(n, v, name)
	default:
		c.doc.reportAt(n, fmt.Sprintf("`%s` has a Go type that cannot be decoded: %s", name, v.Type()), "")
	}
}

func wanted(v reflect.Value) string {
	switch v.Kind() {
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "true or false"
	}
	return "a number"
}

// text takes what YAML takes for a number or a boolean too, for a setting may
// well be one; a grammar or a list of values decides.
func (c decoder) text(n *yaml.Node, v reflect.Value, f fact, name string) {
	switch why := f.refused[n.Value]; {
	case why != "":
		c.doc.reportAt(n, fmt.Sprintf("`%s: %s`: %s", name, n.Value, why), "", f.enum...)
	case f.blank && n.Value == "": // a form that is not filled in
	case f.enum != nil && !slices.Contains(f.enum, n.Value):
		c.doc.reportAt(n, fmt.Sprintf("unknown value %s for `%s`", quote(n.Value), name), n.Value, f.enum...)
	case f.form == serviceForm && !serviceForm.pattern.MatchString(n.Value):
		c.doc.reportAt(n, fmt.Sprintf("unknown service %s", quote(n.Value)), n.Value, services()...)
	case f.form != nil && !c.doc.formIn(f.form).pattern.MatchString(n.Value):
		c.doc.reportAt(n, fmt.Sprintf("`%s` is %s, not %s", name, quote(n.Value), c.doc.formIn(f.form).words), "")
	default:
		v.SetString(n.Value)
	}
}

func (c decoder) boolean(n *yaml.Node, v reflect.Value, name string) {
	b, err := strconv.ParseBool(n.Value)
	if n.ShortTag() != "!!bool" || err != nil {
		c.doc.reportAt(n, fmt.Sprintf("`%s` is %s, not true or false", name, quote(n.Value)), n.Value, "true", "false")
		return
	}
	v.SetBool(b)
}

func (c decoder) integer(n *yaml.Node, v reflect.Value, f fact, name string) {
	i, err := strconv.ParseInt(n.Value, 10, 64)
	switch {
	case n.ShortTag() != "!!int" || err != nil:
		c.doc.reportAt(n, fmt.Sprintf("`%s` is %s, not a whole number", name, quote(n.Value)), "")
	case f.max > 0 && (i < int64(f.min) || i > int64(f.max)):
		c.doc.reportAt(n, fmt.Sprintf("`%s` is %d, not between %d and %d", name, i, f.min, f.max), "")
	case v.Kind() == reflect.Uint32 && (i < 0 || v.OverflowUint(uint64(i))):
		c.doc.reportAt(n, fmt.Sprintf("`%s` is %d, not between 0 and 4294967295", name, i), "")
	case v.Kind() == reflect.Uint32:
		v.SetUint(uint64(i))
	default:
		v.SetInt(i)
	}
}

func (c decoder) float(n *yaml.Node, v reflect.Value, name string) {
	x, err := strconv.ParseFloat(n.Value, 64)
	tag := n.ShortTag()
	if tag != "!!int" && tag != "!!float" || err != nil || x != x || x-x != 0 {
		c.doc.reportAt(n, fmt.Sprintf("`%s` is %s, not a number", name, quote(n.Value)), "")
		return
	}
	v.SetFloat(x)
}

// unit decodes what is a number with a unit.
func (c decoder) unit(n *yaml.Node, v reflect.Value, f fact, name string) {
	if n.Kind != yaml.ScalarNode {
		c.doc.reportAt(n, fmt.Sprintf("`%s` must be a number with a unit, not %s", name, kindOf(n)), "")
		return
	}
	read, m := parseUnit(v.Type(), n.Value)
	if m == nil && !f.zero && isZeroOf(v.Type(), read) {
		m = &misread{message: "must be more than 0"}
	}
	if m == nil {
		v.Set(reflect.ValueOf(read))
		return
	}
	if v.Type() == typeDuration {
		v.Set(reflect.ValueOf(unread))
	}
	p := c.doc.problemAt(n, fmt.Sprintf("`%s`: %s", name, m.message), "", m.valid...)
	p.Suggestion = m.suggestion
	c.doc.report(p)
}

func parseUnit(t reflect.Type, s string) (any, *misread) {
	switch t {
	case typeSize:
		return boxed(parseSize(s))
	case typeRate:
		return boxed(parseRate(s))
	case typeAmount:
		return boxed(parseAmount(s))
	case typeStdDuration:
		return boxed(parseDuration(s))
	}
	d, m := parseDuration(s)
	return Duration(d), m
}

func boxed[T any](v T, m *misread) (any, *misread) { return v, m }

// isZeroOf tells a zero where zero would silently mean the default. Nothing is
// a good count, a rate of zero is kept (see Workload), and parameters of
// faults have their own rules.
func isZeroOf(t reflect.Type, v any) bool {
	switch t {
	case typeDuration:
		return v == Duration(0)
	case typeSize:
		return v == Size(0)
	}
	return false
}
