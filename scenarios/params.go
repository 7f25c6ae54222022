package scenarios

import (
	"fmt"
	"reflect"

	"gopkg.in/yaml.v3"
)

// Params are the parameters of a fault or an action, not decoded yet. The zero value has
// none.
type Params struct {
	node *yaml.Node
	doc  *Document
}

// IsZero tells whether there are no parameters.
func (p Params) IsZero() bool { return p.node == nil || len(p.node.Content) == 0 }

// Renamed are the parameters with other texts in them.
func (p Params) Renamed(rename func(string) string) Params {
	if p.node == nil {
		return p
	}
	p.node = bare(p.node)
	renameValues(p.node, rename)
	return p
}

func renameValues(n *yaml.Node, rename func(string) string) {
	for i, child := range n.Content {
		switch {
		case n.Kind == yaml.MappingNode && i%2 == 0: // a key
		case child.Kind == yaml.ScalarNode:
			child.Value = rename(child.Value)
		default:
			renameValues(child, rename)
		}
	}
}

// Texts gives one parameter as written: a scalar, or those of a list. None if it is
// not there, or is something else.
func (p Params) Texts(key string) (texts []string) {
	e, ok := find(p.node, key)
	switch {
	case ok && e.value.Kind == yaml.ScalarNode:
		return []string{e.value.Value}
	case ok && e.value.Kind == yaml.SequenceNode:
		for _, item := range e.value.Content {
			texts = append(texts, item.Value)
		}
	}
	return texts
}

// Decode fills the struct that into points to, as strictly as the rest of the
// file: an unknown key, a duration without unit or a value of the wrong type is
// a problem with its position. Keys are the yaml tags of the fields, whose
// types are time.Duration, string, bool, int, float64, []string and
// map[string]string. Fields
// whose key is not in the file keep their value. The error is nil or Problems.
func (p Params) Decode(into any) error {
	v := reflect.ValueOf(into)
	if v.Kind() != reflect.Pointer || v.IsNil() || v.Elem().Kind() != reflect.Struct {
		return fmt.Errorf("decode parameters into %T: not a pointer to a struct", into)
	}
	if p.node == nil {
		return nil
	}
	doc := &Document{File: p.doc.File, Source: p.doc.Source, origins: p.doc.origins}
	decoder{doc}.parameters(p.node, v.Elem())
	if len(doc.problems) > 0 {
		return doc.problems
	}
	return nil
}

// parameters is like structure, with a word where there are none.
func (c decoder) parameters(n *yaml.Node, v reflect.Value) {
	if fields := fieldsOf(v.Type()); len(fields) > 0 {
		c.structure(n, v, "`with`")
		return
	}
	for _, e := range entries(n) {
		c.doc.reportAt(e.key, fmt.Sprintf("unknown parameter %s: there are none", quote(e.key.Value)), "")
	}
}

// TextParam is one parameter with a text.
func TextParam(key, value string) Params {
	return Params{node: &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{text(key), text(value)}}, doc: &Document{}}
}
