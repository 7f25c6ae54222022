package docker_test

import (
	"context"
	"fmt"
	"reflect"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/faults/faulttest"
	"maildrill/harness/probe"
	"maildrill/harness/topology"
	"maildrill/harness/topology/runtimetest"
)

// TestConformance: the container engine keeps the contract of a runtime, with
// real Postfix and Dovecot.
func TestConformance(t *testing.T) {
	needEngine(t)
	runtimetest.Run(t, runtime(t))
}

// TestAStoreStartsWithoutTheLocksOfACrash: the process whose number stands in
// the lock lives again in the fresh container, so that Dovecot would honour it.
func TestAStoreStartsWithoutTheLocksOfACrash(t *testing.T) {
	s := up(t, needEngine(t), runtimetest.Topology(), topology.Options{Faulted: []string{"store1"}})
	store := instance(t, s, "store1")
	box := "/srv/mail/u1@drill.test/Maildir"
	lock := func(script string) string {
		out, err := store.Exec(t.Context(), []string{"sh", "-c", script})
		must(t, err)
		return string(out.Stdout)
	}
	lock("mkdir -p " + box + " && echo 1:$(hostname) >" + box + "/dovecot-uidlist.lock")
	must(t, store.Kill(t.Context(), false))
	must(t, store.Start(t.Context()))
	healthy(t, faults.Target{Reach: probe.Reach(s, "store1", topology.IMAP, "* OK")})
	if got := lock("ls -A " + box); got != "" {
		t.Errorf("after the crash the mailbox still holds %q", got)
	}
}

// onMX1 are the parameters with which a kind is tried on a real mail exchanger.
var onMX1 = map[string]map[string]any{
	"node.flap":    {"Period": 2 * time.Second},
	"process.stop": {"Name": "qmgr"},
}

// TestFaultsOnRealServers runs the conformance suite of every kind that acts
// on a whole node, and of process.stop, against a real Postfix.
func TestFaultsOnRealServers(t *testing.T) {
	cli := needEngine(t)
	s := up(t, cli, withDisks(), topology.Options{})
	mx1, _ := s.Instance("mx1")
	target := faults.Target{Node: mx1, Hold: time.Minute,
		Reach:     probe.Reach(s, "mx1", topology.SMTP, "220"),
		Bystander: probe.Reach(s, "store1", topology.IMAP, "* OK")}
	for _, kind := range faults.Catalogue {
		if kind.ID == "process.kill" {
			continue // Postfix starts its daemons on demand, not at once; the drill queue-manager-killed tries it
		}
		t.Run(kind.ID, func(t *testing.T) {
			faulttest.Conformance(t, kind, func(t *testing.T) faults.Target { healthy(t, target); return target },
				faulttest.Options{With: set(onMX1[kind.ID]), Within: 20 * time.Second, Every: 75 * time.Millisecond})
		})
	}
}

// healthy waits until the target answers.
func healthy(t *testing.T, target faults.Target) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for target.Reach(ctx) != nil {
		if ctx.Err() != nil {
			t.Fatal("the target does not answer")
		}
	}
}

// set fills a parameter struct by field name.
func set(values map[string]any) func(any) error {
	return func(into any) error {
		v := reflect.ValueOf(into).Elem()
		for name, value := range values {
			f := v.FieldByName(name)
			if !f.IsValid() {
				return fmt.Errorf("no parameter %s", name)
			}
			f.Set(reflect.ValueOf(value))
		}
		return nil
	}
}
