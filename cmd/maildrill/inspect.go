package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"maildrill/harness/docker/servers"
	"maildrill/harness/inspect"
	"maildrill/harness/planning"
	"maildrill/harness/topology"
	"maildrill/scenarios"
)

func (p *process) inspectCommand() *cobra.Command {
	var sets []string
	var rto time.Duration
	var failOn string
	var own fromServers
	var project string
	c := &cobra.Command{
		Use: "inspect [TOPOLOGY|SCENARIO]", Short: "Say what a drill would find, without one", Args: cobra.MaximumNArgs(1),
		Long: `Read a mail system and the configurations of its servers, and say where mail would
be lost, bounce or wait, why, what to do, and which drill shows it. Nothing is
started, and no network is asked. Servers are looked at with the timers that they
have in production. With --postfix and --dovecot, as of "maildrill init", your own
files are read, and findings have their lines. With --project a Compose project is
looked at as it runs: its containers' own configurations are read, and nothing of it
is changed.

Exit codes: 0, also with findings; 1 with --fail-on, if there is one as bad.`,
		Example: `  maildrill inspect single-server
  maildrill inspect ./our-mail.yaml --rto 15m
  maildrill inspect ./our-mail.yaml --fail-on exposure   # in CI: loss, bounce and exposure fail
  maildrill inspect --postfix /etc/postfix --dovecot /etc/dovecot
  maildrill inspect --compose compose.yaml
  maildrill inspect --project mailcowdockerized`,
		RunE: func(c *cobra.Command, args []string) error {
			if failOn != "" && !slices.Contains(inspect.Risks(), inspect.Risk(failOn)) {
				return usage(fmt.Errorf("--fail-on %s: it takes %s", failOn, joined(inspect.Risks())))
			}
			s, err := p.subject(c.Context(), args, own, project, sets)
			if err != nil {
				return err
			}
			s.RTO = rto
			return p.inspect(s, inspect.Risk(failOn))
		},
	}
	f := c.Flags()
	own.flags(f)
	f.StringVar(&project, "project", "", "a Compose project that runs on the engine")
	f.StringArrayVar(&sets, "set", nil, "override a value: path=value")
	f.DurationVar(&rto, "rto", 0, "how soon mail is wanted back after a failure (default 30m)")
	f.StringVar(&failOn, "fail-on", "", "exit 1 if a finding is as bad: "+joined(inspect.Risks()))
	return c
}

// subject is what is looked at: a topology, somebody's own servers, or what runs.
func (p *process) subject(ctx context.Context, args []string, own fromServers, project string, sets []string) (inspect.Subject, error) {
	asked := 0
	for _, is := range []bool{len(args) == 1, own.asked(), project != ""} {
		if is {
			asked++
		}
	}
	switch {
	case asked != 1:
		return inspect.Subject{}, usage(errors.New("name a topology or a scenario, or your own servers with --postfix and --dovecot, with --compose, or with --project"))
	case project != "":
		return own.running(ctx, project)
	case own.asked():
		return own.subject()
	}
	t, err := p.toInspect(args[0], sets)
	return subjectOf(t), err
}

// toInspect finds a topology, or that of a scenario, with its production timers.
func (p *process) toInspect(name string, sets []string) (topology.Topology, error) {
	doc, problems, err := scenarios.FindWith(name, nil, sets...)
	if err != nil {
		return topology.Topology{}, usage(err)
	}
	var t topology.Topology
	switch {
	case len(problems) > 0:
	case doc.Topology != nil:
		return planning.ResolveTopology(doc.Topology, string(topology.Production), 1), nil
	case doc.Scenario == nil:
		return t, usage(noScenario(name, doc))
	default:
		var topo *scenarios.Topology
		if topo, problems = doc.ResolveTopology(); len(problems) == 0 {
			return planning.ResolveTopology(topo, string(topology.Production), 1), nil
		}
	}
	problems.Render(p.Stderr, p.color())
	return t, exit(exitInvalid)
}

// subjectOf renders every server as it would be started.
func subjectOf(t topology.Topology) inspect.Subject {
	s := inspect.Subject{Topology: t, Files: map[string]map[string][]byte{}, Unknown: map[string]string{}, Now: time.Now()}
	addresses := topology.Addresses{}
	for i, n := range t.Nodes {
		addresses[n.Name] = []netip.Addr{netip.AddrFrom4([4]byte{192, 0, 2, byte(i + 1)})} // RFC 5737: nobody's
	}
	for _, n := range t.Nodes {
		c, err := servers.Render(t, n, addresses)
		if err != nil {
			s.Unknown[n.Name] = err.Error()
			continue
		}
		s.Files[n.Name] = written(c, n)
		if n.Server == "custom" && len(n.Files) == 0 && n.Image != "" {
			s.Unknown[n.Name] = fmt.Sprintf("%s is an image of yours, %s, without configuration files here", n.Name, n.Image)
		}
	}
	return s
}

// written are the files of a server, but for certificates that the drill makes.
func written(c servers.Container, n topology.Node) map[string][]byte {
	files := map[string][]byte{}
	for name, f := range c.Files {
		if _, own := n.Files[name]; own || !bytes.Contains(f.Content, []byte("-----BEGIN ")) {
			files[name] = f.Content
		}
	}
	return files
}

func (p *process) inspect(s inspect.Subject, failOn inspect.Risk) error {
	found := inspect.Inspect(s)
	if p.json {
		if err := p.printJSON(map[string]any{"topology": s.Topology.Name, "rules": len(inspect.Rules), "findings": slices.Concat([]inspect.Finding{}, found)}); err != nil {
			return failure(err)
		}
	} else {
		writeFindings(p.Stdout, s.Topology, found)
	}
	if failOn != "" && slices.ContainsFunc(found, func(f inspect.Finding) bool { return f.Risk.AsBadAs(failOn) }) {
		return exit(exitMissed)
	}
	return nil
}

// writeFindings prints them for people, the worst first.
func writeFindings(w io.Writer, t topology.Topology, found []inspect.Finding) {
	fmt.Fprintf(w, "%s: %d rules looked, %s\n", t.Name, len(inspect.Rules), findings(len(found)))
	for i, f := range found {
		if i == 0 || found[i-1].ID != f.ID {
			fmt.Fprintf(w, "\n%s  %s\n", strings.ToUpper(string(f.Risk)), f.ID)
		}
		fmt.Fprintf(w, "  - %s%s\n", f.What, place(f))
		if i+1 < len(found) && found[i+1].ID == f.ID {
			continue
		}
		fmt.Fprintf(w, "  why     %s\n  remedy  %s\n", f.Why, f.Remedy)
		if f.Drill != "" {
			fmt.Fprintf(w, "  drill   maildrill run %s\n", f.Drill)
		}
	}
}

// place is where to look, in brackets; "" if there is no file.
func place(f inspect.Finding) string {
	if f.Where == "" {
		return ""
	}
	return " [" + strings.TrimPrefix(f.Node+" "+f.Where, " ") + "]"
}

func findings(n int) string {
	switch n {
	case 0:
		return "nothing found; that is no proof, a drill is"
	case 1:
		return "1 finding"
	}
	return fmt.Sprintf("%d findings, the worst first", n)
}
