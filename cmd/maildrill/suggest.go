package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"maildrill/harness/inspect"
	"maildrill/harness/suggest"
	"maildrill/scenarios"
)

func (p *process) suggestCommand() *cobra.Command {
	var keep string
	var all bool
	c := &cobra.Command{
		Use: "suggest TOPOLOGY", Short: "List the drills of the library that fit a topology", Args: cobra.ExactArgs(1),
		Long: `List the drills of the library that fit a topology of your own, adapted: the same
fault on the node that does the same there. Those come first that would show what
"maildrill inspect" finds. --keep writes them as files, to run and to change; what
they come to is not known, that is why they are worth running.`,
		Example: `  maildrill suggest ./our-mail.yaml
  maildrill suggest ./our-mail.yaml --keep drills/ && maildrill run drills/
  maildrill suggest ./our-mail.yaml --all    # and why the others do not fit`,
		RunE: func(_ *cobra.Command, args []string) error { return p.suggest(args[0], keep, all) },
	}
	c.Flags().StringVar(&keep, "keep", "", "folder that receives the drills as files")
	c.Flags().BoolVar(&all, "all", false, "say of each other drill why it does not fit")
	return c
}

func (p *process) suggest(name, keep string, all bool) error {
	doc, problems, err := scenarios.FindTopology(name)
	switch {
	case err != nil:
		return usage(err)
	case len(problems) > 0:
		problems.Render(p.Stderr, p.color())
		return exit(exitInvalid)
	case doc.Topology == nil:
		return usage(fmt.Errorf("%s is no topology", name))
	}
	t, err := p.toInspect(name, nil)
	if err != nil {
		return err
	}
	because, order := reasons(inspect.Inspect(subjectOf(t)))
	fits, left := suggest.For(doc.Topology, because, order)
	if err := keepSuggestions(keep, name, fits); err != nil {
		return &exitError{code: exitEnvironment, err: err}
	}
	if p.json {
		return p.printJSON(suggestionsOf(fits, left))
	}
	writeSuggestions(p.Stdout, keep, fits)
	if all {
		fmt.Fprintf(p.Stdout, "\nDo not fit:\n")
		for _, l := range left {
			fmt.Fprintf(p.Stdout, "  %-34s %s\n", l.Name, l.Why)
		}
	}
	return nil
}

// reasons are the findings by the drill that shows them, and the drills in the order
// of the findings: those without one come last.
func reasons(found []inspect.Finding) (because map[string][]string, order func(string) int) {
	because = map[string][]string{}
	var drills []string
	for _, f := range found {
		if f.Drill == "" || slices.Contains(because[f.Drill], f.ID) {
			continue
		}
		because[f.Drill] = append(because[f.Drill], f.ID)
		drills = append(drills, f.Drill)
	}
	return because, func(drill string) int {
		if i := slices.Index(drills, drill); i >= 0 {
			return i
		}
		return len(drills)
	}
}

// suggestion is one line, for programs.
type suggestion struct {
	Name    string   `json:"name"`
	Title   string   `json:"title"`
	Finding []string `json:"findings"`
	Seconds float64  `json:"seconds"`
}

func suggestionsOf(fits []suggest.Suggestion, left []suggest.Left) map[string]any {
	lines := []suggestion{}
	for _, f := range fits {
		lines = append(lines, suggestion{f.Scenario.Metadata.Name, f.Scenario.Metadata.Title, slices.Concat([]string{}, f.Because), f.Plan.Usual().Seconds()})
	}
	why := map[string]string{}
	for _, l := range left {
		why[l.Name] = l.Why
	}
	return map[string]any{"suggestions": lines, "left": why}
}

func writeSuggestions(w io.Writer, keep string, fits []suggest.Suggestion) {
	var took time.Duration
	for _, f := range fits {
		took += f.Plan.Usual()
		fmt.Fprintf(w, "%-34s %s\n", f.Scenario.Metadata.Name, f.Scenario.Metadata.Title)
		if len(f.Because) > 0 {
			fmt.Fprintf(w, "%-34s   shows the finding %s\n", "", strings.Join(f.Because, ", "))
		}
	}
	fmt.Fprintf(w, "\n%d drills fit, about %v one after the other\n", len(fits), scenarios.Duration(took.Round(time.Minute)))
	switch {
	case len(fits) == 0:
	case keep == "":
		fmt.Fprintf(w, "--keep FOLDER writes them as files\n")
	default:
		fmt.Fprintf(w, "next: maildrill run %s\n", keep)
	}
}

// keepSuggestions writes the drills as files, which name the topology as it was
// named. A file that is there is kept.
func keepSuggestions(folder, name string, fits []suggest.Suggestion) error {
	if folder == "" {
		return nil
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for _, f := range fits {
		s := f.Scenario
		s.Topology = scenarios.TopologyRef{Name: seenFrom(folder, name)}
		text, err := scenarios.Marshal(&s)
		if err != nil {
			return err
		}
		file := filepath.Join(folder, s.Metadata.Name+".yaml")
		if exists(file) {
			return fmt.Errorf("%s is there already: name another folder with --keep", file)
		}
		if err := os.WriteFile(file, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
