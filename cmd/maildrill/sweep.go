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

	"maildrill/faults"
	"maildrill/harness/planning"
	"maildrill/harness/sweep"
	"maildrill/scenarios"
)

// sweepOptions are the flags of `maildrill sweep`.
type sweepOptions struct {
	runOptions
	name       string
	fault      string
	with       []string // of the fault
	held       time.Duration
	rto        []string
	loss       string
	duplicates string
	only, skip []string
	keepFiles  string
}

func (p *process) sweepCommand() *cobra.Command {
	o := sweepOptions{runOptions: runOptions{jobs: 1}}
	c := &cobra.Command{
		Use:   "sweep TOPOLOGY|SCENARIO",
		Short: "Break each node in turn, and name the single points of failure",
		Long: `Break each node of a mail system in turn, one drill a node, and say which of them
are single points of failure: nodes without which the objectives are missed. Of a
topology steady mail is sent; of a scenario its own, and its timeline is replaced.

A node is a single point of failure if its drill missed an objective. It is none
if its drill passed, or if no mail met the fault while nothing was missed: such a
node stands by. Anything else is "not known".

Every drill is a run like any other. <out>/sweeps/ID/ gets sweep.json, sweep.md and
sweep.html.

Exit codes: 0 if no node is a single point of failure, 1 if one is, 3 if of one it
is not known; the others as of "maildrill run".`,
		Example: `  maildrill sweep primary-backup-mx
  maildrill sweep two-mx-haproxy --fault node.freeze --for 20s --rto 10s
  maildrill sweep primary-backup-mx --rto mx=8s,delivery=45s --skip store1
  maildrill sweep ./our-mail.yaml --keep-scenarios drills/ --jobs auto
  maildrill sweep single-server --runtime embedded`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			o.name = args[0]
			return p.sweep(c.Context(), o)
		},
	}
	f := c.Flags()
	f.StringVar(&o.fault, "fault", "node.crash", "what is done to each node")
	f.StringArrayVar(&o.with, "with", nil, "a parameter of the fault: grace=3s")
	f.DurationVar(&o.held, "for", 12*time.Second, "how long")
	f.StringSliceVar(&o.rto, "rto", []string{"8s"}, "how long a service may be gone, and single ones: 8s,delivery=45s")
	f.StringVar(&o.loss, "loss", "0", "how many copies, or which share of them (1%), may be lost")
	f.StringVar(&o.duplicates, "duplicates", "1%", "how many copies, or which share of them, may come twice")
	f.StringSliceVar(&o.only, "only", nil, "only these nodes")
	f.StringSliceVar(&o.skip, "skip", nil, "all nodes but these")
	f.StringVar(&o.keepFiles, "keep-scenarios", "", "folder that receives the scenarios, to be run and changed")
	f.StringArrayVar(&o.set, "set", nil, "override a value of every scenario: path=value")
	f.StringVar(&o.runtime, "runtime", "docker", "docker or embedded")
	f.StringVar(&o.out, "out", "runs", "folder that receives the run folders")
	f.StringVar(&o.summary, "summary", "", "folder of what the sweep found; default: OUT/sweeps/ID")
	f.Var(&o.jobs, "jobs", "drills at the same time, at most, or auto; never more than the host has room for")
	f.Int64Var(&o.seed, "seed", 0, "seed of arrivals and sizes; 0 takes one from the clock and records it")
	f.DurationVar(&o.timeout, "timeout", 0, "abort a drill that takes longer; 0 takes the plan's own bound")
	f.DurationVar(&o.lease, "lease", 5*time.Second, "how long faults may outlive a killed maildrill")
	registerFlag(c, &o.register)
	return c
}

func (p *process) sweep(ctx context.Context, o sweepOptions) error {
	if err := errors.Join(o.check(), checkRuntime(o.runtime)); err != nil {
		return err
	}
	if o.held <= 0 {
		return usage(fmt.Errorf("--for %v: more than 0", o.held))
	}
	template, plan, err := p.template(o)
	if err != nil {
		return err
	}
	if err := notAttached(plan.Topology); err != nil {
		return err
	}
	asked, err := o.options()
	if err != nil {
		return usage(err)
	}
	drills, err := sweep.Make(template, plan, asked)
	if err != nil {
		return p.noSweep(err, o)
	}
	swept, err := p.sweepTrials(o, drills)
	if err != nil {
		return err
	}
	return p.playSweep(ctx, o, plan, swept)
}

// noSweep says what may be swept with instead.
func (p *process) noSweep(err error, o sweepOptions) error {
	if _, lookup := faults.Lookup(o.fault); lookup != nil {
		return &exitError{code: exitUsage, err: misnamed("--fault: "+err.Error(), o.fault, faultIDs()), hint: "`maildrill list faults` shows all"}
	}
	return usage(err)
}

// options reads what the flags say about the faults and the objectives.
func (o sweepOptions) options() (sweep.Options, error) {
	with, problems := scenarios.SetParams(o.with...)
	if len(problems) > 0 {
		return sweep.Options{}, fmt.Errorf("--with: %s", problems[0].Message)
	}
	asked := sweep.Options{Fault: o.fault, With: with, For: o.held, RTO: map[string]time.Duration{"": 8 * time.Second}, Only: o.only, Skip: o.skip}
	services := []string{"mx", "submission", "delivery", "imap"}
	for _, text := range o.rto {
		service, value, one := strings.Cut(text, "=")
		if !one {
			service, value = "", text
		}
		d, err := time.ParseDuration(value)
		switch {
		case one && !slices.Contains(services, service):
			return asked, misnamed(fmt.Sprintf("--rto: there is no service %q", service), service, services)
		case err != nil || d <= 0:
			return asked, fmt.Errorf("--rto %s: a time of more than 0, such as 8s or delivery=45s", text)
		}
		asked.RTO[service] = d
	}
	return asked, nil
}

// template is the scenario that all drills are made from, with its plan: that of
// the file, or steady mail over a topology.
func (p *process) template(o sweepOptions) (scenarios.Scenario, *planning.Plan, error) {
	doc, problems, err := scenarios.Find(o.name)
	switch {
	case err != nil:
		return scenarios.Scenario{}, nil, usage(err)
	case len(problems) > 0:
		problems.Render(p.Stderr, p.color())
		return scenarios.Scenario{}, nil, exit(exitInvalid)
	case doc.Topology != nil:
		s := sweep.Template(doc.Topology, reference(o.name, doc.Topology))
		plan, err := p.compiled("sweep.yaml", s, nil, o.runtime)
		return s, plan, err
	case doc.Scenario == nil:
		return scenarios.Scenario{}, nil, usage(fmt.Errorf("%s is neither a topology nor a scenario", o.name))
	}
	s := *doc.Scenario
	topo, _ := doc.ResolveTopology()
	if ref := s.Topology.Name; strings.ContainsAny(ref, `/\.`) {
		s.Topology = scenarios.TopologyRef{Inline: topo} // a path means nothing from elsewhere
	}
	plan, err := p.compiled(o.name, s, nil, "")
	return s, plan, err
}

// reference names a topology of the library, and writes any other out in place.
func reference(name string, t *scenarios.Topology) scenarios.TopologyRef {
	if doc, _, err := scenarios.FindTopology(name); err == nil && doc != nil && doc.Topology != nil && t.Metadata.Name == name {
		return scenarios.TopologyRef{Name: name}
	}
	return scenarios.TopologyRef{Inline: t}
}

// compiled makes a plan of a scenario as it would be read from a file.
func (p *process) compiled(file string, s scenarios.Scenario, sets []string, runtime string) (*planning.Plan, error) {
	text, err := scenarios.Marshal(&s)
	if err != nil {
		return nil, failure(err)
	}
	plan, problems := compileText(file, text, sets, runtime)
	if len(problems) > 0 {
		problems.Render(p.Stderr, p.color())
		return nil, exit(exitInvalid)
	}
	return plan, nil
}

// compileText compiles a scenario that stands in no file.
func compileText(file string, text []byte, sets []string, runtime string) (*planning.Plan, scenarios.Problems) {
	doc, problems := scenarios.Parse(file, text, sets...)
	if doc == nil || doc.Scenario == nil || len(problems) > 0 {
		return nil, problems
	}
	var can *planning.Capabilities
	if runtime != "" {
		can = capabilities(runtime)
	}
	topo, problems := doc.ResolveTopology()
	plan, more := planning.Compile(doc, topo, can)
	if problems = append(problems, more...); len(problems) > 0 {
		return nil, problems
	}
	return plan, nil
}

// keepScenario writes a scenario as it is played.
func keepScenario(folder string, plan *planning.Plan) error {
	if folder == "" {
		return nil
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, plan.Scenario.Metadata.Name+".yaml"), plan.Source, 0o644)
}
