package runtimetest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"maildrill/faults"
	"maildrill/harness/topology"
)

// all abilities that a runtime may claim.
var all = []faults.Ability{faults.CanState, faults.CanKill, faults.CanStart, faults.CanStop,
	faults.CanPause, faults.CanIsolate, faults.CanSignal, faults.CanCutPower}

// abilities makes sure that the nodes can do what the runtime claims, and no
// more, and lists it.
func (s suite) abilities(k kit) {
	for _, name := range []string{"mx1", "store1"} {
		i, ok := k.system.Instance(name)
		if !ok {
			k.Fatalf("node %s does not run", name)
		}
		for _, a := range all {
			claimed, has := !slices.Contains(s.lacks, a), faults.Has(i, a)
			k.Logf("%-8s %-8s claimed %-5v has %v", name, a, claimed, has)
			if claimed != has {
				k.Errorf("%s: ability %q: claimed is %v, has is %v", name, a, claimed, has)
			}
		}
	}
}

func instances(k kit) {
	for _, n := range Topology().Nodes {
		if i, ok := k.system.Instance(n.Name); !ok || i.Name() != n.Name {
			k.Errorf("instance %s: %v, %v", n.Name, i, ok)
		}
	}
	if _, ok := k.system.Instance("nobody"); ok {
		k.Error("there is an instance of a node that is not in the topology")
	}
}

// description: the record says what ran, and the servers' own words are kept.
func description(k kit) {
	r, ok := k.system.(topology.Reporter)
	if !ok || len(r.Environment()) == 0 {
		k.Error("the system does not describe itself")
	}
	k.must(k.send(sender, reader, subject("logged")), "send")
	k.eventually("wait for the log of mx1 to name the sender", func() error {
		log, err := node[topology.Logger](k, "mx1").Logs(k.ctx)
		if err != nil {
			return err
		}
		defer log.Close()
		text, err := io.ReadAll(log)
		if err == nil && !bytes.Contains(text, []byte(sender)) {
			err = errors.New("it does not")
		}
		return err
	})
}

// inverses are held and forgotten; forgetting one that is unknown is no error.
func inverses(k kit) {
	u, ok := k.system.(topology.Undoer)
	if !ok {
		k.Fatal("the system holds no inverses")
	}
	k.must(u.Hold(k.ctx, "conformance", []topology.Undo{{Node: "mx1", Verb: "rejoin"}}), "hold")
	for range 2 {
		k.must(u.Release(k.ctx, "conformance"), "release")
	}
	k.must(k.greets("mx1", topology.SMTP, "220"), "greeting after a release")
}

// signal stops one process of mx1 and lets it go on.
func signal(k kit) {
	s := node[faults.Signaller](k, "mx1")
	none, err := s.Processes(k.ctx, "no-such-command")
	if err != nil || len(none) != 0 {
		k.Errorf("processes of a name that nobody has: %v, %v", none, err)
	}
	for _, c := range []struct {
		signal  string
		stopped bool
	}{{"STOP", true}, {"CONT", false}} {
		count, err := s.Signal(k.ctx, victim, c.signal)
		if err != nil || count == 0 {
			k.Fatalf("signal %s with %s: %d, %v", victim, c.signal, count, err)
		}
		k.eventually("wait for the effect of "+c.signal, func() error {
			list, err := s.Processes(k.ctx, victim)
			if err == nil && (len(list) == 0 || (list[0].State == "T") != c.stopped) {
				err = fmt.Errorf("processes %v", list)
			}
			return err
		})
	}
}

// victim is the queue manager of Postfix.
const victim = "qmgr"
