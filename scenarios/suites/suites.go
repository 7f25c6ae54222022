package suites

import (
	"slices"
	"strings"

	"maildrill/scenarios"
)

// Suite is one way to name drills.
type Suite struct {
	Name  string // "smoke"; "area" if it takes a value: area:hosts
	About string
	// values lists what may stand after the colon, among these scenarios. Nil: the
	// suite takes no value.
	values func([]scenarios.Entry) []string
	has    func(e scenarios.Entry, value string) bool
}

// Table is every suite. A name that is not in it is a tag.
var Table = []Suite{
	{Name: "smoke", About: "the first minutes: on each change, and on a new host", has: tagged("smoke")},
	{Name: "ci", About: "quick and robust drills: for each merge", has: tagged("ci")},
	{Name: "nightly", About: "everything that runs on real servers, the zoo included", has: real},
	{Name: "zoo", About: "servers that are set up wrong, which must be found out", has: tagged("zoo")},
	{Name: "requirement", About: "what answers a cause or a counter-measure", values: requirements, has: answers},
	{Name: "topology", About: "what stands on a mail system of the library", values: topologies, has: standsOn},
	{Name: "area", About: "what breaks the same kind of thing", values: areas, has: isOf},
	{Name: "tag", About: "what carries a tag", values: tags, has: carries},
}

func tagged(tag string) func(scenarios.Entry, string) bool {
	return func(e scenarios.Entry, _ string) bool { return carries(e, tag) }
}

func carries(e scenarios.Entry, tag string) bool { return slices.Contains(e.Tags, tag) }

// real leaves out what proves the instrument against a system that no engine
// runs.
func real(e scenarios.Entry, _ string) bool { return !e.Simulated }

func answers(e scenarios.Entry, id string) bool {
	return slices.Contains(e.Causes, id) || slices.Contains(e.Mitigations, id)
}

func standsOn(e scenarios.Entry, name string) bool { return e.Topology == name }

func isOf(e scenarios.Entry, area string) bool { return e.Area == area }

// requirements are all ids, answered or not: one that is not is no typing
// mistake.
func requirements([]scenarios.Entry) []string {
	return append(scenarios.Causes(), scenarios.Mitigations()...)
}

func topologies(all []scenarios.Entry) []string {
	return distinct(all, func(e scenarios.Entry) []string { return []string{e.Topology} })
}

func areas(all []scenarios.Entry) []string {
	return distinct(all, func(e scenarios.Entry) []string { return []string{e.Area} })
}

func tags(all []scenarios.Entry) []string {
	return distinct(all, func(e scenarios.Entry) []string { return e.Tags })
}

// distinct lists what the scenarios have, sorted, each once.
func distinct(all []scenarios.Entry, of func(scenarios.Entry) []string) []string {
	var found []string
	for _, e := range all {
		found = append(found, of(e)...)
	}
	slices.Sort(found)
	found = slices.Compact(found)
	return slices.DeleteFunc(found, func(s string) bool { return s == "" })
}

// split takes a name apart; a bare word that is no suite is a tag.
func split(name string) (Suite, string, bool) {
	kind, value, valued := strings.Cut(name, ":")
	for _, s := range Table {
		if s.Name == kind && valued == (s.values != nil) {
			return s, value, true
		}
	}
	if valued {
		return Suite{}, "", false
	}
	return Table[len(Table)-1], name, true
}
