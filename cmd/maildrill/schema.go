package main

import (
	"github.com/spf13/cobra"

	"maildrill/faults"
	"maildrill/reports/controls"
	"maildrill/scenarios"
)

func (p *process) schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use: "schema", Short: "Print the JSON Schema of scenario files", Args: cobra.NoArgs,
		Long:    "Print the JSON Schema (2020-12) of scenario, topology and evidence files, for editors.",
		Example: "  maildrill schema > maildrill.schema.json\n  # first line of a scenario:\n  # yaml-language-server: $schema=maildrill.schema.json",
		RunE: func(*cobra.Command, []string) error {
			var ids []string
			for _, k := range faults.Catalogue {
				ids = append(ids, k.ID)
			}
			out, err := scenarios.Schema(ids, controls.Shipped().IDs())
			if err != nil {
				return failure(err)
			}
			_, err = p.Stdout.Write(append(out, '\n'))
			return err
		},
	}
}
