package scenarios

import "gopkg.in/yaml.v3"

// SetParams reads parameters that stand in no file: each of sets is "key=value",
// where the value is YAML. Mistakes, those of [Params.Decode] too, are at
// "--set key".
func SetParams(sets ...string) (Params, Problems) {
	root := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Style: yaml.FlowStyle}
	d := &Document{root: root, origins: map[*yaml.Node]override{root: {path: "KEY=VALUE"}}}
	for _, s := range sets {
		d.set(s)
	}
	return Params{node: root, doc: d}, d.problems
}
