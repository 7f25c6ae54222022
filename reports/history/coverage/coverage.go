package coverage

import (
	"cmp"
	"slices"

	"maildrill/faults"
	"maildrill/harness/planning"
	"maildrill/scenarios"
)

// InPlace stands for topologies that are written out in their scenario.
const InPlace = "written in place"

// Coverage is what a library of scenarios covers.
type Coverage struct {
	Requirements []ByTopology `json:"requirements"`
	Topologies   []string     `json:"topologies"`
	Faults       []ByStage    `json:"faults"`
	// Unused are faults of the catalogue that no scenario has, Unmet stages that
	// no fault of a scenario can meet.
	Unused []string `json:"unused_faults"`
	Unmet  []Stage  `json:"unmet_stages"`
}

// ByTopology is a requirement with the scenarios that name it, by topology.
type ByTopology struct {
	ID    string              `json:"id"`
	Kind  string              `json:"kind"`
	State string              `json:"state"`
	On    map[string][]string `json:"on"`
}

// ByStage is a fault at a place, with what it can meet there.
type ByStage struct {
	Fault     string   `json:"fault"`
	Place     string   `json:"place"` // "mx", "link to store"
	Stages    []Stage  `json:"stages"`
	Scenarios []string `json:"scenarios"`
}

// Of counts what scenarios cover. Plans are theirs; a scenario without one adds
// no fault.
func Of(library []scenarios.Entry, plans []*planning.Plan) Coverage {
	c := Coverage{Topologies: []string{}, Unused: []string{}, Unmet: []Stage{}}
	for _, r := range Requirements(library, nil, nil) {
		row := ByTopology{ID: r.ID, Kind: r.Kind, State: r.State, On: map[string][]string{}}
		for _, a := range r.Answers {
			on := cmp.Or(a.Topology, InPlace)
			row.On[on] = append(row.On[on], a.Scenario)
			if !slices.Contains(c.Topologies, on) {
				c.Topologies = append(c.Topologies, on)
			}
		}
		c.Requirements = append(c.Requirements, row)
	}
	slices.Sort(c.Topologies)
	c.addFaults(plans)
	return c
}

func (c *Coverage) addFaults(plans []*planning.Plan) {
	for _, p := range plans {
		for _, s := range p.Steps {
			if !s.IsFault() {
				continue
			}
			for _, a := range s.Targets {
				for _, place := range places(p.Topology, a) {
					c.add(s.Kind.ID, place, meets(p, s.Kind.ID, place), p.Scenario.Metadata.Name)
				}
			}
		}
	}
	slices.SortFunc(c.Faults, func(a, b ByStage) int {
		return cmp.Or(cmp.Compare(order(a.Fault), order(b.Fault)), cmp.Compare(a.Place, b.Place))
	})
	for _, k := range faults.Catalogue {
		if !slices.ContainsFunc(c.Faults, func(b ByStage) bool { return b.Fault == k.ID }) {
			c.Unused = append(c.Unused, k.ID)
		}
	}
	for _, s := range Stages {
		if !slices.ContainsFunc(c.Faults, func(b ByStage) bool { return slices.Contains(b.Stages, s) }) {
			c.Unmet = append(c.Unmet, s)
		}
	}
}

func (c *Coverage) add(fault, place string, stages []Stage, scenario string) {
	i := slices.IndexFunc(c.Faults, func(b ByStage) bool { return b.Fault == fault && b.Place == place })
	if i < 0 {
		i, c.Faults = len(c.Faults), append(c.Faults, ByStage{Fault: fault, Place: place, Stages: []Stage{}})
	}
	row := &c.Faults[i]
	for _, s := range stages {
		if !slices.Contains(row.Stages, s) {
			row.Stages = append(row.Stages, s)
		}
	}
	slices.SortFunc(row.Stages, func(a, b Stage) int { return slices.Index(Stages, a) - slices.Index(Stages, b) })
	if !slices.Contains(row.Scenarios, scenario) {
		row.Scenarios = append(row.Scenarios, scenario)
	}
}

// order is the place of a fault in the catalogue.
func order(id string) int {
	return slices.IndexFunc(faults.Catalogue, func(k faults.Kind) bool { return k.ID == id })
}
