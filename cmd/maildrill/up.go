package main

import (
	"context"
	"errors"
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
		Long: `Start a topology without a script, until Ctrl-C or "maildrill down". While it is
up, "maildrill inject" in another terminal puts faults on it, "maildrill revert"
takes them back, and "maildrill status" says how everything stands. No fault
outlives this process by more than the lease.`,
		Example: `  maildrill up primary-backup-mx
  maildrill up ./my-topology.yaml --mailboxes 50
  maildrill up primary-backup-mx --runtime embedded`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return p.up(c.Context(), args[0], o) },
	}
	f := c.Flags()
	f.StringVar(&o.runtime, "runtime", "docker", "docker or embedded")
	f.StringVar(&o.out, "out", "runs", "folder that receives the run folder")
	f.StringVar(&o.clock, "clock", "drill", "drill or production retry timers")
	f.IntVar(&o.mailboxes, "mailboxes", 10, "mailboxes u1 to uN; their password is drill")
	f.DurationVar(&o.lease, "lease", 5*time.Second, "how long the topology may outlive a killed maildrill")
	return c
}

// clocks are the names that --clock takes.
var clocks = []string{"drill", "production"}

// check refuses what would be taken for something else, or for nothing.
func (o upOptions) check() error {
	switch {
	case !slices.Contains(clocks, o.clock):
		return usage(fmt.Errorf("unknown clock %q; valid: %s", o.clock, strings.Join(clocks, ", ")))
	case o.mailboxes < 1:
		return usage(fmt.Errorf("--mailboxes %d: at least 1", o.mailboxes))
	}
	return errors.Join(checkLease(o.lease), checkRuntime(o.runtime))
}

func (p *process) up(ctx context.Context, name string, o upOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	topo, err := p.loadTopology(name)
	if err != nil {
		return err
	}
	t := planning.ResolveTopology(topo, o.clock, o.mailboxes)
	if err := errors.Join(notAttached(t), runnable(t, o.runtime)); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan struct{})
	defer close(done)
	go (&session{p: p}).signals(done, stop, func() {})
	id := harness.NewRunID(time.Now(), "up-"+topo.Metadata.Name)
	scratch := filepath.Join(o.out, id, "scratch")
	defer os.RemoveAll(scratch)
	rt, err := p.runtime(ctx, o.runtime, scratch)
	if err != nil {
		return err
	}
	folder, err := createFolder(o.out, id)
	if err != nil {
		return err
	}
	config := harness.Config{Runtime: rt, Folder: folder, Lease: o.lease,
		Progress: func(s string) { fmt.Fprintln(p.Stderr, "  "+s) }}
	err = harness.Up(ctx, t, capabilities(o.runtime), config, func(s topology.System) { p.announce(t, s, folder) })
	if errors.Is(err, context.Canceled) && !errors.Is(err, harness.ErrDirty) {
		return &exitError{code: exitStopped, err: errors.New("interrupted before every node answered; nothing is left")}
	}
	return failure(err)
}

// runnable refuses servers that a runtime cannot run, before there is anything
// to be taken away again.
func runnable(t topology.Topology, runtime string) error {
	can := capabilities(runtime)
	if can == nil {
		return nil
	}
	for _, n := range t.Nodes {
		if !slices.Contains(can.Servers, n.Server) {
			return &exitError{code: exitEnvironment,
				err:  fmt.Errorf("node %s is a server of kind %q, which the %s runtime cannot run; it runs %s", n.Name, n.Server, runtime, strings.Join(can.Servers, ", ")),
				hint: "start it on real servers: --runtime docker"}
		}
	}
	return nil
}

// createFolder makes a run folder. That one cannot be made is a matter of the
// host: no space, no right to write there.
func createFolder(out, id string) (harness.Folder, error) {
	folder, err := harness.CreateFolder(out, id)
	if err != nil {
		return "", &exitError{code: exitEnvironment, err: err, hint: "name a folder with --out that can be written to"}
	}
	return folder, nil
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
	run := runFlags(folder)
	node := example(t)
	fmt.Fprintf(p.Stdout, `
In another terminal:
  maildrill inject node.freeze --on %s --for 30s%s
  maildrill status%s
  maildrill revert --all%s
End it with Ctrl-C, or: maildrill down %s
`, node, run, run, run, folder)
}

// example is a node worth breaking: one with a service that mail needs.
func example(t topology.Topology) string {
	for _, n := range t.Nodes {
		if n.Has(topology.MX) || n.Has(topology.Store) {
			return n.Name
		}
	}
	return t.Nodes[0].Name
}

// runFlags names a run where it is not found by itself.
func runFlags(folder harness.Folder) string {
	if filepath.Dir(string(folder)) == "runs" {
		return ""
	}
	return " --run " + string(folder)
}
