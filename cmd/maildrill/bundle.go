package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"maildrill/harness"
	"maildrill/reports/evidence/archive"
	"maildrill/reports/evidence/register"
	"maildrill/reports/evidence/seal"
)

func (p *process) bundleCommand() *cobra.Command {
	var where, output, out string
	c := &cobra.Command{
		Use:   "bundle RUN",
		Short: "Put a run folder and its register into one file",
		Long: `Put a sealed run folder and a copy of its register into one zip file, for whoever is
to check it with "maildrill verify". The same content gives the same bytes. The
bundle of a later run is also a checkpoint of the register: it shows what the
register had by then.`,
		Example: "  maildrill bundle runs/20261123-184105-backup-mx-takes-over-3fa9 -o drill.zip",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return p.bundle(c, harness.Folder(runNamed(out, args[0])), where, output)
		},
	}
	registerFlag(c, &where)
	outFlag(c, &out)
	c.Flags().StringVarP(&output, "output", "o", "", "file to write (default RUN.zip)")
	return c
}

func (p *process) bundle(c *cobra.Command, folder harness.Folder, where, output string) error {
	m, err := readManifest(folder)
	if err != nil {
		return err
	}
	if output == "" {
		output = m.Run + ".zip"
	}
	var v *register.View
	if m.Register != nil {
		if v, _, err = p.shownRegister(c.Context(), where, ""); err != nil {
			return err
		}
	}
	switch err := archive.Write(output, string(folder), m.Run, v); {
	case errors.Is(err, fs.ErrExist):
		return usage(fmt.Errorf("%s is there already, and a bundle is never written over", output))
	case err != nil:
		return &exitError{code: exitEnvironment, err: err}
	}
	if p.json {
		return p.printJSON(map[string]any{"bundle": output, "run": m.Run, "registered": v != nil})
	}
	fmt.Fprintf(p.Stdout, "bundle: %s\n", output)
	return nil
}

// readManifest reads the manifest of a run that is sealed.
func readManifest(folder harness.Folder) (seal.Manifest, error) {
	text, err := os.ReadFile(folder.Manifest())
	if err != nil {
		return seal.Manifest{}, &exitError{code: exitUsage, err: fmt.Errorf("%s is no sealed run folder: %w", folder, err),
			hint: "a run is sealed when it ends; one that was killed, by `maildrill cleanup`"}
	}
	m, err := seal.ReadManifest(text)
	if err != nil {
		return seal.Manifest{}, &exitError{code: exitEvidence, err: fmt.Errorf("%s: %w", folder.Manifest(), err)}
	}
	return m, nil
}
