package scenarios

import (
	"fmt"
	"regexp"
	"strconv"

	"gopkg.in/yaml.v3"
)

// hop is one step of a path: a key of a mapping, or an index of a list.
type hop struct {
	key   string
	index int // -1: a key
}

var hopForm = regexp.MustCompile(`^(?:\.?([^.\[\]"=]+)|\[([0-9]{1,6})\]|\.?\["([^"]+)"\])`)

// parsePath reads paths like
//
//	timeline[0].with.grace
//	topology.zones["drill.test"][0].value
func parsePath(path string) ([]hop, error) {
	var hops []hop
	for rest := path; rest != ""; {
		m := hopForm.FindStringSubmatch(rest)
		switch {
		case m == nil:
			return nil, fmt.Errorf("path %s is not of the form key.key[0]", quote(path))
		case m[2] != "":
			i, _ := strconv.Atoi(m[2])
			hops = append(hops, hop{index: i})
		default:
			hops = append(hops, hop{key: m[1] + m[3], index: -1})
		}
		rest = rest[len(m[0]):]
	}
	return hops, nil
}

// under writes the path of a key whose name may hold dots.
func under(path, key string) string { return fmt.Sprintf("%s[%q]", path, key) }

// item writes the path of an element of a list.
func item(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }

// lookup follows a path as far as it goes. exact tells whether that is its
// end. key is nil for elements of lists and for the root.
func (d *Document) lookup(path string) (key, value *yaml.Node, exact bool) {
	value = d.root
	hops, err := parsePath(path)
	if err != nil || value == nil {
		return nil, value, false
	}
	for _, h := range hops {
		k, v := step(value, h)
		if v == nil {
			return key, value, false
		}
		key, value = k, v
	}
	return key, value, true
}

func step(n *yaml.Node, h hop) (key, value *yaml.Node) {
	if h.index < 0 {
		e, _ := find(n, h.key)
		return e.key, e.value
	}
	if n.Kind == yaml.SequenceNode && h.index < len(n.Content) {
		return nil, n.Content[h.index]
	}
	return nil, nil
}

// has tells whether the file has something at the path.
func (d *Document) has(path string) bool {
	_, _, exact := d.lookup(path)
	return exact
}

// pointer is the node that a problem at the path points to: the value if it
// begins on the line of its key, an element of it if that is the wrong word,
// the key otherwise.
func (d *Document) pointer(path, wrong string) *yaml.Node {
	key, value, _ := d.lookup(path)
	if value == nil {
		return nil
	}
	if value.Kind == yaml.SequenceNode && wrong != "" {
		for _, n := range value.Content {
			if n.Kind == yaml.ScalarNode && n.Value == wrong {
				return n
			}
		}
	}
	if e, ok := find(value, wrong); ok && wrong != "" {
		return e.key
	}
	if key == nil || inline(value) {
		return value
	}
	return key
}
