package suites

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"maildrill/scenarios"
)

var few = []scenarios.Entry{
	{Kind: "Scenario", Name: "crash", Area: "hosts", Topology: "pair", Tags: []string{"smoke", "ci"}, Causes: []string{"server-failure"}},
	{Kind: "Scenario", Name: "cut", Area: "storage", Topology: "single", Tags: []string{"nightly"}, Mitigations: []string{"ups"}},
	{Kind: "Scenario", Name: "lies", Area: "zoo", Topology: "single", Tags: []string{"zoo"}},
	{Kind: "Scenario", Name: "known", Area: "instrument", Topology: "known-truth", Tags: []string{"instrument"}, Simulated: true},
	{Kind: "Topology", Name: "pair", Tags: []string{"smoke"}},
}

func TestPick(t *testing.T) {
	for _, c := range []struct{ names, want string }{
		{"smoke", "crash"},
		{"nightly", "crash cut lies"},
		{"zoo", "lies"},
		{"requirement:ups", "cut"},
		{"requirement:server-failure", "crash"},
		{"topology:single", "cut lies"},
		{"area:hosts", "crash"},
		{"instrument", "known"},
		{"tag:ci", "crash"},
		{"zoo smoke", "crash lies"},
		{"smoke ci", "crash"},
	} {
		got, err := Pick(few, strings.Fields(c.names)...)
		var names []string
		for _, e := range got {
			names = append(names, e.Name)
		}
		if err != nil || strings.Join(names, " ") != c.want {
			t.Errorf("%s: %v, %v; want %s", c.names, names, err, c.want)
		}
	}
}

func TestAWordThatIsNoSuite(t *testing.T) {
	for _, name := range []string{"", "smok", "area:", "area:host", "requirement", "requirement:up", "smoke:all", "nonsense:x", "topology:known"} {
		_, err := Pick(few, name)
		var unknown *Unknown
		if !errors.As(err, &unknown) || !slices.Contains(unknown.Valid, "smoke") || !slices.Contains(unknown.Valid, "area:hosts") {
			t.Errorf("%q: %v", name, err)
		}
	}
	var empty *Empty
	if _, err := Pick(few, "requirement:training"); !errors.As(err, &empty) {
		t.Errorf("a requirement that nothing answers: %v", err)
	}
}

// TestListIsWhatFindTakes: each line of the list can be typed, and gives the
// members that it shows.
func TestListIsWhatFindTakes(t *testing.T) {
	all := scenarios.Library()
	list := List(all)
	for _, want := range []string{"smoke", "ci", "nightly", "zoo", "requirement:server-failure", "topology:primary-backup-mx", "area:hosts", "dns"} {
		if !slices.ContainsFunc(list, func(l Listed) bool { return l.Name == want }) {
			t.Errorf("%s is not listed", want)
		}
	}
	seen := map[string]bool{}
	for _, l := range list {
		picked, err := Pick(all, l.Name)
		if err != nil || len(picked) != len(l.Members) || seen[l.Name] {
			t.Errorf("%s: %d members, %d are listed, %v (twice: %v)", l.Name, len(picked), len(l.Members), err, seen[l.Name])
		}
		seen[l.Name] = true
	}
}
