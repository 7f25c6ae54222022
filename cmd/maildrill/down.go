package main

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

func (p *process) downCommand() *cobra.Command {
	var w where
	c := &cobra.Command{
		Use: "down [RUN]", Short: "Take down what `maildrill up` started", Args: cobra.MaximumNArgs(1),
		Long: `Take down what "maildrill up" started: every fault is taken back and proven gone,
then everything is removed.`,
		Example: `  maildrill down
  maildrill down runs/20261123-184105-up-single-server-3fa9`,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 1 && w.run != "" {
				return usage(errors.New("name the topology once: with --run, or without"))
			}
			w.run += strings.Join(args, "")
			return p.down(c.Context(), w)
		},
	}
	w.flags(c)
	return c
}

// downLimit is long enough for faults that are slow to go.
const downLimit = 5 * time.Minute

func (p *process) down(ctx context.Context, w where) error {
	folder, err := p.standing(ctx, w)
	if err != nil {
		return err
	}
	if err := folder.RequestAbort("down"); err != nil {
		return usage(err)
	}
	return p.awaitFile(ctx, folder, folder.Gone(), downLimit)
}
