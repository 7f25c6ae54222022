package servers

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"maildrill/harness/topology"
)

// knob is one value of a configuration that a node's settings may change. Drill
// and Production are its values under the two clocks.
type knob struct {
	Name              string
	Drill, Production string
	Choices           []string // what is allowed; nil: any word
}

// turned gives the value of every knob of a table: the node's own, else that of
// the clock. Names are those of the server's documentation.
func turned(table []knob, t topology.Topology, n topology.Node) (map[string]string, error) {
	values, left := map[string]string{}, maps.Clone(n.Settings)
	for _, k := range table {
		value := k.Drill
		if t.Clock == topology.Production {
			value = k.Production
		}
		if own, given := left[k.Name]; given {
			value = own
			delete(left, k.Name)
		}
		switch {
		case k.Choices != nil && !slices.Contains(k.Choices, value):
			return nil, fmt.Errorf("settings: %s is %q; it can be %s", k.Name, value, strings.Join(k.Choices, ", "))
		case strings.ContainsAny(value, " \t\r\n\"'{}"):
			return nil, fmt.Errorf("settings: %s is %q; one word is wanted", k.Name, value)
		}
		values[k.Name] = value
	}
	for name := range left {
		return nil, fmt.Errorf("settings: %s takes no %q; it takes %s, and files of your own for the rest", n.Server, name, strings.Join(names(table), ", "))
	}
	return values, nil
}

func names(table []knob) []string {
	var list []string
	for _, k := range table {
		list = append(list, k.Name)
	}
	return list
}
