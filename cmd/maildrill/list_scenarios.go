package main

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"maildrill/harness/planning"
	"maildrill/reports/words"
	"maildrill/scenarios"
	"maildrill/scenarios/suites"
)

// scenarioFilter keeps scenarios that have all that is asked for; empty: all.
type scenarioFilter struct{ cause, mitigation, area, tag, topology string }

func (p *process) listScenarios() *cobra.Command {
	var o scenarioFilter
	c := &cobra.Command{
		Use: "scenarios [NAME]", Short: "List the scenarios of the library, or show one whole", Args: cobra.MaximumNArgs(1),
		Long: `List the scenarios of the library: their area, how each declares that it ends,
and what it is about. Filters are joined: each must hold. With a name, one scenario
is shown whole: its story, what to look at, its twin, why it ends as it does, what
must hold, and how to run it.`,
		Example: `  maildrill list scenarios
  maildrill list scenarios --cause dns-failure
  maildrill list scenarios --mitigation backup-mx --topology primary-backup-mx
  maildrill list scenarios backup-mx-takes-over`,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 {
				return p.showScenario(args[0])
			}
			found, err := o.among(scenarios.Library())
			if err != nil {
				return usage(err)
			}
			if p.json {
				return p.printJSON(append([]scenarios.Entry{}, found...))
			}
			return p.printScenarios(found)
		},
	}
	f := c.Flags()
	f.StringVar(&o.cause, "cause", "", "only those that name this cause")
	f.StringVar(&o.mitigation, "mitigation", "", "only those that name this counter-measure")
	f.StringVar(&o.area, "area", "", "only those of this area")
	f.StringVar(&o.tag, "tag", "", "only those with this tag")
	f.StringVar(&o.topology, "topology", "", "only those that stand on this topology of the library")
	return c
}

// among filters; a value that no scenario could have is an error.
func (o scenarioFilter) among(all []scenarios.Entry) ([]scenarios.Entry, error) {
	all = slices.DeleteFunc(all, func(e scenarios.Entry) bool { return e.Kind != "Scenario" })
	valid := func(kind string) (values []string) {
		for _, name := range suites.Names(all) {
			if v, ok := strings.CutPrefix(name, kind+":"); ok {
				values = append(values, v)
			}
		}
		return values
	}
	var tags []string
	for _, e := range all {
		tags = append(tags, e.Tags...)
	}
	slices.Sort(tags)
	for _, f := range []struct {
		flag, value string
		valid       []string
		has         func(scenarios.Entry) []string
	}{
		{"cause", o.cause, scenarios.Causes(), func(e scenarios.Entry) []string { return e.Causes }},
		{"mitigation", o.mitigation, scenarios.Mitigations(), func(e scenarios.Entry) []string { return e.Mitigations }},
		{"area", o.area, valid("area"), func(e scenarios.Entry) []string { return []string{e.Area} }},
		{"tag", o.tag, slices.Compact(tags), func(e scenarios.Entry) []string { return e.Tags }},
		{"topology", o.topology, valid("topology"), func(e scenarios.Entry) []string { return []string{e.Topology} }},
	} {
		if f.value == "" {
			continue
		}
		if !slices.Contains(f.valid, f.value) {
			return nil, misnamed(fmt.Sprintf("--%s: there is no %q", f.flag, f.value), f.value, f.valid)
		}
		all = slices.DeleteFunc(all, func(e scenarios.Entry) bool { return !slices.Contains(f.has(e), f.value) })
	}
	return all, nil
}

func (p *process) printScenarios(found []scenarios.Entry) error {
	w := tabwriter.NewWriter(p.Stdout, 0, 0, 2, ' ', 0)
	area := ""
	for _, e := range found {
		if e.Area != area {
			area = e.Area
			fmt.Fprintf(w, "%s\n", area)
		}
		fmt.Fprintf(w, "  %s\t%s\t%s\n", e.Name, expected(e), e.Title)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if len(found) == 0 {
		fmt.Fprintln(p.Stderr, "no scenario has all of that")
	}
	return nil
}

func expected(e scenarios.Entry) string {
	if e.Expect == nil {
		return "-"
	}
	return e.Expect.Words()
}

// showScenario prints one scenario whole.
func (p *process) showScenario(name string) error {
	plan, problems, err := compile(name, overrides{}, nil)
	if err != nil {
		return usage(err)
	}
	if len(problems) > 0 {
		problems.Render(p.Stderr, p.color())
		return exit(exitInvalid)
	}
	library := scenarios.Library()
	e := entryNamed(library, plan.Scenario.Metadata.Name)
	if p.json {
		return p.printJSON(wholeScenario{e, planning.Describe(plan), plan.Usual().Seconds()})
	}
	p.printScenario(e, library, plan, name)
	return nil
}

// wholeScenario is one scenario as JSON.
type wholeScenario struct {
	scenarios.Entry
	Plan    planning.Description `json:"plan"`
	Seconds float64              `json:"usual_seconds"`
}

func entryNamed(library []scenarios.Entry, name string) scenarios.Entry {
	i := slices.IndexFunc(library, func(e scenarios.Entry) bool { return e.Name == name && e.Kind == "Scenario" })
	if i < 0 {
		return scenarios.Entry{Name: name, Kind: "Scenario"}
	}
	return library[i]
}

func (p *process) printScenario(e scenarios.Entry, library []scenarios.Entry, plan *planning.Plan, name string) {
	m, d := plan.Scenario.Metadata, planning.Describe(plan)
	fmt.Fprintf(p.Stdout, "%s: %s\n", m.Name, m.Title)
	p.told("", m.Story)
	p.told("Look at: ", m.Look)
	verdict := "nothing is declared"
	if x := plan.Scenario.Expect; x != nil {
		verdict = scenarios.Ending{Verdict: x.Verdict, Objectives: x.Objectives}.Words()
		if x.Reason != "" {
			verdict += ": " + x.Reason
		}
	}
	p.told("Ends as: ", verdict)
	if m.Twin != "" {
		twin := entryNamed(library, m.Twin)
		p.told("Its twin: ", fmt.Sprintf("%s, which ends as %s: %s", m.Twin, expected(twin), twin.Title))
	}
	p.listed("What happens", d.Timeline)
	p.listed("What must hold", d.Objectives)
	p.listed("Belongs to", belongs(e, m, plan))
	p.listed("To run it", []string{"maildrill plan " + name + "    what it would do, node by node", "maildrill run " + name + "    takes " + roughly(plan.Usual())})
}

// belongs are the lists that a scenario is in.
func belongs(e scenarios.Entry, m scenarios.Metadata, plan *planning.Plan) (lines []string) {
	for _, l := range []struct{ name, value string }{
		{"area", e.Area}, {"topology", plan.Topology.Name}, {"tags", words.List(m.Tags)}, {"causes", words.List(m.Causes)},
		{"counter-measures", words.List(m.Mitigations)}, {"controls", words.List(m.Controls)},
	} {
		if l.value != "" {
			lines = append(lines, l.name+": "+l.value)
		}
	}
	return lines
}

// told prints a paragraph, if there is one.
func (p *process) told(before, text string) {
	if text == "" {
		return
	}
	fmt.Fprintln(p.Stdout)
	for _, line := range words.Wrap(before+words.Plain(text), p.columns(), 100) {
		fmt.Fprintln(p.Stdout, line)
	}
}

func (p *process) listed(title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(p.Stdout, "\n%s\n", title)
	for _, line := range lines {
		for i, part := range words.Wrap(line, p.columns()-4, 100) {
			fmt.Fprintf(p.Stdout, "  %s%s\n", map[bool]string{true: "- ", false: "  "}[i == 0], part)
		}
	}
}
