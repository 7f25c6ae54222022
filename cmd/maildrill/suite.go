package main

import (
	"errors"
	"fmt"
	"slices"

	"maildrill/scenarios"
	"maildrill/scenarios/suites"
)

// members picks what is in any of the suites: among what is named, or in the
// library if nothing is.
func members(names, named []string) ([]string, error) {
	pool := candidates(named)
	if len(named) == 0 {
		pool = library()
	}
	var entries []scenarios.Entry
	for _, c := range pool {
		entries = append(entries, c.entry)
	}
	var in []func(scenarios.Entry) bool
	for _, name := range names {
		member, err := suites.Find(name, entries)
		if slices.ContainsFunc(pool, func(c candidate) bool { return !c.read }) {
			err = nil // their mistakes come first
		}
		if err != nil {
			return nil, noSuite(err, len(named) > 0)
		}
		in = append(in, member)
	}
	var found []string
	for _, c := range pool {
		if !c.read || slices.ContainsFunc(in, func(is func(scenarios.Entry) bool) bool { return is != nil && is(c.entry) }) {
			found = append(found, c.name)
		}
	}
	return found, nil
}

// candidate is a scenario that may be in a suite, as it was named.
type candidate struct {
	name  string
	entry scenarios.Entry
	read  bool // false: it has mistakes, and is never left out in silence
}

// library are the scenarios that come with maildrill.
func library() (all []candidate) {
	for _, e := range scenarios.Library() {
		if e.Kind == "Scenario" {
			all = append(all, candidate{e.Name, e, true})
		}
	}
	return all
}

func candidates(named []string) (all []candidate) {
	known := library()
	for _, name := range named {
		c := candidate{name: name}
		if i := slices.IndexFunc(known, func(k candidate) bool { return k.name == name }); i >= 0 {
			c = known[i]
		} else if doc, problems, err := scenarios.Find(name); err == nil && len(problems) == 0 && doc.Scenario != nil {
			c.entry, c.read = scenarios.EntryOf(doc), true
		}
		all = append(all, c)
	}
	return all
}

// noSuite says what is wrong with the name of a suite, and what is valid.
func noSuite(err error, named bool) error {
	var unknown *suites.Unknown
	var empty *suites.Empty
	hint := "`maildrill list suites` shows all"
	switch {
	case errors.As(err, &unknown):
		err = misnamed("--suite: "+unknown.Error(), unknown.Name, unknown.Valid)
	case errors.As(err, &empty) && named:
		err = fmt.Errorf("--suite: nothing that is named is in the suite %q; without a name, it is taken from the library", empty.Name)
	case errors.As(err, &empty):
		err, hint = fmt.Errorf("--suite: %w", err), "`maildrill list requirements` shows what answers what"
	}
	return &exitError{code: exitUsage, err: err, hint: hint}
}
