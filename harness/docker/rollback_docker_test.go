package docker_test

import (
	"strings"
	"testing"

	"maildrill/faults"
	"maildrill/harness/probe"
	"maildrill/harness/topology"
)

// TestRollbackOnRealServers: what Dovecot and Postfix have acknowledged since the
// state was saved is gone, and what was there before is there, on ext4 and XFS.
func TestRollbackOnRealServers(t *testing.T) {
	t.Parallel()
	top := durability()
	top.Nodes[1].Volumes[0].Type, top.Nodes[1].Volumes[0].Size = "xfs", 300<<20
	s := up(t, needEngine(t), top, topology.Options{Faulted: []string{"mx1", "store1", "store2"}})
	for _, k := range []struct {
		node, bystander, hello, folder string
		service                        topology.Service
	}{
		{"store2", "store1", "LHLO", "/srv/mail", topology.LMTP},
		{"store1", "store2", "LHLO", "/srv/mail", topology.LMTP},
		{"mx1", "store1", "EHLO", "/var/spool/postfix", topology.SMTP},
	} {
		kept := hand(t, s, k.node, k.service, k.hello, 3)
		var since []string
		between := func() {
			healthy(t, faults.Target{Reach: probe.Reach(s, k.node, k.service, "220")}) // the case before has started it anew
			since = append(since, hand(t, s, k.node, k.service, k.hello, 2)...)
		}
		tryOn(t, s, top, []trial{{kind: "storage.rollback", on: k.node, bystander: k.bystander, between: between}})
		on := instance(t, s, k.node)
		if lost := missing(t, on, k.folder, kept); lost > 0 {
			t.Errorf("%s: %d of %d messages from before the save are lost", k.node, lost, len(kept))
		}
		if !quick() { // the whole suite has cases that do not roll back
			continue
		}
		if lost := missing(t, on, k.folder, since); lost != len(since) || len(since) == 0 {
			t.Errorf("%s: %d of %d messages since the save are lost", k.node, lost, len(since))
		}
	}
}

// TestAQueueIsNotMadeReadOnly: a running Postfix keeps files of its queue open
// for writing, and the kernel refuses.
func TestAQueueIsNotMadeReadOnly(t *testing.T) {
	t.Parallel()
	top := durability()
	s := up(t, needEngine(t), top, topology.Options{Faulted: []string{"mx1"}})
	f, target := onNode(t, s, top, "storage.readonly", "mx1")
	err := f.Inject(t.Context(), target)
	t.Logf("%v", err)
	if err == nil || !strings.Contains(err.Error(), "open for writing") {
		t.Errorf("made read-only: %v", err)
	}
	must(t, f.Revert(t.Context(), target))
	healthy(t, target)
}
