package scenarios

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// override is where a node came from that is not in the file: an override of
// the caller, or a file of evidence.
type override struct {
	path, text string
	from       *Document
}

// set puts the value of "path=value" into the tree before it is decoded.
func (d *Document) set(text string) {
	path, value, ok := strings.Cut(text, "=")
	path = strings.TrimSpace(path)
	o := override{path: path, text: text}
	hops, err := parsePath(path)
	if !ok || err != nil || len(hops) == 0 {
		d.refuse(o, d.form())
		return
	}
	n, problem := overrideValue(value)
	if problem != "" {
		d.refuse(o, problem)
		return
	}
	d.adopt(n, o)
	if problem := d.place(d.intoReference(path, hops), n, o); problem != "" {
		d.refuse(o, problem)
		return
	}
	d.checkStructure(n, len(hops))
}

// intoReference turns a path into a topology that the scenario only refers to
// into one into what it changes there.
func (d *Document) intoReference(path string, hops []hop) []hop {
	e, ok := find(d.root, "topology")
	_, refers := find(e.value, "use")
	_, composed := find(e.value, "compose")
	known := reflect.TypeFor[TopologyUse]()
	if composed {
		known = reflect.TypeFor[ComposeUse]()
	}
	rest, inside := strings.CutPrefix(path, "topology.")
	if !ok || !inside || len(hops) < 2 || !refers && !composed && e.value.Kind != yaml.ScalarNode || slices.Contains(keysOf(fieldsOf(known)), hops[1].key) {
		return hops
	}
	return []hop{hops[0], {key: "set", index: -1}, {key: rest, index: -1}}
}

// form is what an override must look like.
func (d *Document) form() string {
	if d.Source == nil {
		return "a parameter has the form key=value, for instance grace=5s"
	}
	return "an override has the form path=value, for instance workload.rate=50/s"
}

func (d *Document) refuse(o override, message string) {
	d.report(Problem{File: "--set " + o.path, Message: message, Source: o.text})
}

func overrideValue(value string) (*yaml.Node, string) {
	bare := &Document{Source: []byte(value)}
	if p, bad := bare.unreadable(); bad {
		return nil, p.Message
	}
	documents, err := parseAll([]byte(value))
	switch {
	case err != nil:
		return nil, "the value is " + bare.syntaxProblem(err).Message
	case len(documents) != 1 || len(documents[0].Content) == 0:
		return nil, "the value is empty"
	}
	return documents[0].Content[0], ""
}

// adopt remembers that a node and all below it came from an override.
func (d *Document) adopt(n *yaml.Node, o override) {
	d.origins[n] = o
	for _, child := range n.Content {
		d.adopt(child, o)
	}
}

// place walks to the parent of the last hop, making mappings on the way, and
// puts the value there. It gives the reason if that cannot be.
func (d *Document) place(hops []hop, value *yaml.Node, o override) string {
	n := d.root
	for i, h := range hops {
		last := i == len(hops)-1
		if h.index >= 0 {
			if n.Kind != yaml.SequenceNode || h.index >= len(n.Content) {
				return fmt.Sprintf("no element [%d] in %s", h.index, sizeOf(n))
			}
			if last {
				n.Content[h.index] = value
			}
			n = n.Content[h.index]
			continue
		}
		if n.Kind != yaml.MappingNode {
			return fmt.Sprintf("no key %s in %s", quote(h.key), sizeOf(n))
		}
		if last {
			d.put(n, h.key, value, o)
			return ""
		}
		n = d.child(n, h.key, o)
	}
	return ""
}

// put replaces or adds a key of a mapping.
func (d *Document) put(n *yaml.Node, key string, value *yaml.Node, o override) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			n.Content[i+1] = value
			return
		}
	}
	k := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key}
	d.origins[k] = o
	n.Content = append(n.Content, k, value)
}

// child gives the value of a key, made as an empty mapping if there is none.
func (d *Document) child(n *yaml.Node, key string, o override) *yaml.Node {
	e, ok := find(n, key)
	if ok && !isNull(e.value) && (n != d.root || key != "topology" || e.value.Kind != yaml.ScalarNode) {
		return e.value
	}
	made := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Style: yaml.FlowStyle}
	d.origins[made] = o
	if ok && !isNull(e.value) { // a topology by its name, in which something is to be changed
		d.put(made, "use", e.value, o)
	}
	d.put(n, key, made, o)
	return made
}

func sizeOf(n *yaml.Node) string {
	if n.Kind == yaml.SequenceNode {
		return fmt.Sprintf("a list of %d", len(n.Content))
	}
	return kindOf(n)
}
