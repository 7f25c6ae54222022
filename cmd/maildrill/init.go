package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"maildrill/faults"
	"maildrill/harness/planning"
	"maildrill/harness/topology"
	"maildrill/scenarios"
)

// initOptions are the answers that a starter scenario is written from.
type initOptions struct {
	topology, fault, on string
	with                []string
	hold, rto           time.Duration
	out                 string
	force               bool
	servers             fromServers
}

func (p *process) initCommand() *cobra.Command {
	o := initOptions{}
	c := &cobra.Command{
		Use: "init [NAME]", Short: "Write a starter scenario, valid at once", Args: cobra.MaximumNArgs(1),
		Long: `Write a starter scenario: one fault on one node of a topology, the objectives that
most drills begin with, and a comment at every key. On a terminal, what no flag
says is asked for. A file that is there already is kept, unless --force.

With --postfix and --dovecot the topology is made of your own configuration: folders
that were /etc/postfix and /etc/dovecot on a host, or files with the output of
postconf -n and doveconf -n. NAME-mail.yaml is written beside the scenario, with
the real domains, which only the drill's DNS answers for. No password, key or
certificate is copied. What is not as on your servers is listed, with what it means.

With --compose it is made of a Compose project: each service becomes a node of its own
image. Nothing that runs is touched; ports are not published, volumes are new, secrets
are stand-ins. What a service does is known from its image and its ports, else from the
labels maildrill.role, .site, .smtp, .imap, .lmtp, .queue, .store and .accounts, or --role and
--accounts. The drill has the images' own timers (clock: production).`,
		Example: `  maildrill init
  maildrill init store-crash --topology two-mx-haproxy --fault node.crash --on store1 --rto 30s
  maildrill init our-line --topology ./our-mail.yaml --fault net.loss --on mx1-store1 --with rate=30%
  maildrill init ours --postfix /etc/postfix --dovecot /etc/dovecot
  maildrill init ours --compose compose.yaml --profile mail --accounts admin=make-accounts.sh
  maildrill init ours --postfix mx1=etc-mx1/postfix --postfix mx2=postconf-n-of-mx2.txt --dovecot mx1=etc-mx1/dovecot`,
		RunE: func(c *cobra.Command, args []string) error {
			name := "my-drill"
			if len(args) == 1 {
				name = args[0]
			}
			return p.initiate(name, o, c.Flags().Changed)
		},
	}
	f := c.Flags()
	f.StringVar(&o.topology, "topology", "primary-backup-mx", "a name of the library, or the path of a file")
	o.servers.flags(f)
	o.drillFlags(f, "node.crash")
	return c
}

// drillFlags are those of the scenario itself.
func (o *initOptions) drillFlags(f *pflag.FlagSet, fault string) {
	f.StringVar(&o.fault, "fault", fault, "kind of the fault")
	f.StringVar(&o.on, "on", "", "node, link or site that it is put on (default: the first that it fits)")
	f.StringArrayVar(&o.with, "with", nil, "parameter of the fault: key=value")
	f.DurationVar(&o.hold, "for", 10*time.Second, "how long the fault is held")
	f.DurationVar(&o.rto, "rto", 30*time.Second, "how soon every service must be back")
	f.StringVar(&o.out, "out", "", "file that is written (default NAME.yaml)")
	f.BoolVar(&o.force, "force", false, "write over a file that is there")
}

// initiate asks, writes and says how to go on.
func (p *process) initiate(name string, o initOptions, given func(flag string) bool) error {
	if o.out == "" {
		o.out = name + ".yaml"
	}
	if exists(o.out) && !o.force {
		return &exitError{code: exitUsage, err: fmt.Errorf("%s is there already", o.out), hint: "name another file with --out, or write over it with --force"}
	}
	if o.servers.asked() {
		return p.initiateFrom(name, &o)
	}
	if p.Terminal && !p.json {
		if err := p.ask(&o, given); err != nil {
			return usage(err)
		}
	}
	return p.start(name, o)
}

// start writes the starter scenario.
func (p *process) start(name string, o initOptions) error {
	starter, err := o.starter(name)
	if err != nil {
		return err
	}
	text, err := starter.File()
	if err != nil {
		return failure(err)
	}
	if err := p.sound(o.out, text); err != nil {
		return err
	}
	if err := os.WriteFile(o.out, text, 0o644); err != nil {
		return &exitError{code: exitEnvironment, err: err}
	}
	if p.json {
		return p.printJSON(map[string]string{"file": o.out})
	}
	fmt.Fprintf(p.Stdout, "%s: %s on %s, on %s\nnext:\n", o.out, starter.Title, starter.On, o.topology)
	next := [][3]string{{"validate", o.out, "every mistake, with its position"}, {"plan", o.out, "what would happen"}, {"run", o.out, "play it"}}
	if o.servers.asked() {
		next = slices.Insert(next, 0, [3]string{"inspect", o.topology, "what is found without a drill"})
	}
	for _, n := range next {
		fmt.Fprintf(p.Stdout, "  maildrill %s %s   # %s\n", n[0], n[1], n[2])
	}
	return nil
}

// sound refuses what would not be valid; nothing is written then.
func (p *process) sound(file string, text []byte) error {
	doc, problems := scenarios.Parse(file, text)
	if len(problems) == 0 {
		topo, more := doc.ResolveTopology()
		plan, last := planning.Compile(doc, topo, nil)
		if problems = append(more, last...); plan != nil && len(problems) == 0 {
			return nil
		}
	}
	problems.Render(p.Stderr, p.color())
	return &exitError{code: exitInvalid, err: errors.New("these answers make no valid scenario; nothing was written")}
}

// starter finds the topology and the fault, and completes what was not said.
func (o *initOptions) starter(name string) (scenarios.Starter, error) {
	kind, err := faults.Lookup(o.fault)
	if err != nil {
		return scenarios.Starter{}, usage(misnamed(err.Error(), o.fault, faultIDs()))
	}
	t, err := o.resolve()
	if err != nil {
		return scenarios.Starter{}, err
	}
	if o.on == "" {
		o.on = o.fitting(t, kind)
	}
	s := scenarios.Starter{Name: name, Topology: o.reference(), Entry: "mx", Fault: kind.ID, Title: lowered(kind.Title), On: o.on,
		For: scenarios.Duration(o.hold), RTO: scenarios.Duration(o.rto), Clock: string(topology.Drill)}
	if t.OwnTimers() { // nobody shortens the timers of somebody's own image
		s.Clock = string(topology.Production)
	}
	if kind.Momentary {
		s.For = 0
	}
	if len(t.WithRole(topology.MX)) == 0 {
		s.Entry = "submission"
	}
	for _, w := range o.with {
		key, value, ok := strings.Cut(w, "=")
		if !ok {
			return s, usage(fmt.Errorf("--with %s: a parameter is written key=value", w))
		}
		s.With = append(s.With, key+": "+value)
	}
	s.Services = recoverable(t)
	return s, nil
}

// resolve reads the topology.
func (o *initOptions) resolve() (topology.Topology, error) {
	doc, problems, err := scenarios.FindTopology(o.topology)
	switch {
	case err != nil:
		return topology.Topology{}, usage(err)
	case len(problems) > 0:
		return topology.Topology{}, &exitError{code: exitInvalid, err: problems[0], hint: "`maildrill validate " + o.topology + "` shows all mistakes"}
	case doc.Topology == nil:
		return topology.Topology{}, usage(fmt.Errorf("%s is no topology", o.topology))
	}
	return planning.ResolveTopology(doc.Topology, "drill", 1), nil
}

// reference is how the scenario's file names the topology: relative to itself.
func (o *initOptions) reference() string { return seenFrom(filepath.Dir(o.out), o.topology) }

// seenFrom is a topology as a file in a folder names it; one of the library by its
// name.
func seenFrom(folder, topology string) string {
	if _, err := os.Stat(topology); errors.Is(err, fs.ErrNotExist) || filepath.IsAbs(topology) {
		return topology
	}
	rel, err := filepath.Rel(folder, topology)
	if err != nil {
		return topology
	}
	if rel = filepath.ToSlash(rel); !strings.HasPrefix(rel, "../") {
		rel = "./" + rel
	}
	return rel
}

// fitting is the first thing of a topology that the fault can be aimed at: a node
// of the mail flow before others, a node before a link.
func (o *initOptions) fitting(t topology.Topology, k faults.Kind) string {
	for _, name := range aimable(t) {
		for _, a := range planning.Aim(t, k, name) {
			params, problems := scenarios.SetParams(o.with...)
			f, err := k.New(params.Decode)
			if p, particular := f.(faults.Particular); len(problems) == 0 && err == nil && (!particular || p.Check(planning.Target(t, a)) == nil) {
				return name
			}
		}
	}
	return aimable(t)[0] // the plan will say what is wrong with it
}

// aimable are the nodes by their role, then the links.
func aimable(t topology.Topology) (names []string) {
	for _, r := range []topology.Role{topology.MX, topology.Store, topology.Submission, topology.Balancer, topology.Other, topology.DNS} {
		for _, n := range t.WithRole(r) {
			names = append(names, n.Name)
		}
	}
	for _, l := range t.Links {
		names = append(names, l.Name)
	}
	return names
}

// recoverable are the services that a topology has.
func recoverable(t topology.Topology) (names []string) {
	for _, s := range planning.Services(t) {
		if s.Node == "" {
			names = append(names, s.Name)
		}
	}
	return names
}

// lowered begins a sentence's part with a small letter.
func lowered(title string) string {
	return strings.ToLower(title[:1]) + title[1:]
}
