package scenarios

import (
	"bytes"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"gopkg.in/yaml.v3"
)

// Marshal gives the file that [Parse] reads back to an equal value: the replay
// file, if the scenario was filled and its topology is inline. Values that are
// zero are left out.
func Marshal(s *Scenario) ([]byte, error) {
	return file("scenario "+s.Metadata.Name, *s)
}

// MarshalTopology gives the file of a topology; see [Marshal].
func MarshalTopology(t *Topology) ([]byte, error) {
	return file("topology "+t.Metadata.Name, *t)
}

func file(what string, document any) ([]byte, error) {
	var out bytes.Buffer
	w := yaml.NewEncoder(&out)
	w.SetIndent(2)
	if err := w.Encode(encode(reflect.ValueOf(document))); err != nil {
		return nil, fmt.Errorf("write %s: %w", what, err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("write %s: %w", what, err)
	}
	return out.Bytes(), nil
}

// encode is the inverse of decoder.value.
func encode(v reflect.Value) *yaml.Node {
	switch x := v.Interface().(type) {
	case Duration:
		return plain(x.String())
	case Size:
		return plain(x.String())
	case Rate:
		return plain(x.String())
	case Amount:
		return plain(x.String())
	case Params:
		return bare(x.node)
	case Value:
		return bare(x.node)
	case TopologyRef:
		return encodeReference(x)
	case Nodes:
		return encodeNodes(x)
	}
	return encodeKind(v)
}

// encodeReference writes a topology that is written out without its parameters:
// their values are in it.
func encodeReference(x TopologyRef) *yaml.Node {
	switch {
	case x.Inline != nil:
		whole := *x.Inline
		whole.Parameters = nil
		return encode(reflect.ValueOf(whole))
	case x.Compose != nil:
		return encode(reflect.ValueOf(*x.Compose))
	case len(x.With)+len(x.Set) > 0:
		return encode(reflect.ValueOf(TopologyUse{Use: x.Name, With: x.With, Set: x.Set}))
	}
	return text(x.Name)
}

func encodeKind(v reflect.Value) *yaml.Node {
	switch v.Kind() {
	case reflect.Pointer:
		return encode(v.Elem())
	case reflect.Struct:
		return encodeStruct(v)
	case reflect.Map:
		return encodeMap(v)
	case reflect.Slice:
		return encodeList(v)
	case reflect.String:
		return text(v.String())
	case reflect.Bool:
		return plain(strconv.FormatBool(v.Bool()))
	}
	return plain(fmt.Sprint(v.Interface()))
}

func encodeStruct(v reflect.Value) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for _, f := range fieldsOf(v.Type()) {
		if x := v.Field(f.index); written(v, f, x) {
			n.Content = append(n.Content, text(f.key), encode(x))
		}
	}
	return n
}

// written tells whether a key must be in the file. A rate of zero is not the
// same as none.
func written(parent reflect.Value, f field, x reflect.Value) bool {
	if w, ok := parent.Interface().(Workload); ok && f.key == "rate" && w.idle {
		return true
	}
	if p, ok := x.Interface().(Params); ok {
		return !p.IsZero()
	}
	return f.fact.required || !x.IsZero()
}

func encodeMap(v reflect.Value) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	plainMap := map[string]reflect.Value{}
	for it := v.MapRange(); it.Next(); {
		plainMap[it.Key().String()] = it.Value()
	}
	for _, key := range slices.Sorted(maps.Keys(plainMap)) {
		n.Content = append(n.Content, text(key), encode(plainMap[key]))
	}
	return n
}

func encodeNodes(nodes Nodes) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for _, node := range nodes {
		n.Content = append(n.Content, text(node.Name), encodeStruct(reflect.ValueOf(node)))
	}
	return n
}

func encodeList(v reflect.Value) *yaml.Node {
	n := &yaml.Node{Kind: yaml.SequenceNode}
	short := true
	for i := range v.Len() {
		child := encode(v.Index(i))
		short = short && child.Kind == yaml.ScalarNode && inline(child)
		n.Content = append(n.Content, child)
	}
	if short {
		n.Style = yaml.FlowStyle
	}
	return n
}

func plain(s string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Value: s} }

// text writes a string so that it is read back as it is. Only well-behaved
// lines become a block.
func text(s string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
	odd := strings.ContainsFunc(s, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) })
	switch {
	case odd || strings.Contains(s, "\n") && (strings.TrimSpace(s) != strings.TrimSuffix(s, "\n") || strings.Contains(s, " \n")):
		n.Style = yaml.DoubleQuotedStyle
	case strings.Contains(s, "\n"):
		n.Style = yaml.LiteralStyle
	}
	return n
}

// bare copies a node without comments and positions.
func bare(n *yaml.Node) *yaml.Node {
	c := &yaml.Node{Kind: n.Kind, Tag: n.Tag, Value: n.Value, Style: n.Style &^ yaml.TaggedStyle}
	if n.Kind == yaml.AliasNode {
		c.Kind, c.Tag = yaml.ScalarNode, "!!str"
	}
	for _, child := range n.Content {
		c.Content = append(c.Content, bare(child))
	}
	return c
}
