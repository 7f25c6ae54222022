package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"maildrill/faults"
)

// read reads one JSON object a line.
func read(text []byte) ([]faults.Proven, error) {
	var all []faults.Proven
	n := 0
	for line := range bytes.Lines(text) {
		n++
		var p faults.Proven
		if err := strictly(line, &p); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		if p.Kind == "" {
			return nil, fmt.Errorf("line %d names no kind", n)
		}
		all = append(all, p)
	}
	return all, nil
}

// sum adds up the tries of each kind. The test named is that of the first; the
// suite is the full one only if it was for every try.
func sum(tries []faults.Proven) []faults.Proven {
	all := map[string]faults.Proven{}
	for _, t := range tries {
		if s, ok := all[t.Kind]; ok {
			t.Test, t.Full = s.Test, t.Full && s.Full
			t.Cases, t.Passed, t.Seconds = t.Cases+s.Cases, t.Passed+s.Passed, t.Seconds+s.Seconds
		}
		all[t.Kind] = t
	}
	return ordered(all)
}

// passed: no case was run means that nothing has passed.
func passed(p faults.Proven) bool { return p.Cases > 0 && p.Passed == p.Cases }

// merged puts what was proven into the text of proven.json. A kind of which a
// case failed stays as it was, and so does one that the whole suite has proven
// if only the plain course was run now.
func merged(text []byte, sums []faults.Proven) ([]byte, error) {
	var list []faults.Proven
	if err := strictly(text, &list); err != nil {
		return nil, err
	}
	all := map[string]faults.Proven{}
	for _, p := range list {
		all[p.Kind] = p
	}
	for _, s := range sums {
		if passed(s) && (s.Full || !all[s.Kind].Full) {
			all[s.Kind] = s
		}
	}
	return written(ordered(all))
}

// written gives each kind a line, so that the changes of many hands merge.
func written(list []faults.Proven) ([]byte, error) {
	var lines [][]byte
	for _, p := range list {
		line, err := json.Marshal(p)
		if err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
	return fmt.Appendf(nil, "[\n%s\n]\n", bytes.Join(lines, []byte(",\n"))), nil
}

func ordered(all map[string]faults.Proven) []faults.Proven {
	var list []faults.Proven
	for _, kind := range slices.Sorted(maps.Keys(all)) {
		list = append(list, all[kind])
	}
	return list
}

func strictly(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	return d.Decode(into)
}
