package scenarios

import (
	"fmt"
	"reflect"
	"slices"

	"gopkg.in/yaml.v3"
)

// Document is a file that was read, with the positions of everything in it.
type Document struct {
	// File is how the file was named.
	File string
	// Source is its text, overrides not applied.
	Source []byte
	// The one of the document's kind is set.
	Scenario  *Scenario
	Topology  *Topology
	Evidence  *Evidence
	GameDay   *GameDay
	Programme *Programme

	root     *yaml.Node
	origins  map[*yaml.Node]override // nodes that an override brought in
	problems Problems
	dropped  int       // problems beyond mostProblems
	lines    []string  // of the source, once asked for
	resolved *Topology // what the scenario's topology stands for, once known
	looked   bool      // resolved was looked for
	real     bool      // it may name domains of the real world
}

// mostProblems bounds what is reported of one file.
const mostProblems = 200

// Parse reads a document. Each of sets overrides one value, "path=value", where
// the value is YAML: "workload.rate=50/s", "timeline[0].for=5s". All mistakes
// are in the problems; the document is nil if nothing could be decoded.
// Parse reads no files: what a topology given as a path holds is checked by
// [Load] and [Document.ResolveTopology].
func Parse(file string, src []byte, sets ...string) (*Document, Problems) {
	return whole(file, src, given{sets: sets})
}

func whole(file string, src []byte, with given) (*Document, Problems) {
	d := parse(file, src, with)
	if d.Scenario != nil && !d.outsideLibrary() {
		d.resolve()
	}
	return d.result()
}

// given is what a caller puts in the place of what a file says.
type given struct {
	evidence *Document        // of kind Evidence; nil: none
	changes  map[string]Value // of a topology, by path
	params   map[string]Value // of a topology
	sets     []string         // these come last
}

// parse does all but resolve names that other files hold.
func parse(file string, src []byte, with given) *Document {
	d := &Document{File: file, Source: src, origins: map[*yaml.Node]override{}}
	root := d.readSource()
	if root == nil || !d.checkStructure(root, 0) {
		return d
	}
	if root.Kind != yaml.MappingNode {
		d.reportAt(root, "a scenario or topology is a mapping, not "+kindOf(root), "")
		return d
	}
	d.root = root
	kind := d.kind()
	if kind == "Scenario" {
		d.supply(with.evidence)
	}
	d.change(with.changes)
	for _, s := range with.sets {
		d.set(s)
	}
	if kind == "Topology" {
		d.substitute(with.params, len(with.changes)+len(with.sets) > 0)
	}
	d.decodeRoot(kind)
	return d
}

// result gives the document if anything was decoded, and what is wrong.
func (d *Document) result() (*Document, Problems) {
	ps := d.problems.Sorted()
	if d.dropped > 0 {
		ps = append(ps, d.at(1, 1, fmt.Sprintf("%d more mistakes are not shown", d.dropped), ""))
	}
	if d.Scenario == nil && d.Topology == nil && d.Evidence == nil && d.GameDay == nil && d.Programme == nil {
		return nil, ps
	}
	return d, ps
}

// Problem positions a mistake that a caller found: path is a YAML path such as
// "timeline[0].with.grace"; where the file has less, the problem points to the
// nearest thing around it. wrong is the word that is wrong, or "": the
// suggestion is the one of valid that is closest to it.
func (d *Document) Problem(path, message, wrong string, valid ...string) Problem {
	return d.problemAt(d.pointer(path, wrong), message, wrong, valid...)
}

// Scalar gives the text that the file has at a path, be it valid or not: what
// could not be decoded is not missing. "" if there is none.
func (d *Document) Scalar(path string) string {
	if _, n, exact := d.lookup(path); exact && n.Kind == yaml.ScalarNode {
		return n.Value
	}
	return ""
}

// kind tells what the file is. Without a proper kind it goes by what only a
// topology or only evidence has, so that the other mistakes are reported too.
func (d *Document) kind() string {
	kind := ""
	if e, ok := find(d.root, "kind"); ok {
		kind = e.value.Value
	}
	switch {
	case slices.Contains(documentKinds, kind):
		return kind
	case d.has("nodes"):
		return "Topology"
	case d.has("evidence") && !d.has("topology") && !d.has("metadata"):
		return "Evidence"
	}
	return "Scenario"
}

func (d *Document) decodeRoot(kind string) {
	c := decoder{d}
	d.real = hasRealDomains(d.root)
	switch kind {
	case "Topology":
		d.Topology = &Topology{}
		c.document(d.root, d.Topology)
		d.checkTopology(d.Topology, "")
	case "Evidence":
		file := &EvidenceFile{}
		c.structure(d.root, reflect.ValueOf(file).Elem(), "a file of evidence")
		d.Evidence = &file.Evidence
		d.checkEvidence(d.Evidence)
	case "GameDay":
		d.GameDay = &GameDay{}
		c.structure(d.root, reflect.ValueOf(d.GameDay).Elem(), "a GameDay")
		d.checkGameDay(d.GameDay)
	case "Programme":
		d.Programme = &Programme{}
		c.structure(d.root, reflect.ValueOf(d.Programme).Elem(), "a Programme")
		d.checkProgramme(d.Programme)
	default:
		d.Scenario = &Scenario{}
		c.document(d.root, d.Scenario)
		d.checkScenario()
	}
}

// hasRealDomains looks for the key in a topology, or in one that a scenario has in it.
func hasRealDomains(root *yaml.Node) bool {
	if inline, ok := find(root, "topology"); ok && inline.value.Kind == yaml.MappingNode {
		root = inline.value
	}
	e, given := find(root, "real_domains")
	return given && e.value.Value == "true"
}

// report keeps a problem.
func (d *Document) report(p Problem) {
	if !d.full() {
		d.problems = append(d.problems, p)
	}
}

// full counts what is not reported any more, before it costs any time.
func (d *Document) full() bool {
	if len(d.problems) < mostProblems {
		return false
	}
	d.dropped++
	return true
}

// reportAt keeps a problem at a node.
func (d *Document) reportAt(n *yaml.Node, message, wrong string, valid ...string) {
	if !d.full() {
		d.report(d.problemAt(n, message, wrong, valid...))
	}
}

// wrong keeps a problem at a path.
func (d *Document) wrong(path, message, word string, valid ...string) {
	if !d.full() {
		d.report(d.Problem(path, message, word, valid...))
	}
}

func (d *Document) problemAt(n *yaml.Node, message, wrong string, valid ...string) Problem {
	suggestion := closest(wrong, valid)
	if n == nil {
		return Problem{File: d.File, Line: 1, Column: 1, Message: message, Valid: valid, Suggestion: suggestion, Source: d.line(1)}
	}
	if o, ok := d.origins[n]; ok && o.from != nil {
		return o.from.at(n.Line, n.Column, message, suggestion, valid...)
	} else if ok {
		return Problem{File: "--set " + o.path, Message: message, Valid: valid, Suggestion: suggestion, Source: o.text}
	}
	return d.at(n.Line, n.Column, message, suggestion, valid...)
}

// at makes a problem at a position of the file.
func (d *Document) at(line, column int, message, suggestion string, valid ...string) Problem {
	text := d.line(line)
	if line > len(d.lines) { // what is missing at the end is on a line of its own
		line = len(d.lines)
		text = d.line(line)
		column = len([]rune(text)) + 1
	}
	return Problem{File: d.File, Line: line, Column: column, Message: message, Valid: valid, Suggestion: suggestion, Source: text}
}
