package scenarios

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

func schemaOf(t *testing.T, faultIDs ...string) map[string]any {
	t.Helper()
	faults, controls := libraryUses(t)
	out, err := Schema(append(faultIDs, faults...), append(controls, "iso27001:A.5.30", "nist80053:CP-4(3)"))
	if err != nil {
		t.Fatal(err)
	}
	var s map[string]any
	if err := json.Unmarshal(out, &s); err != nil {
		t.Fatalf("the schema is not JSON: %v", err)
	}
	return s
}

// documented are all struct types of a file.
var documented = []reflect.Type{
	reflect.TypeFor[Scenario](), reflect.TypeFor[Metadata](), reflect.TypeFor[Workload](), reflect.TypeFor[Phases](),
	reflect.TypeFor[Probes](), reflect.TypeFor[Step](), reflect.TypeFor[Objectives](), reflect.TypeFor[Limit](),
	reflect.TypeFor[TimeLimit](), reflect.TypeFor[Expect](), reflect.TypeFor[Trials](), reflect.TypeFor[Topology](), reflect.TypeFor[Node](),
	reflect.TypeFor[Mail](), reflect.TypeFor[Volume](), reflect.TypeFor[Link](), reflect.TypeFor[Record](),
	reflect.TypeFor[Health](), reflect.TypeFor[ComposeUse](), reflect.TypeFor[Build](), reflect.TypeFor[Container](), reflect.TypeFor[Defects](), reflect.TypeFor[Trouble](), reflect.TypeFor[Stored](),
	reflect.TypeFor[EvidenceFile](), reflect.TypeFor[Evidence](), reflect.TypeFor[Basis](), reflect.TypeFor[Mandate](),
	reflect.TypeFor[Participant](), reflect.TypeFor[Authorisation](),
	reflect.TypeFor[Alerts](), reflect.TypeFor[Cycle](), reflect.TypeFor[Detect](), reflect.TypeFor[Drain](), reflect.TypeFor[Late](),
	reflect.TypeFor[GameDay](), reflect.TypeFor[Hypothesis](), reflect.TypeFor[RecoveryPlan](), reflect.TypeFor[Role](), reflect.TypeFor[Channel](),
	reflect.TypeFor[RollCall](), reflect.TypeFor[Notice](), reflect.TypeFor[Inject](), reflect.TypeFor[RunbookStep](), reflect.TypeFor[ServiceLevel](), reflect.TypeFor[GameDayExpect](),
	reflect.TypeFor[Programme](), reflect.TypeFor[QuietHours](), reflect.TypeFor[Freeze](), reflect.TypeFor[ProgrammeItem](), reflect.TypeFor[Every](), reflect.TypeFor[Unannounced](),
	reflect.TypeFor[TopologyUse](), reflect.TypeFor[Unfiltered](), reflect.TypeFor[Parameter](), reflect.TypeFor[Access](),
}

// TestSchemaEqualsTheTypes: types, table and schema have the same keys.
func TestSchemaEqualsTheTypes(t *testing.T) {
	defs := schemaOf(t)["$defs"].(map[string]any)
	if len(defs) != len(documented) || len(keys) != len(documented) {
		t.Errorf("%d definitions, %d types in the table, want %d", len(defs), len(keys), len(documented))
	}
	for _, typ := range documented {
		want := keysOf(fieldsOf(typ))
		slices.Sort(want)
		var table, schema []string
		for key, f := range keys[typ.Name()] {
			table = append(table, key)
			if f.doc == "" {
				t.Errorf("%s.%s has no description", typ.Name(), key)
			}
		}
		properties := defs[typ.Name()].(map[string]any)["properties"].(map[string]any)
		for key := range properties {
			schema = append(schema, key)
		}
		slices.Sort(table)
		slices.Sort(schema)
		if !slices.Equal(table, want) || !slices.Equal(schema, want) {
			t.Errorf("%s: keys %v, in the table %v, in the schema %v", typ.Name(), want, table, schema)
		}
	}
}

// libraryUses are the kinds of faults and the controls that the library names;
// whether they exist is looked at where they are known.
func libraryUses(t *testing.T) (faults, controls []string) {
	t.Helper()
	for _, e := range Library() {
		if e.Kind != "Scenario" {
			continue
		}
		d, _, err := Find(e.Name)
		if err != nil {
			t.Fatal(err)
		}
		controls = append(controls, d.Scenario.Metadata.Controls...)
		for _, step := range d.Scenario.Timeline {
			if step.Fault != "" {
				faults = append(faults, step.Fault)
			}
		}
	}
	slices.Sort(faults)
	slices.Sort(controls)
	return slices.Compact(faults), slices.Compact(controls)
}

func TestSchemaTakesWhatTheLoaderTakes(t *testing.T) {
	s := schemaOf(t, "node.stop")
	texts := map[string][]byte{"README.md": readmeExample(t), "odd": []byte(oddScenario), "evidence": evidenceExample(t), "template": EvidenceTemplate,
		"audit": []byte(audited)}
	for _, folder := range append(slices.Clone(scenarioFolders), topologyFolder, programmeFolder) {
		for _, name := range stems(folder) {
			src, file, _ := embedded(folder, name)
			texts[file] = src
		}
	}
	for name, src := range texts {
		if reason := validate(s, s, tree(t, src)); reason != "" {
			t.Errorf("the schema refuses %s: %s", name, reason)
		}
	}
}

// TestSchemaRefuses: what a schema can say, it says.
func TestSchemaRefuses(t *testing.T) {
	s := schemaOf(t, "node.crash", "node.freeze", "node.stop", "process.kill")
	for _, name := range []string{"unknown-key-top", "unknown-key-deep", "missing-key", "wrong-kind", "wrong-version",
		"wrong-type-list", "wrong-type-number", "number-out-of-range", "bad-name", "unknown-cause", "duration-without-unit",
		"duration-bad", "size-wrong-unit", "rate-without-unit", "percent-missing", "enum", "no-start", "two-starts",
		"no-deed", "two-deeds", "unknown-action", "rto-service", "expect-verdict", "node-twice", "no-value",
		"topology-roles", "topology-server", "topology-service", "topology-port",
		"evidence-exercise", "evidence-unknown-key", "evidence-role", "evidence-day-form", "evidence-file-flat",
		"topology-record-type", "topology-sequence-number"} {
		src, err := readFile("testdata/mistakes/" + name + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		if validate(s, s, tree(t, src)) == "" {
			t.Errorf("the schema takes %s", name)
		}
	}
	for what, src := range map[string]string{
		"fault":   strings.Replace(sample, "node.crash", "node.crush", 1),
		"control": strings.Replace(sample, "name: sample", "name: sample, controls: [iso27001:A.5.31]", 1),
	} {
		if validate(s, s, tree(t, []byte(src))) == "" {
			t.Errorf("the schema takes an unknown %s:\n%s", what, src)
		}
	}
}

// tree reads YAML as an editor does, into JSON's types: a day is text (YAML
// 1.2, section 10.3).
func tree(t *testing.T, src []byte) any {
	t.Helper()
	var n yaml.Node
	if err := yaml.Unmarshal(src, &n); err != nil {
		t.Fatal(err)
	}
	undated(&n)
	var v any
	if err := n.Decode(&v); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var plain any
	if err := json.Unmarshal(out, &plain); err != nil {
		t.Fatal(err)
	}
	return plain
}

func undated(n *yaml.Node) {
	if n.ShortTag() == "!!timestamp" {
		n.Tag = "!!str"
	}
	for _, child := range n.Content {
		undated(child)
	}
}
