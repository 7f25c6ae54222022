package scenarios

import (
	"embed"
	"path"
	"slices"
	"strings"
)

//go:embed library
var library embed.FS

const (
	libraryFolder   = "library"
	topologyFolder  = "library/topologies"
	programmeFolder = "library/programmes"
	exerciseFolder  = "library/exercises"
)

// otherFolders hold no scenarios.
var otherFolders = []string{topologyFolder, programmeFolder, exerciseFolder}

// scenarioFolders hold the scenarios of the library, by what they break. Names
// are unique over all.
var scenarioFolders = foldersOf(library)

func foldersOf(files embed.FS) (folders []string) {
	entries, _ := files.ReadDir(libraryFolder)
	for _, e := range entries {
		if folder := path.Join(libraryFolder, e.Name()); e.IsDir() && !slices.Contains(otherFolders, folder) {
			folders = append(folders, folder)
		}
	}
	return folders
}

// Entry is one document of the library.
type Entry struct {
	Name        string   `json:"name"`
	Kind        string   `json:"kind"`           // Scenario or Topology
	Area        string   `json:"area,omitempty"` // of the library: what the scenario breaks
	Title       string   `json:"title"`
	Story       string   `json:"story,omitempty"`
	Look        string   `json:"look,omitempty"`
	Twin        string   `json:"twin,omitempty"`
	Tags        []string `json:"tags,omitempty"`
	Causes      []string `json:"causes,omitempty"`
	Mitigations []string `json:"mitigations,omitempty"`
	Controls    []string `json:"controls,omitempty"`
	// Topology is what a scenario stands on.
	Topology string `json:"topology,omitempty"`
	// Simulated: it stands on planted lies, which no real server tells.
	Simulated bool `json:"simulated,omitempty"`
	// Expect is how a scenario declares that it ends; nil: it does not say.
	Expect *Ending `json:"expect,omitempty"`
}

// Ending is how a drill must end.
type Ending struct {
	Verdict    string   `json:"verdict"`
	Objectives []string `json:"objectives,omitempty"` // those that are missed
	Reason     string   `json:"reason,omitempty"`
}

// Words is the ending as one writes it: "failed (loss, rto.mx)".
func (e Ending) Words() string {
	if len(e.Objectives) == 0 {
		return e.Verdict
	}
	return e.Verdict + " (" + strings.Join(e.Objectives, ", ") + ")"
}

// Library lists the scenarios, then the topologies, each by name.
func Library() []Entry {
	var list []Entry
	for _, folder := range append(slices.Clone(scenarioFolders), topologyFolder) {
		for _, name := range stems(folder) {
			src, file, _ := embedded(folder, name)
			d := parse(file, src, given{})
			switch {
			case d.Scenario != nil:
				e := EntryOf(d)
				e.Area = path.Base(folder)
				list = append(list, e)
			case d.Topology != nil:
				list = append(list, entryOf(d.Topology.Kind, d.Topology.Metadata, ""))
			}
		}
	}
	return list
}

// EntryOf is the entry of a scenario from anywhere. It is in no area.
func EntryOf(d *Document) Entry {
	s := d.Scenario
	e := entryOf(s.Kind, s.Metadata, s.Topology.Name)
	if x := s.Expect; x != nil {
		e.Expect = &Ending{Verdict: x.Verdict, Objectives: x.Objectives, Reason: x.Reason}
	}
	if topo, _ := d.ResolveTopology(); topo != nil {
		e.Simulated = slices.ContainsFunc(topo.Nodes, func(n Node) bool { return n.Defects != nil })
	}
	return e
}

func entryOf(kind string, m Metadata, topology string) Entry {
	return Entry{Name: m.Name, Kind: kind, Title: m.Title, Story: m.Story, Look: m.Look, Twin: m.Twin, Tags: m.Tags,
		Causes: m.Causes, Mitigations: m.Mitigations, Controls: m.Controls, Topology: topology}
}

// embedded reads a document of the library.
func embedded(folder, name string) (src []byte, file string, ok bool) {
	if !nameForm.pattern.MatchString(name) {
		return nil, "", false
	}
	file = path.Join(folder, name+".yaml")
	src, err := library.ReadFile(file)
	return src, file, err == nil
}

// stems lists the names in a folder of the library, sorted.
func stems(folder string) []string {
	files, err := library.ReadDir(folder)
	if err != nil {
		return nil
	}
	var names []string
	for _, f := range files {
		if name, ok := strings.CutSuffix(f.Name(), ".yaml"); ok {
			names = append(names, name)
		}
	}
	return names
}

// libraryNames lists the names of one kind, or of both.
func libraryNames(kind string) []string {
	var names []string
	if kind != "Topology" {
		for _, folder := range scenarioFolders {
			names = append(names, stems(folder)...)
		}
	}
	if kind != "Scenario" {
		names = append(names, stems(topologyFolder)...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
