package main

import (
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"maildrill/faults"
)

// faultRow is one kind of the catalogue in the JSON answer.
type faultRow struct {
	ID        string           `json:"id"`
	Title     string           `json:"title"`
	StandsFor string           `json:"stands_for"`
	Mechanism string           `json:"mechanism"`
	Proof     string           `json:"proof"`
	Undo      string           `json:"undo"`
	Momentary bool             `json:"momentary"`
	Aims      []faults.Aim     `json:"aims"`
	Needs     []faults.Ability `json:"needs"`
	// Privileges are those of the keeper, on Docker.
	Privileges []faults.Privilege `json:"privileges"`
	Params     []faults.Param     `json:"parameters"`
	Proven     *faults.Proven     `json:"proven"`
}

func row(k faults.Kind) faultRow {
	aims := k.Aims
	if len(aims) == 0 {
		aims = []faults.Aim{faults.AtNode}
	}
	var proven *faults.Proven
	if p, ok := faults.ProvenBy(k.ID); ok {
		proven = &p
	}
	return faultRow{Aims: aims, Proven: proven, Privileges: k.Privileges(), ID: k.ID, Title: k.Title, StandsFor: k.StandsFor, Mechanism: k.Mechanism,
		Proof: k.Proof, Undo: k.Undo, Momentary: k.Momentary, Needs: k.Needs, Params: append([]faults.Param{}, k.Params...)}
}

func (p *process) listFaults() *cobra.Command {
	return &cobra.Command{
		Use: "faults [ID]", Short: "List the faults, or show one with its parameters", Args: cobra.MaximumNArgs(1),
		Example: `  maildrill list faults
  maildrill list faults net.loss`,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 {
				return p.showFault(args[0])
			}
			if p.json {
				var rows []faultRow
				for _, k := range faults.Catalogue {
					rows = append(rows, row(k))
				}
				return p.printJSON(rows)
			}
			w := tabwriter.NewWriter(p.Stdout, 0, 0, 2, ' ', 0)
			family := ""
			for _, k := range faults.Catalogue {
				if f, _, _ := strings.Cut(k.ID, "."); f != family {
					family = f
					fmt.Fprintf(w, "%s\n", family)
				}
				fmt.Fprintf(w, "  %s\t%s\n", k.ID, k.Title)
			}
			return w.Flush()
		},
	}
}

func (p *process) showFault(id string) error {
	k, err := faults.Lookup(id)
	if why := (faults.Omission{}); errors.As(err, &why) {
		return usage(why)
	} else if err != nil {
		return &exitError{code: exitUsage, err: misnamed(err.Error(), id, faultIDs()), hint: "`maildrill list faults` shows all"}
	}
	if p.json {
		return p.printJSON(row(k))
	}
	p.printFault(k)
	if len(k.Params) == 0 {
		fmt.Fprintln(p.Stdout, "\nit has no parameters")
		return nil
	}
	fmt.Fprintln(p.Stdout, "\nparameters (under `with:`)")
	w := tabwriter.NewWriter(p.Stdout, 2, 0, 2, ' ', 0)
	for _, q := range k.Params {
		fmt.Fprintf(w, "  %s\t%s\tdefault %s\t%s\n", q.Name, q.Type, q.Default, q.Doc)
	}
	return w.Flush()
}

func (p *process) printFault(k faults.Kind) {
	fmt.Fprintf(p.Stdout, "%s: %s\n\n", k.ID, k.Title)
	w := tabwriter.NewWriter(p.Stdout, 0, 0, 2, ' ', 0)
	for _, line := range [][2]string{
		{"stands for", k.StandsFor}, {"mechanism", k.Mechanism}, {"proof", k.Proof}, {"undone by", k.Undo},
		{"needs", joined(k.Needs) + " of its target"},
		{"privileges", joined(k.Privileges()) + " (of the keeper's container, on Docker)"},
		{"proven", provenWords(k.ID)},
	} {
		fmt.Fprintf(w, "%s\t%s\n", line[0], line[1])
	}
	w.Flush()
}

func faultIDs() (ids []string) {
	for _, k := range faults.Catalogue {
		ids = append(ids, k.ID)
	}
	return ids
}

func provenWords(kind string) string {
	p, ok := faults.ProvenBy(kind)
	switch {
	case !ok:
		return "not on Docker"
	case p.Meaningless != "":
		return "meaningless on Docker: " + p.Meaningless
	}
	suite := "the plain course"
	if p.Full {
		suite = "the whole suite"
	}
	return fmt.Sprintf("%s, %s, %d cases: engine %s, kernel %s, %s", p.Test, suite, p.Passed, p.Engine, p.Kernel, p.Date)
}

// joined joins names of a type of its own.
func joined[T ~string](names []T) string {
	var words []string
	for _, n := range names {
		words = append(words, string(n))
	}
	return strings.Join(words, ", ")
}
