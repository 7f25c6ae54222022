package scenarios

import (
	"fmt"
	"reflect"

	"gopkg.in/yaml.v3"
)

// params keeps the node for the fault to decode.
func (c decoder) params(n *yaml.Node, v reflect.Value, name string) {
	if c.expect(n, yaml.MappingNode, "`"+name+"`", "a mapping of parameters") {
		v.Set(reflect.ValueOf(Params{node: n, doc: c.doc}))
	}
}

// reference decodes a topology: a name, a name with changes, a Compose project, or
// written out in place.
func (c decoder) reference(n *yaml.Node, v reflect.Value, name string) {
	switch n.Kind {
	case yaml.ScalarNode:
		if c.expectText(n, name) {
			v.Set(reflect.ValueOf(TopologyRef{Name: n.Value}))
		}
	case yaml.MappingNode:
		if _, refers := find(n, "compose"); refers {
			use := &ComposeUse{}
			c.structure(n, reflect.ValueOf(use).Elem(), "`"+name+"`")
			v.Set(reflect.ValueOf(TopologyRef{Name: use.Compose, Set: use.Set, Compose: use}))
			return
		}
		if _, refers := find(n, "use"); refers {
			var use TopologyUse
			c.structure(n, reflect.ValueOf(&use).Elem(), "`"+name+"`")
			v.Set(reflect.ValueOf(TopologyRef{Name: use.Use, With: use.With, Set: use.Set}))
			return
		}
		t := &Topology{}
		c.structure(n, reflect.ValueOf(t).Elem(), "`"+name+"`")
		v.Set(reflect.ValueOf(TopologyRef{Name: t.Metadata.Name, Inline: t}))
	default:
		c.doc.reportAt(n, fmt.Sprintf("`%s` must be a name or a mapping, not %s", name, kindOf(n)), "")
	}
}

func (c decoder) expectText(n *yaml.Node, name string) bool {
	if !textForm.pattern.MatchString(n.Value) {
		c.doc.reportAt(n, fmt.Sprintf("`%s` is empty", name), "")
		return false
	}
	return true
}

// nodes decodes the hosts in the order of the file.
func (c decoder) nodes(n *yaml.Node, v reflect.Value, f fact, name string) {
	if !c.expect(n, yaml.MappingNode, "`"+name+"`", "a mapping from names to nodes") {
		return
	}
	var list Nodes
	seen := map[string]bool{}
	for _, e := range entries(n) {
		if e.key.Kind != yaml.ScalarNode || seen[e.key.Value] || !c.key(e.key, f, name) {
			continue
		}
		seen[e.key.Value] = true
		node := Node{Name: e.key.Value}
		c.value(e.value, reflect.ValueOf(&node).Elem(), fact{}, e.key.Value)
		list = append(list, node)
	}
	if len(entries(n)) == 0 {
		c.doc.reportAt(n, "`nodes` is empty", "")
	}
	v.Set(reflect.ValueOf(list))
}

// strings decodes one string or a list of strings.
func (c decoder) strings(n *yaml.Node, v reflect.Value, f fact, name string) {
	if n.Kind == yaml.ScalarNode {
		one := reflect.New(reflect.TypeFor[string]()).Elem()
		c.text(n, one, f, name)
		v.Set(reflect.ValueOf(StringList{one.String()}))
		return
	}
	c.list(n, v, f, name)
}
