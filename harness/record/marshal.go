package record

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode"
	"unicode/utf16"
)

// Marshal writes record.json: indented by two spaces, maps in the order of
// their keys, empty lists as [], a newline at the end. The same record gives
// the same bytes, and none of them does anything to a terminal: what does not
// print is written as an escape of JSON. It refuses numbers that JSON cannot
// carry.
func Marshal(r Record) ([]byte, error) { return marshal("record", filled(r)) }

func marshal(what string, v any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("write %s: %w", what, err)
	}
	return inert(out.Bytes()), nil
}

// inert escapes the characters of a JSON text that do not print: control
// characters that JSON allows, and marks that are not seen or turn the direction
// of writing. In valid JSON they stand in strings only, where an escape means
// the same (RFC 8259, section 7).
func inert(text []byte) []byte {
	harmless := func(r rune) bool { return r == '\n' || unicode.IsPrint(r) }
	if bytes.IndexFunc(text, func(r rune) bool { return !harmless(r) }) < 0 {
		return text
	}
	var out bytes.Buffer
	for _, r := range string(text) {
		switch {
		case harmless(r):
			out.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&out, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
	}
	return out.Bytes()
}

// Unmarshal reads what [Marshal] wrote. Keys that a later version added are
// ignored; another schema is refused.
func Unmarshal(data []byte) (Record, error) {
	var r Record
	if err := json.Unmarshal(data, &r); err != nil {
		return Record{}, fmt.Errorf("read record: %w", err)
	}
	if r.Schema != Schema {
		return Record{}, fmt.Errorf("read record: schema is %q, not %q", r.Schema, Schema)
	}
	return r, nil
}

// filled replaces nil lists and maps by empty ones, so that readers of the
// JSON find every key of the right type. The caller's record is not changed.
func filled(r Record) Record {
	r.Scenario.Tags = list(r.Scenario.Tags)
	r.Scenario.Causes = list(r.Scenario.Causes)
	r.Scenario.Mitigations = list(r.Scenario.Mitigations)
	r.Scenario.Controls = list(r.Scenario.Controls)
	r.Objectives = list(r.Objectives)
	r.Gates = list(r.Gates)
	r.Phases = list(r.Phases)
	r.Faults = append([]Fault{}, r.Faults...)
	for i := range r.Faults {
		r.Faults[i].Targets = list(r.Faults[i].Targets)
		r.Faults[i].Residue = list(r.Faults[i].Residue)
	}
	services := make(map[string]Service, len(r.Services))
	for name, s := range r.Services {
		s.Outages = list(s.Outages)
		services[name] = s
	}
	r.Services = services
	return r
}

func list[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
