package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"maildrill/harness/docker"
	"maildrill/harness/intake"
	"maildrill/harness/intake/compose"
	"maildrill/harness/planning"
	"maildrill/harness/topology"
)

func (p *process) attachCommand() *cobra.Command {
	o := initOptions{}
	var project string
	c := &cobra.Command{
		Use: "attach NAME", Short: "Make a drill on a Compose project that runs", Args: cobra.ExactArgs(1),
		Long: `Look at the containers of a Compose project as they run, and write a topology of
them and a first drill: NAME-mail.yaml and NAME.yaml. Nothing is touched by that.
When the drill is run, a container of maildrill's own enters their networks, faults
are made from beside them, and at the end they are as they were: the same containers,
networks and volumes. They are not made anew, so that faults which replace a server,
its disk or its configuration are refused.

What looks live is refused, now and at each run: a container without the label
maildrill.allow=true, a port of mail that is published to more than this host, a
domain or a host that the world knows. Drill on a copy of such a stack
(maildrill init NAME --compose FILE).

The mail of a drill goes into the stack's own mailboxes. The accounts are made by the
script of the label maildrill.accounts, or --accounts, and taken away by that of
maildrill.accounts.remove.`,
		Example: `  maildrill attach staging --project mailstaging
  maildrill attach staging --project mailstaging --role relay=mx --fault net.loss --on mta --with rate=30%
  maildrill run staging.yaml            # asks first; --yes does not`,
		RunE: func(c *cobra.Command, args []string) error {
			if project == "" {
				return usage(errors.New("--project is missing: the name of the Compose project"))
			}
			return p.attach(c.Context(), args[0], project, o)
		},
	}
	f := c.Flags()
	f.StringVar(&project, "project", "", "the Compose project")
	f.StringVar(&o.servers.domain, "domain", "", "mail domain that the drill fills (default: that of the host which takes mail)")
	f.StringArrayVar(&o.servers.compose.roles, "role", nil, "what a service does: SERVICE=mx,submission,store,balancer,other")
	f.StringArrayVar(&o.servers.compose.accounts, "accounts", nil, "script of sh that makes the drill's accounts: SERVICE=FILE")
	o.drillFlags(f, "node.freeze")
	return c
}

// attach writes both files, or none.
func (p *process) attach(ctx context.Context, name, project string, o initOptions) error {
	if o.out == "" {
		o.out = name + ".yaml"
	}
	if exists(o.out) && !o.force {
		return &exitError{code: exitUsage, err: fmt.Errorf("%s is there already", o.out), hint: "name another file with --out, or write over it with --force"}
	}
	r, err := o.attached(ctx, name, project)
	if err != nil {
		return err
	}
	t := planning.ResolveTopology(&r.Topology, string(topology.Production), 1)
	why, err := docker.Live(ctx, t)
	if err != nil {
		return failure(err)
	}
	if len(why) > 0 {
		return refusedAsLive(why)
	}
	o.topology = filepath.Join(filepath.Dir(o.out), name+"-mail.yaml")
	if err := p.writeTopology(r, &o, "# Made of the Compose project "+project+" as it runs. What a drill does not see there:\n#\n"); err != nil {
		return err
	}
	if !p.json {
		writeChanges(p.Stdout, o.topology, r)
		fmt.Fprintf(p.Stdout, "A drill touches these containers, which run on afterwards: %s\n\n", strings.Join(containers(t), ", "))
	}
	return p.startOn(name, o)
}

// attached finds the project, and makes a topology of it.
func (o initOptions) attached(ctx context.Context, name, project string) (intake.Result, error) {
	options, err := o.servers.compose.options(name+"-mail", o.servers.domain)
	if err != nil {
		return intake.Result{}, err
	}
	all, err := discovered(ctx, project)
	if err != nil {
		return intake.Result{}, err
	}
	r, err := compose.Attach(name+"-mail", all, options)
	if err != nil {
		return r, usage(err)
	}
	return r, nil
}

func refusedAsLive(why []string) error {
	return &exitError{code: exitUsage, err: fmt.Errorf("refused, because this looks live:\n  - %s", strings.Join(why, "\n  - ")),
		hint: "drill on a copy: `maildrill init NAME --compose FILE`"}
}

// containers are those that a topology is attached to.
func containers(t topology.Topology) (names []string) {
	for _, n := range t.Nodes {
		if n.Attached != "" {
			names = append(names, n.Attached)
		}
	}
	return names
}

// allowed asks before a drill touches containers of somebody's own.
func (p *process) allowed(all []*trials, yes bool) error {
	all = slices.DeleteFunc(slices.Clone(all), func(t *trials) bool { return !t.plan.Topology.IsAttached() })
	if len(all) == 0 || yes {
		return nil
	}
	for _, t := range all {
		writeRadius(p.Stderr, t.plan)
	}
	if !p.Keyboard {
		return usage(errors.New("a drill on containers that run has to be allowed: read the above, and say --yes"))
	}
	fmt.Fprint(p.Stderr, "go on? [y/N] ")
	var answer string
	if _, err := fmt.Fscanln(p.Stdin, &answer); err != nil || !strings.EqualFold(answer, "y") {
		return &exitError{code: exitStopped, err: errors.New("not allowed; nothing was touched")}
	}
	return nil
}

// notAttached refuses what would break one part of somebody's own after the other.
func notAttached(t topology.Topology) error {
	if !t.IsAttached() {
		return nil
	}
	return usage(fmt.Errorf("%s is attached to containers that run: `maildrill run` plays drills on it, one at a time", t.Name))
}

// writeRadius says what a drill will do to whom.
func writeRadius(w io.Writer, plan *planning.Plan) {
	fmt.Fprintf(w, "%s touches containers that run, and run on afterwards: %s\n", plan.Scenario.Metadata.Name, strings.Join(containers(plan.Topology), ", "))
	for _, s := range plan.Steps {
		what := s.Kind.ID
		if !s.IsFault() {
			what = "action " + s.Action
		}
		if s.For > 0 {
			what += fmt.Sprintf(" for %v", s.For)
		}
		fmt.Fprintf(w, "  - %s on %s\n", what, strings.Join(s.On, ", "))
	}
	fmt.Fprintf(w, "  - mail at %v a second into %d mailboxes of %s\n", float64(plan.Scenario.Workload.Rate), len(plan.Topology.Accounts), plan.Topology.MailDomain)
}
