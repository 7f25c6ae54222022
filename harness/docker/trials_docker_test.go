package docker_test

import (
	"context"
	"os"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/faults/faulttest"
	"maildrill/harness/planning"
	"maildrill/harness/probe"
	"maildrill/harness/topology"
)

// trial is how one kind is tried on real servers.
type trial struct {
	kind      string
	on        string           // a node or a link of the topology
	with      map[string]any   // parameters by field name
	bystander string           // a node that must stay unaffected; its health check is looked at
	within    time.Duration    // for one edge; zero: 20 s
	before    func(*testing.T) // what happens before each case, and before each cycle of one
	between   func()           // what happens between a preparation and the fault
}

// tryOn runs the conformance suite of each trial against a system that runs.
// The quick suite is the plain course alone; MAILDRILL_TEST_FULL asks for all.
func tryOn(t *testing.T, s topology.System, top topology.Topology, trials []trial) {
	t.Helper()
	tryAll(t, s, top, trials, quick())
}

// quick: the plain course of each suite is enough.
func quick() bool { return os.Getenv("MAILDRILL_TEST_FULL") == "" }

func tryAll(t *testing.T, s topology.System, top topology.Topology, trials []trial, quick bool) {
	t.Helper()
	for _, c := range trials {
		t.Run(c.kind, func(t *testing.T) {
			kind, err := faults.Lookup(c.kind)
			must(t, err)
			seen := tallied(c.kind, quick)
			o := faulttest.Options{With: set(c.with), Within: c.within, Every: 75 * time.Millisecond, Between: c.between, Quick: quick, Ran: seen.ran}
			if o.Within == 0 {
				o.Within = 20 * time.Second
			}
			if c.before != nil {
				o.Rest = func() { c.before(t) }
			}
			faulttest.Conformance(t, kind, func(t *testing.T) faults.Target {
				target := targetOf(t, s, top, kind, c)
				healthy(t, target)
				if c.before != nil {
					c.before(t)
				}
				return target
			}, o)
			seen.write(t)
		})
	}
}

// targetOf aims as a run does.
func targetOf(t *testing.T, s topology.System, top topology.Topology, kind faults.Kind, c trial) faults.Target {
	t.Helper()
	aimed := planning.Aim(top, kind, c.on)
	if len(aimed) == 0 {
		t.Fatalf("%s cannot be aimed at %q", kind.ID, c.on)
	}
	target := planning.Target(top, aimed[0])
	target.Hold = time.Minute
	planning.Enliven(&target, s)
	seen := aimed[0].Node
	if target.Link != nil {
		seen = target.Link.To.Name
	}
	target.Reach = reachOf(s, top, seen)
	if c.bystander != "" {
		target.Bystander = reachOf(s, top, c.bystander)
	}
	return target
}

func reachOf(s topology.System, top topology.Topology, name string) func(context.Context) error {
	n, _ := top.Node(name)
	return probe.Reach(s, n.Name, n.Health.Service, n.Health.Expect)
}
