package suites

import (
	"fmt"
	"slices"

	"maildrill/scenarios"
)

// Unknown is the error of a name that is no suite. Valid are those that are.
type Unknown struct {
	Name  string
	Valid []string
}

func (u *Unknown) Error() string { return fmt.Sprintf("there is no suite %q", u.Name) }

// Empty is the error of a suite that is one, and has no member.
type Empty struct{ Name string }

func (e *Empty) Error() string { return fmt.Sprintf("no scenario is in the suite %q yet", e.Name) }

// Find gives the test for members of a suite among some scenarios.
func Find(name string, among []scenarios.Entry) (member func(scenarios.Entry) bool, err error) {
	s, value, ok := split(name)
	if !ok || s.values != nil && !slices.Contains(s.values(among), value) {
		return nil, &Unknown{Name: name, Valid: Names(among)}
	}
	member = func(e scenarios.Entry) bool { return e.Kind == "Scenario" && s.has(e, value) }
	if !slices.ContainsFunc(among, member) {
		return nil, &Empty{Name: name}
	}
	return member, nil
}

// Pick gives the members of several suites, each once, in the order of all.
func Pick(all []scenarios.Entry, names ...string) ([]scenarios.Entry, error) {
	var members []func(scenarios.Entry) bool
	for _, name := range names {
		member, err := Find(name, all)
		if err != nil {
			return nil, err
		}
		members = append(members, member)
	}
	var picked []scenarios.Entry
	for _, e := range all {
		if slices.ContainsFunc(members, func(is func(scenarios.Entry) bool) bool { return is(e) }) {
			picked = append(picked, e)
		}
	}
	return picked, nil
}

// Listed is a suite with its members.
type Listed struct {
	Name    string   `json:"name"` // as it is written: "requirement:ups"
	About   string   `json:"about"`
	Members []string `json:"members"`
}

// List shows every suite that has a member among the scenarios, in the order
// of the table. Tags that are suites of their own are not listed twice.
func List(all []scenarios.Entry) (list []Listed) {
	for _, s := range Table {
		values := []string{""}
		if s.values != nil {
			values = s.values(all)
		}
		for _, v := range values {
			if l := (Listed{Name: written(s, v), About: s.About, Members: membersOf(all, s, v)}); len(l.Members) > 0 &&
				!slices.ContainsFunc(list, func(o Listed) bool { return o.Name == l.Name }) {
				list = append(list, l)
			}
		}
	}
	return list
}

// Names lists what may stand behind --suite.
func Names(all []scenarios.Entry) (names []string) {
	for _, s := range Table {
		values := []string{""}
		if s.values != nil {
			values = s.values(all)
		}
		for _, v := range values {
			names = append(names, written(s, v))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// written is a suite as one types it: tags are written bare.
func written(s Suite, value string) string {
	switch {
	case s.values == nil:
		return s.Name
	case s.Name == "tag":
		return value
	}
	return s.Name + ":" + value
}

func membersOf(all []scenarios.Entry, s Suite, value string) []string {
	names := []string{}
	for _, e := range all {
		if e.Kind == "Scenario" && s.has(e, value) {
			names = append(names, e.Name)
		}
	}
	return names
}
