package scenarios

import (
	"fmt"
	"path/filepath"
)

// ResolveTopology gives the topology that the scenario stands on. The problems
// are those that were not given before: after [Load] and [Find] there are none,
// after [Parse] those of a topology in a file of its own. The topology is nil
// if it cannot be read.
func (d *Document) ResolveTopology() (*Topology, Problems) {
	if d.looked || d.Scenario == nil {
		return d.resolved, nil
	}
	before := len(d.problems)
	d.resolve()
	return d.resolved, d.problems[before:].Sorted()
}

// outsideLibrary tells a topology in a file of its own.
func (d *Document) outsideLibrary() bool {
	ref := d.Scenario.Topology
	return ref.Inline == nil && (ref.Compose != nil || isPath(ref.Name))
}

// resolve finds the topology and checks the scenario against it.
func (d *Document) resolve() {
	d.looked = true
	switch ref := d.Scenario.Topology; {
	case ref.Inline != nil:
		d.resolved = ref.Inline
	case ref.Name == "":
		return // reported as missing
	case ref.Compose != nil:
		d.resolved = d.composed(*ref.Compose)
	case d.outsideLibrary():
		d.resolved = d.readTopology(ref)
	default:
		d.resolved = d.libraryTopology(ref)
	}
	if d.resolved != nil {
		d.checkReferences(d.resolved)
	}
}

func (d *Document) libraryTopology(ref TopologyRef) *Topology {
	src, file, ok := embedded(topologyFolder, ref.Name)
	if !ok {
		d.wrong("topology", fmt.Sprintf("unknown topology %s; a file of your own is written with its path, ./NAME.yaml", quote(ref.Name)), ref.Name, libraryNames("Topology")...)
		return nil
	}
	doc := parse(file, src, given{changes: ref.Set, params: ref.With})
	for _, p := range doc.problems {
		d.report(p)
	}
	return doc.Topology
}

// readTopology reads a file beside the scenario; its mistakes are reported
// with its own name and positions.
func (d *Document) readTopology(ref TopologyRef) *Topology {
	doc, problems, err := resolveTopology(ref.Name, d.File, given{changes: ref.Set, params: ref.With})
	for _, p := range problems {
		d.report(p)
	}
	switch {
	case err != nil:
		d.wrong("topology", err.Error(), "")
	case doc != nil && doc.Scenario != nil:
		d.wrong("topology", fmt.Sprintf("%s is a scenario, not a topology", quote(ref.Name)), "")
	case doc != nil:
		return doc.Topology
	}
	return nil
}

// composed makes the topology of a Compose project beside the scenario.
func (d *Document) composed(use ComposeUse) *Topology {
	if use.Compose == "" { // reported as missing
		return nil
	}
	if FromCompose == nil {
		d.wrong("topology.compose", "Compose files cannot be read here", "")
		return nil
	}
	file := use.Compose
	if !filepath.IsAbs(file) {
		file = filepath.Join(filepath.Dir(d.File), file)
	}
	src, err := FromCompose(file, use)
	if err != nil {
		d.wrong("topology.compose", err.Error(), "")
		return nil
	}
	doc := parse(file, src, given{changes: use.Set})
	for _, p := range doc.problems {
		d.report(p)
	}
	return doc.Topology
}
