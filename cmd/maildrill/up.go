package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"maildrill/harness"
	"maildrill/harness/planning"
	"maildrill/harness/topology"
	"maildrill/scenarios"
)

// upOptions are the flags of `maildrill up`.
type upOptions struct {
	runtime, out, clock string
	mailboxes           int
	lease               time.Duration
}

func (p *process) upCommand() *cobra.Command {
	o := upOptions{}
	c := &cobra.Command{
		Use:   "up TOPOLOGY",
		Short: "Start a topology without a script, until Ctrl-C or `maildrill down`",
		Example: `  maildrill up primary-backup-mx
  maildrill up ./my-topology.yaml --mailboxes 50`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return p.up(c.Context(), args[0], o) },
	}
	f := c.Flags()
	f.StringVar(&o.runtime, "runtime", "docker", "docker or embedded")
	f.StringVar(&o.out, "out", "runs", "folder that receives the run folder")
	f.StringVar(&o.clock, "clock", "drill", "drill or production retry timers")
	f.IntVar(&o.mailboxes, "mailboxes", 10, "mailboxes u1 to uN, password `drill`")
	f.DurationVar(&o.lease, "lease", 5*time.Second, "how long the topology may outlive a killed maildrill")
	return c
}

func (p *process) up(ctx context.Context, name string, o upOptions) error {
	topo, err := p.loadTopology(name)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan struct{})
	defer close(done)
	go (&session{p: p}).signals(done, stop, func() {})
	id := harness.NewRunID(time.Now(), "up-"+topo.Metadata.Name)
	folder, err := harness.CreateFolder(o.out, id)
	if err != nil {
		return failure(err)
	}
	scratch, err := os.MkdirTemp("", "maildrill-"+id)
	if err != nil {
		return failure(err)
	}
	defer os.RemoveAll(scratch)
	rt, err := p.runtime(ctx, o.runtime, scratch)
	if err != nil {
		return err
	}
	t := planning.ResolveTopology(topo, o.clock, o.mailboxes)
	config := harness.Config{Runtime: rt, Folder: folder, Lease: o.lease,
		Progress: func(s string) { fmt.Fprintln(p.Stderr, "  "+s) }}
	return failure(harness.Up(ctx, t, config, func(s topology.System) { p.announce(t, s, folder) }))
}

func (p *process) loadTopology(name string) (*scenarios.Topology, error) {
	doc, problems, err := scenarios.Find(name)
	if err != nil {
		return nil, usage(err)
	}
	if len(problems) > 0 {
		problems.Render(p.Stderr, p.color())
		return nil, exit(exitInvalid)
	}
	if doc.Topology == nil {
		return nil, usage(fmt.Errorf("%s is a scenario; `maildrill run %s` runs it", name, name))
	}
	return doc.Topology, nil
}

// announce tells what runs and how to end it.
func (p *process) announce(t topology.Topology, s topology.System, folder harness.Folder) {
	fmt.Fprintf(p.Stdout, "%s is up; every node answers\n", t.Name)
	for _, n := range t.Nodes {
		var ports []string
		for service, port := range n.Services {
			ports = append(ports, fmt.Sprintf("%s %d", service, port))
		}
		slices.Sort(ports)
		fmt.Fprintf(p.Stdout, "  %-10s %-24s %s\n", n.Name, n.Host, strings.Join(ports, ", "))
	}
	if r, ok := s.(topology.Reporter); ok && p.json {
		_ = p.printJSON(r.Environment())
	}
	fmt.Fprintf(p.Stdout, "end it with Ctrl-C, or: maildrill down %s\n", folder)
}

func (p *process) downCommand() *cobra.Command {
	var out string
	c := &cobra.Command{
		Use: "down RUN", Short: "Take down what `maildrill up` started", Args: cobra.ExactArgs(1),
		Example: "  maildrill down runs/20261123-184105-up-single-server-3fa9",
		RunE: func(c *cobra.Command, args []string) error {
			folder := harness.Folder(args[0])
			if _, err := os.Stat(string(folder)); err != nil {
				folder = harness.Folder(filepath.Join(out, args[0]))
			}
			if err := folder.RequestAbort("down"); err != nil {
				return usage(err)
			}
			return p.awaitFile(c.Context(), folder, folder.Gone(), time.Minute)
		},
	}
	c.Flags().StringVar(&out, "out", "runs", "folder of the run folders")
	return c
}
