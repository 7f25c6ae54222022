package scenarios

import (
	"fmt"

	"gopkg.in/yaml.v3"
)

// deepest is how far lists and mappings may be nested.
const deepest = 32

// checkStructure refuses what the schema never needs, wherever it is: aliases
// (which can blow a small file up), tags, duplicate keys, keys that are not
// text, and deep nesting. It tells whether the tree may be decoded.
func (d *Document) checkStructure(n *yaml.Node, depth int) bool {
	if depth > deepest {
		d.reportAt(n, fmt.Sprintf("nested deeper than %d levels", deepest), "")
		return false
	}
	switch {
	case n.Kind == yaml.AliasNode:
		d.reportAt(n, "an alias (*"+n.Value+"): write the value out", "")
	case n.Style&yaml.TaggedStyle != 0:
		d.reportAt(n, "a tag ("+quote(n.Tag)+"): write the plain value", "")
	case n.Kind == yaml.MappingNode:
		d.checkKeys(n)
	}
	for _, child := range n.Content {
		if !d.checkStructure(child, depth+1) {
			return false
		}
	}
	return true
}

func (d *Document) checkKeys(n *yaml.Node) {
	first := map[string]*yaml.Node{}
	for _, e := range entries(n) {
		if e.key.Kind != yaml.ScalarNode {
			if e.key.Kind != yaml.AliasNode { // reported by itself
				d.reportAt(e.key, "a key must be text", "")
			}
			continue
		}
		if before, again := first[e.key.Value]; again {
			d.reportAt(e.key, fmt.Sprintf("duplicate key %s; it is on line %d too", quote(e.key.Value), before.Line), "")
			continue
		}
		first[e.key.Value] = e.key
	}
}

// entry is one key of a mapping with its value.
type entry struct{ key, value *yaml.Node }

func entries(n *yaml.Node) []entry {
	var list []entry
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		list = append(list, entry{n.Content[i], n.Content[i+1]})
	}
	return list
}

// find gives the first entry with the key.
func find(n *yaml.Node, key string) (entry, bool) {
	for _, e := range entries(n) {
		if e.key.Kind == yaml.ScalarNode && e.key.Value == key {
			return e, true
		}
	}
	return entry{}, false
}

// kindOf names what a node is, for messages.
func kindOf(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.Kind == yaml.AliasNode:
		return "an alias"
	}
	kind, ok := map[string]string{"!!int": "a number", "!!float": "a number", "!!bool": "true or false", "!!null": "nothing"}[n.ShortTag()]
	if !ok {
		kind = "text"
	}
	return kind
}

// isNull tells a key without a value.
func isNull(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null"
}

// inline tells a value that is written on the line of its key.
func inline(n *yaml.Node) bool {
	block := n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0
	return n.Kind == yaml.AliasNode || n.Style&yaml.FlowStyle != 0 || n.Kind == yaml.ScalarNode && !block
}
