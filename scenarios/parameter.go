package scenarios

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// Parameter is a value of a topology that a scenario may choose. The topology
// has "@name@" where it belongs: inside of a text, or, in quotes, in the place of
// any value.
type Parameter struct {
	About   string   `yaml:"about"`
	Default Value    `yaml:"default"`
	Choices []string `yaml:"choices"` // none: any value
}

// Value is YAML that is taken as it stands.
type Value struct {
	node *yaml.Node
	doc  *Document
}

// String gives the text of a value that is one; that of others is empty.
func (v Value) String() string {
	if v.node == nil {
		return ""
	}
	return v.node.Value
}

// origin is where a value was written: in the scenario, or in an override of it.
func (v Value) origin(path string) override {
	if o, overridden := v.doc.origins[v.node]; overridden {
		return o
	}
	return override{path: path, from: v.doc}
}

// asIs keeps the node for the topology to take in.
func (c decoder) asIs(n *yaml.Node, v *Value) { *v = Value{node: n, doc: c.doc} }

// parameterUse is where a topology has the value of a parameter.
var parameterUse = regexp.MustCompile(`@([a-z][a-z0-9_-]*)@`)

// change puts the values of a scenario's `set` into the tree, by path.
func (d *Document) change(values map[string]Value) {
	for _, path := range slices.Sorted(maps.Keys(values)) {
		v := values[path]
		o := v.origin(path)
		n := clone(v.node)
		d.adopt(n, o)
		hops, err := parsePath(path)
		if err != nil || len(hops) == 0 {
			d.reportAt(n, fmt.Sprintf("%s in `set` is no path into the topology, such as nodes.mx1.volumes", quote(path)), "")
			continue
		}
		if problem := d.place(hops, n, o); problem != "" {
			d.reportAt(n, fmt.Sprintf("%s in `set`: %s", quote(path), problem), "")
		}
	}
}

// substitute replaces the parameters by their values. What is used nowhere is a
// mistake of a file, but not of one in which something was replaced.
func (d *Document) substitute(given map[string]Value, replaced bool) {
	declared, ok := find(d.root, "parameters")
	if !ok && len(given) == 0 {
		return
	}
	values := map[string]*yaml.Node{}
	for _, e := range entries(declared.value) {
		if chosen, ok := find(e.value, "default"); ok {
			values[e.key.Value] = chosen.value
		}
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		d.choose(name, given[name], declared.value, values)
	}
	used := map[string]bool{}
	for _, e := range entries(d.root) {
		if e.key.Value != "parameters" {
			d.fillIn(e.value, values, used)
		}
	}
	for _, e := range entries(declared.value) {
		if !used[e.key.Value] && !replaced {
			d.reportAt(e.key, fmt.Sprintf("parameter %s is used nowhere: write \"@%s@\" where its value belongs", quote(e.key.Value), e.key.Value), "")
		}
	}
}

// choose takes the value that a scenario gives.
func (d *Document) choose(name string, v Value, declared *yaml.Node, values map[string]*yaml.Node) {
	n := clone(v.node)
	d.adopt(n, v.origin(name))
	p, known := find(declared, name)
	choices := []string{}
	if c, ok := find(p.value, "choices"); ok {
		for _, n := range c.value.Content {
			choices = append(choices, n.Value)
		}
	}
	switch {
	case !known:
		d.reportAt(n, fmt.Sprintf("the topology has no parameter %s", quote(name)), name, keysIn(declared)...)
	case len(choices) > 0 && !slices.Contains(choices, n.Value):
		d.reportAt(n, fmt.Sprintf("parameter %s: %s is none of its choices", quote(name), quote(n.Value)), n.Value, choices...)
	default:
		values[name] = n
	}
}

// fillIn walks through the tree. A value that is nothing but a parameter is
// replaced as a whole, so that it may be a number or a list.
func (d *Document) fillIn(n *yaml.Node, values map[string]*yaml.Node, used map[string]bool) {
	for i, child := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 {
			continue
		}
		m := parameterUse.FindStringSubmatch(child.Value)
		if child.Kind != yaml.ScalarNode || m == nil || child.Value != m[0] {
			d.fillIn(child, values, used)
			continue
		}
		if value, ok := values[m[1]]; ok {
			used[m[1]] = true
			n.Content[i] = d.cloneHere(value)
		} else {
			d.noParameter(child, m[1], values)
		}
	}
	if n.Kind == yaml.ScalarNode {
		n.Value = parameterUse.ReplaceAllStringFunc(n.Value, func(use string) string {
			return d.inText(n, use, values, used)
		})
	}
}

// inText gives what stands in a text for a parameter.
func (d *Document) inText(n *yaml.Node, use string, values map[string]*yaml.Node, used map[string]bool) string {
	name := strings.Trim(use, "@")
	value, ok := values[name]
	used[name] = ok
	switch {
	case !ok:
		d.noParameter(n, name, values)
		return use
	case value.Kind != yaml.ScalarNode:
		d.reportAt(value, fmt.Sprintf("parameter %s stands inside of a text, so it must be one, not %s", quote(name), kindOf(value)), "")
		return use
	}
	return value.Value
}

func (d *Document) noParameter(n *yaml.Node, name string, values map[string]*yaml.Node) {
	d.reportAt(n, fmt.Sprintf("unknown parameter %s", quote(name)), name, slices.Sorted(maps.Keys(values))...)
}

// cloneHere copies a value with where it came from.
func (d *Document) cloneHere(n *yaml.Node) *yaml.Node {
	c := clone(n)
	if o, ok := d.origins[n]; ok {
		d.adopt(c, o)
	}
	return c
}

// clone copies a tree with its positions.
func clone(n *yaml.Node) *yaml.Node {
	c := *n
	c.Content = nil
	for _, child := range n.Content {
		c.Content = append(c.Content, clone(child))
	}
	return &c
}

func keysIn(n *yaml.Node) (names []string) {
	for _, e := range entries(n) {
		names = append(names, e.key.Value)
	}
	return names
}
