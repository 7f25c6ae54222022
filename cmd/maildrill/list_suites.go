package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"maildrill/scenarios"
	"maildrill/scenarios/suites"
)

// listedSuite is a suite with what it takes.
type listedSuite struct {
	suites.Listed
	Count   int     `json:"count"`
	Seconds float64 `json:"usual_seconds"` // one drill after the other, on Docker
}

func (p *process) listSuites() *cobra.Command {
	return &cobra.Command{
		Use: "suites [FOLDER|FILE...]", Short: "List the suites, with their members and how long they take",
		Long: `List the suites of the library, or of scenarios of your own: how many drills each
has, and how long they usually take one after the other, on images that are there.
"maildrill run --suite NAME" runs one; "maildrill list suites --json" names the
members.`,
		Example: `  maildrill list suites
  maildrill list suites ./drills/
  maildrill list suites --json | jq '.[] | select(.name == "smoke").members'`,
		RunE: func(_ *cobra.Command, args []string) error {
			entries, times, err := suiteEntries(args)
			if err != nil {
				return usage(err)
			}
			list := []listedSuite{}
			for _, l := range suites.List(entries) {
				s := listedSuite{Listed: l, Count: len(l.Members)}
				for _, m := range l.Members {
					s.Seconds += times[m].Seconds()
				}
				list = append(list, s)
			}
			if p.json {
				return p.printJSON(list)
			}
			return p.printSuites(list)
		},
	}
}

func (p *process) printSuites(list []listedSuite) error {
	w := tabwriter.NewWriter(p.Stdout, 0, 0, 2, ' ', 0)
	last := ""
	for _, s := range list {
		about := s.About
		if about == last {
			about = ""
		}
		last = s.About
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\n", s.Name, s.Count, strings.TrimPrefix(roughly(time.Duration(s.Seconds*float64(time.Second))), "about "), about)
	}
	return w.Flush()
}

// suiteEntries are the scenarios that suites are made of, with how long each
// usually takes. One that has mistakes takes no time, as it does not start.
func suiteEntries(named []string) ([]scenarios.Entry, map[string]time.Duration, error) {
	var pool []candidate
	if len(named) == 0 {
		pool = library()
	}
	for _, name := range named {
		files, err := expand(name)
		if err != nil {
			return nil, nil, err
		}
		pool = append(pool, candidates(files)...)
	}
	var entries []scenarios.Entry
	times := map[string]time.Duration{}
	for _, c := range pool {
		if !c.read {
			return nil, nil, fmt.Errorf("%s is no scenario without mistakes; `maildrill validate` shows them", c.name)
		}
		entries = append(entries, c.entry)
		if plan, problems, err := compile(c.name, overrides{}, nil); err == nil && len(problems) == 0 {
			times[c.entry.Name] = plan.Usual()
		}
	}
	return entries, times, nil
}
