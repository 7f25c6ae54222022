package main

import (
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// A word in backquotes takes the place of a flag's type in the help: "--for
// maildrill revert" is what nobody can type.
func TestTheHelpNamesTheTypesOfFlags(t *testing.T) {
	var check func(*cobra.Command)
	check = func(c *cobra.Command) {
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if name, _ := pflag.UnquoteUsage(f); name != pflagName(f) {
				t.Errorf("%s: the help says --%s %s", c.CommandPath(), f.Name, name)
			}
		})
		for _, sub := range c.Commands() {
			check(sub)
		}
	}
	check((&process{}).root())
}

// pflagName is what stands behind a flag of its type.
func pflagName(f *pflag.Flag) string {
	plain := *f
	plain.Usage = ""
	name, _ := pflag.UnquoteUsage(&plain)
	return name
}
