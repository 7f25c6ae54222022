package scenarios

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// object is one JSON object of the schema.
type object map[string]any

// Schema gives the JSON Schema (2020-12) of scenario, topology and evidence
// files, for editors. faultIDs are the valid kinds of faults, controlIDs the
// valid controls; empty: any text.
func Schema(faultIDs, controlIDs []string) ([]byte, error) {
	s := schema{ids: map[string][]string{"Step.fault": faultIDs, "Metadata.controls": controlIDs}, defs: object{}}
	root := object{
		"$schema":     "https://json-schema.org/draft/2020-12/schema",
		"title":       APIVersion,
		"description": "A drill (kind Scenario), a mail system (kind Topology), an exercise (kind GameDay), a plan of drills and exercises (kind Programme), or what people say about a drill (kind Evidence).",
		"type":        "object",
		"required":    []string{"apiVersion", "kind"},
		"if":          ofKind("Topology"),
		"then":        object{"required": []string{"metadata"}, "allOf": []object{s.value(reflect.TypeFor[Topology](), fact{})}},
		"else": object{
			"if":   ofKind("Evidence"),
			"then": s.value(reflect.TypeFor[EvidenceFile](), fact{}),
			"else": object{
				"if":   ofKind("GameDay"),
				"then": s.value(reflect.TypeFor[GameDay](), fact{}),
				"else": object{
					"if":   ofKind("Programme"),
					"then": s.value(reflect.TypeFor[Programme](), fact{}),
					"else": s.value(reflect.TypeFor[Scenario](), fact{}),
				},
			},
		},
		"$defs": s.defs,
	}
	out, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the schema: %w", err)
	}
	return out, nil
}

func ofKind(kind string) object {
	return object{"properties": object{"kind": object{"const": kind}}}
}

// schema collects a definition for each struct type.
type schema struct {
	ids  map[string][]string // that this package does not know, by type and key
	defs object
}

// value describes what decoder.value takes.
func (s schema) value(t reflect.Type, f fact) object {
	switch t {
	case typeDuration:
		return object{"type": "string", "pattern": `^([0-9]+(\.[0-9]*)?(ns|us|µs|ms|s|m|h))+$`, "examples": durationExamples}
	case typeSize:
		return object{"type": "string", "pattern": sizeForm.String(), "examples": sizeExamples}
	case typeRate:
		return object{"type": "string", "pattern": `^[0-9]+(\.[0-9]+)?/[sm]$`, "examples": rateExamples}
	case typeAmount:
		return object{"oneOf": []object{
			{"type": "integer", "minimum": 0},
			{"type": "string", "pattern": `^[0-9]+(\.[0-9]+)?%$`},
		}, "examples": amountExamples}
	case typeStringList:
		one := s.text(f)
		return object{"oneOf": []object{one, {"type": "array", "items": one, "minItems": 1, "uniqueItems": true}}}
	case typeTopologyRef:
		return object{"oneOf": []object{{"type": "string"}, s.value(reflect.TypeFor[TopologyUse](), fact{}), s.value(reflect.TypeFor[ComposeUse](), fact{}), s.value(reflect.TypeFor[Topology](), fact{})}}
	case typeValue:
		return object{}
	case typeNodes:
		return object{"type": "object", "minProperties": 1, "propertyNames": s.text(fact{form: f.keyForm}),
			"additionalProperties": s.value(reflect.TypeFor[Node](), fact{})}
	case typeParams:
		return object{"type": "object"}
	}
	return s.kind(t, f)
}

func (s schema) kind(t reflect.Type, f fact) object {
	switch t.Kind() {
	case reflect.Pointer:
		return s.value(t.Elem(), f)
	case reflect.Struct:
		return s.structure(t)
	case reflect.Map:
		return s.mapping(t, f)
	case reflect.Slice:
		return object{"type": "array", "items": s.value(t.Elem(), f)}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int:
		return object{"type": "integer", "minimum": f.min, "maximum": f.max}
	case reflect.Uint32:
		return object{"type": "integer", "minimum": 0, "maximum": 1<<32 - 1}
	}
	return s.text(f)
}

// text describes a string. Where neither values nor a grammar are given, YAML's
// numbers and booleans are text too, as the loader has it.
func (s schema) text(f fact) object {
	switch {
	case f.blank:
		return object{"enum": append(slices.Clone(f.enum), "")}
	case f.enum != nil:
		return object{"enum": f.enum}
	case f.form != nil && f.form != textForm:
		return object{"type": []string{"string", "integer"}, "pattern": loose(f.form)}
	}
	return object{"type": []string{"string", "number", "boolean"}}
}

func (s schema) mapping(t reflect.Type, f fact) object {
	names := object{}
	switch {
	case f.names != nil:
		names["enum"] = f.names
	case f.keyForm != nil:
		names["pattern"] = loose(f.keyForm)
	}
	return object{"type": "object", "propertyNames": names,
		"additionalProperties": s.value(t.Elem(), fact{min: f.min, max: f.max})}
}

// structure defines a struct once and refers to it.
func (s schema) structure(t reflect.Type) object {
	reference := object{"$ref": "#/$defs/" + t.Name()}
	if _, known := s.defs[t.Name()]; known {
		return reference
	}
	definition := object{}
	s.defs[t.Name()] = definition // before the fields, for types that hold themselves
	properties := object{}
	var required []string
	for _, f := range fieldsOf(t) {
		known := f.fact
		if ids := s.ids[t.Name()+"."+f.key]; len(ids) > 0 {
			known.enum = ids
		}
		property := s.value(f.typ, known)
		if parametric[t.Name()] {
			property = object{"anyOf": []object{property, parameterInPlace}}
		}
		property["description"] = sentence(f.fact.doc)
		properties[f.key] = property
		if f.fact.required {
			required = append(required, f.key)
		}
	}
	definition["type"] = "object"
	definition["additionalProperties"] = false
	definition["properties"] = properties
	if len(required) > 0 {
		definition["required"] = required
	}
	if t == reflect.TypeFor[Step]() {
		definition["allOf"] = []object{startsOnce(), oneOf("fault", "action"), aimed()}
	}
	return reference
}

// parametric are the types whose values may be parameters of the topology.
var parametric = map[string]bool{"Topology": true, "Node": true, "Mail": true, "Volume": true, "Link": true, "Record": true, "Health": true, "Access": true}

var parameterInPlace = object{"type": "string", "pattern": parameterUse.String()}

// oneOf asks for exactly one of the keys.
func oneOf(keys ...string) object {
	var choices []object
	for _, key := range keys {
		choices = append(choices, object{"required": []string{key}})
	}
	return object{"oneOf": choices}
}

// aimed asks for a target, but of actions that need none.
func aimed() object {
	return object{
		"if":   object{"required": []string{"action"}, "properties": object{"action": object{"enum": placeless}}},
		"then": object{},
		"else": object{"required": []string{"on"}},
	}
}

// startsOnce asks for a time, or for steps, a condition, or both of these.
func startsOnce() object {
	following := object{"anyOf": []object{{"required": []string{"after"}}, {"required": []string{"when"}}}}
	return object{"oneOf": []object{{"required": []string{"at"}}, following}}
}

func sentence(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

// loose is the pattern of a grammar as a schema can give it: it cannot tell whether
// the topology may have real domains.
func loose(f *form) string {
	return (&Document{real: true}).formIn(f).pattern.String()
}
