package scenarios

import (
	"fmt"
	"reflect"
	"slices"

	"gopkg.in/yaml.v3"
)

// decoder fills Go values from the tree and reports what does not fit, without
// stopping. A value that does not fit stays zero.
type decoder struct{ doc *Document }

// document decodes the root into a *Scenario or *Topology.
func (c decoder) document(n *yaml.Node, into any) {
	v := reflect.ValueOf(into).Elem()
	c.structure(n, v, "a "+v.Type().Name())
	for _, key := range []string{"apiVersion", "kind", "metadata"} {
		if _, ok := find(n, key); !ok && !factOf(v.Type(), key).required {
			c.missing(n, key, "a "+v.Type().Name())
		}
	}
}

// value decodes one node. name is what the messages call it.
func (c decoder) value(n *yaml.Node, v reflect.Value, f fact, name string) {
	switch {
	case n.Kind == yaml.AliasNode, n.Style&yaml.TaggedStyle != 0:
		return // reported with the structure
	case isNull(n):
		c.doc.reportAt(n, "`"+name+"` has no value", "")
		return
	}
	switch v.Type() {
	case typeParams:
		c.params(n, v, name)
	case typeValue:
		c.asIs(n, v.Addr().Interface().(*Value))
	case typeTopologyRef:
		c.reference(n, v, name)
	case typeNodes:
		c.nodes(n, v, f, name)
	case typeStringList:
		c.strings(n, v, f, name)
	case typeDuration, typeStdDuration, typeSize, typeRate, typeAmount:
		c.unit(n, v, f, name)
	default:
		c.kind(n, v, f, name)
	}
}

func (c decoder) kind(n *yaml.Node, v reflect.Value, f fact, name string) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		c.value(n, v.Elem(), f, name)
	case reflect.Struct:
		c.structure(n, v, "`"+name+"`")
	case reflect.Map:
		c.mapping(n, v, f, name)
	case reflect.Slice:
		c.list(n, v, f, name)
	default:
		c.scalar(n, v, f, name)
	}
}

// structure decodes a mapping into a struct. Keys of the file that the struct
// does not have, and required keys that the file does not have, are reported.
func (c decoder) structure(n *yaml.Node, v reflect.Value, name string) {
	if !c.expect(n, yaml.MappingNode, name, "a mapping of keys") {
		return
	}
	fields := fieldsOf(v.Type())
	seen := map[string]bool{}
	for _, e := range entries(n) {
		key := e.key.Value
		if e.key.Kind != yaml.ScalarNode || seen[key] {
			continue // reported with the structure
		}
		seen[key] = true
		i := slices.IndexFunc(fields, func(f field) bool { return f.key == key })
		if i < 0 {
			c.doc.reportAt(e.key, fmt.Sprintf("unknown key %s in %s", quote(key), name), key, keysOf(fields)...)
			continue
		}
		c.value(e.value, v.Field(fields[i].index), fields[i].fact, key)
	}
	for _, f := range fields {
		if f.fact.required && !seen[f.key] {
			c.missing(n, f.key, name)
		}
	}
}

func (c decoder) missing(n *yaml.Node, key, name string) {
	c.doc.reportAt(n, fmt.Sprintf("key `%s` is missing in %s", key, name), "")
}

// mapping decodes a map whose keys are free, or a list of names.
func (c decoder) mapping(n *yaml.Node, v reflect.Value, f fact, name string) {
	if !c.expect(n, yaml.MappingNode, "`"+name+"`", "a mapping") {
		return
	}
	made := reflect.MakeMap(v.Type())
	for _, e := range entries(n) {
		key := reflect.ValueOf(e.key.Value)
		if e.key.Kind != yaml.ScalarNode || made.MapIndex(key).IsValid() || !c.key(e.key, f, name) {
			continue
		}
		value := reflect.New(v.Type().Elem()).Elem()
		c.value(e.value, value, fact{zero: f.zero, min: f.min, max: f.max}, e.key.Value)
		made.SetMapIndex(key, value)
	}
	if made.Len() > 0 {
		v.Set(made)
	}
}

// key checks the key of a map.
func (c decoder) key(n *yaml.Node, f fact, name string) bool {
	switch {
	case f.names != nil && !slices.Contains(f.names, n.Value):
		c.doc.reportAt(n, fmt.Sprintf("unknown name %s in `%s`", quote(n.Value), name), n.Value, f.names...)
		return false
	case f.keyForm == serviceForm && !serviceForm.pattern.MatchString(n.Value):
		c.doc.reportAt(n, fmt.Sprintf("unknown service %s in `%s`", quote(n.Value), name), n.Value, services()...)
		return false
	case f.keyForm != nil && !c.doc.formIn(f.keyForm).pattern.MatchString(n.Value):
		c.doc.reportAt(n, fmt.Sprintf("%s in `%s` is not %s", quote(n.Value), name, c.doc.formIn(f.keyForm).words), "")
		return false
	}
	return true
}

// services is what may be said where a service is asked for.
func services() []string { return append(slices.Clone(serviceNames), "a port number") }

func (c decoder) list(n *yaml.Node, v reflect.Value, f fact, name string) {
	if !c.expect(n, yaml.SequenceNode, "`"+name+"`", "a list") {
		return
	}
	made := reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content))
	for i, child := range n.Content {
		c.value(child, made.Index(i), f, item(name, i))
	}
	if made.Len() > 0 {
		v.Set(made)
	}
}

func (c decoder) expect(n *yaml.Node, kind yaml.Kind, name, what string) bool {
	if n.Kind == yaml.AliasNode {
		return false // reported with the structure
	}
	if n.Kind != kind {
		c.doc.reportAt(n, fmt.Sprintf("%s must be %s, not %s", name, what, kindOf(n)), "")
	}
	return n.Kind == kind
}
