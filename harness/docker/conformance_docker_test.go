package docker_test

import (
	"context"
	"fmt"
	"reflect"
	"testing"
	"time"

	"maildrill/faults"
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

// TestFaultsOnRealServers runs the conformance suite of every kind that acts on
// a whole node or on its processes: all of it for those that are quick.
func TestFaultsOnRealServers(t *testing.T) {
	t.Parallel()
	top := withDisks()
	s := up(t, needEngine(t), top, topology.Options{})
	tryAll(t, s, top, []trial{
		{kind: "node.crash", on: "mx1", bystander: "store1"},
		{kind: "node.stop", on: "mx1", bystander: "store1"},
		{kind: "node.freeze", on: "mx1", bystander: "store1"},
		{kind: "node.flap", on: "mx1", bystander: "store1", with: map[string]any{"Period": 2 * time.Second}},
		{kind: "process.stop", on: "mx1", bystander: "store1", with: map[string]any{"Name": "qmgr"}},
	}, false)
	tryOn(t, s, top, []trial{
		{kind: "storage.power-cut", on: "mx1", bystander: "store1"},
		// Postfix starts its daemons on demand; Dovecot brings this one back at once.
		{kind: "process.kill", on: "store1", bystander: "mx1", with: map[string]any{"Name": "anvil"}},
	})
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
