package main

import (
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
)

// outFlag adds the flag that names the folder of run folders.
func outFlag(c *cobra.Command, to *string) {
	c.Flags().StringVar(to, "out", "runs", "folder of the run folders")
}

// runNamed finds a run folder by its path, or by its name below a folder.
func runNamed(out, name string) string {
	if _, err := os.Stat(name); err != nil && filepath.Base(name) == name {
		if below := filepath.Join(out, name); exists(below) {
			return below
		}
	}
	return name
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
