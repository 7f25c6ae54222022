package docker_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/harness/docker"
	"maildrill/harness/planning"
	"maildrill/harness/probe"
	"maildrill/harness/topology"
)

// durability is what is compared: two stores that differ in one setting, and a
// queue whose mail stays in it. Each is on a file system of its own.
func durability() topology.Topology {
	t := withDisks()
	t.Nodes[0].Settings = map[string]string{"defer_transports": "lmtp"}
	t.Nodes[1].Settings = map[string]string{"mail_fsync": "never"}
	second := t.Nodes[1]
	second.Volumes = slices.Clone(second.Volumes)
	second.Name, second.Host = "store2", "store2.drill.test"
	second.Settings = map[string]string{"mail_fsync": "always"}
	t.Nodes = slices.Insert(t.Nodes, 2, second)
	t.Zones[0].Records = append(t.Zones[0].Records, topology.Record{Name: "store2", Type: "A", TTL: 5 * time.Second, Node: "store2"})
	return t
}

// TestWhyAKillIsNotAPowerCut: with mail_fsync=never Dovecot loses what it has
// acknowledged if the power goes, and with mail_fsync=always it does not; nor
// does Postfix's queue. A kill in its place takes nothing from anybody.
func TestWhyAKillIsNotAPowerCut(t *testing.T) {
	top := durability()
	s := up(t, needEngine(t), top, topology.Options{Faulted: []string{"mx1", "store1", "store2"}})
	keepers := []struct {
		node    string
		service topology.Service
		hello   string
		folder  string
		loses   bool
	}{
		{"store1", topology.LMTP, "LHLO", "/srv/mail", true},
		{"store2", topology.LMTP, "LHLO", "/srv/mail", false},
		{"mx1", topology.SMTP, "EHLO", "/var/spool/postfix", false},
	}
	for _, kind := range []string{"storage.power-cut", "node.crash"} {
		for _, k := range keepers {
			for trial := range 3 {
				t.Run(fmt.Sprintf("%s on %s, %d", kind, k.node, trial+1), func(t *testing.T) {
					f, target := onNode(t, s, top, kind, k.node)
					marks := hand(t, s, k.node, k.service, k.hello, 10)
					must(t, f.Inject(t.Context(), target))
					proof(t, f, target, true)
					must(t, f.Revert(t.Context(), target))
					proof(t, f, target, false)
					healthy(t, target)
					lost := missing(t, instance(t, s, k.node), k.folder, marks)
					t.Logf("%d acknowledged, %d lost", len(marks), lost)
					if loses := k.loses && kind == "storage.power-cut"; loses != (lost > 0) {
						t.Errorf("%d of %d acknowledged messages were lost", lost, len(marks))
					}
				})
			}
		}
	}
}

// onNode makes a fault and aims it.
func onNode(t *testing.T, s *docker.System, top topology.Topology, id, node string) (faults.Fault, faults.Target) {
	t.Helper()
	return onNodeWith(t, s, top, id, node, nil)
}

// onNodeWith is onNode with parameters.
func onNodeWith(t *testing.T, s *docker.System, top topology.Topology, id, node string, with map[string]any) (faults.Fault, faults.Target) {
	t.Helper()
	kind, err := faults.Lookup(id)
	must(t, err)
	f, err := kind.New(set(with))
	must(t, err)
	target := planning.Target(top, planning.Aim(top, kind, node)[0])
	target.Hold = time.Minute
	planning.Enliven(&target, s)
	n, _ := top.Node(node)
	target.Reach = probe.Reach(s, node, n.Health.Service, n.Health.Expect)
	healthy(t, target)
	return f, target
}

// proof waits until a fault is seen on, or gone.
func proof(t *testing.T, f faults.Fault, target faults.Target, on bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for {
		e, err := f.Verify(ctx, target)
		if err == nil && (on && e.Installed && e.Effective || !on && !e.Installed && !e.Effective) {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("not proven (on: %v): %+v, %v", on, e, err)
		}
	}
}

// hand gives a server messages over one connection, and tells those that it
// has acknowledged, by a mark in each.
func hand(t *testing.T, s *docker.System, node string, service topology.Service, hello string, count int) []string {
	t.Helper()
	conn, err := s.Dial(t.Context(), node, service)
	must(t, err)
	defer conn.Close()
	must(t, conn.SetDeadline(time.Now().Add(20*time.Second)))
	in := bufio.NewReader(conn)
	answer(t, in, "220")
	say(t, conn, in, hello+" outside.drill.test", "250")
	var marks []string
	for i := range count {
		mark := fmt.Sprintf("mark-%x-%d", time.Now().UnixNano(), i)
		say(t, conn, in, "MAIL FROM:<sender@outside.drill.test>", "250")
		say(t, conn, in, "RCPT TO:<u1@drill.test>", "250")
		say(t, conn, in, "DATA", "354")
		say(t, conn, in, "Subject: "+mark+"\r\n\r\n"+strings.Repeat("text of some length\r\n", 50)+".", "250")
		marks = append(marks, mark)
	}
	return marks
}

func say(t *testing.T, conn net.Conn, in *bufio.Reader, line, want string) {
	t.Helper()
	_, err := fmt.Fprintf(conn, "%s\r\n", line)
	must(t, err)
	answer(t, in, want)
}

// answer reads a reply of any number of lines (RFC 5321, section 4.2.1).
func answer(t *testing.T, in *bufio.Reader, want string) {
	t.Helper()
	for {
		line, err := in.ReadString('\n')
		must(t, err)
		if !strings.HasPrefix(line, want) {
			t.Fatalf("answered %q, want %s", strings.TrimSpace(line), want)
		}
		if len(line) < 4 || line[3] != '-' {
			return
		}
	}
}

// missing counts the messages that are in no file of the folder any more.
func missing(t *testing.T, n topology.Execer, folder string, marks []string) int {
	t.Helper()
	for end := time.Now().Add(settling); ; time.Sleep(100 * time.Millisecond) {
		lost := unseen(t, n, folder, marks)
		if lost == 0 || time.Now().After(end) {
			return lost
		}
	}
}

// settling is how long a queue manager may move its files about: one look goes
// past a file that is renamed into a directory that was read already.
const settling = 2 * time.Second

// unseen counts the marks that one look through a folder does not see.
func unseen(t *testing.T, n topology.Execer, folder string, marks []string) int {
	t.Helper()
	out, err := n.Exec(t.Context(), []string{"grep", "-rhoaE", "mark-[0-9a-f]+-[0-9]+", folder})
	must(t, err)
	found := strings.Fields(string(out.Stdout))
	lost := 0
	for _, mark := range marks {
		if !slices.Contains(found, mark) {
			lost++
		}
	}
	return lost
}

// TestStorageFaultsOnRealServers runs the conformance suite of every kind that
// acts on volumes, on a real Dovecot with mail in it, and what of a queue is
// special on a real Postfix.
func TestStorageFaultsOnRealServers(t *testing.T) {
	t.Parallel()
	top := durability()
	top.Nodes[1].Volumes[0].Type, top.Nodes[1].Volumes[0].Size = "xfs", 300<<20
	s := up(t, needEngine(t), top, topology.Options{Faulted: []string{"mx1", "store1", "store2"}})
	hand(t, s, "store2", topology.LMTP, "LHLO", 5)
	hand(t, s, "mx1", topology.SMTP, "EHLO", 3)
	store, queue := instance(t, s, "store2"), instance(t, s, "mx1")
	before := tree(t, store, "/srv/mail")
	tryOn(t, s, top, []trial{
		{kind: "storage.full", on: "store2", bystander: "store1"},
		{kind: "storage.inodes", on: "store2", bystander: "store1"},
		{kind: "storage.readonly", on: "store2", bystander: "store1"},
		{kind: "storage.io-error", on: "store2", bystander: "store1"},
		{kind: "storage.slow", on: "store2", with: map[string]any{"Delay": 100 * time.Millisecond}, bystander: "store1"},
		{kind: "storage.unmounted", on: "store2", bystander: "store1"},
		{kind: "storage.corrupt", on: "store2", with: map[string]any{"What": "message", "Files": 2}, bystander: "store1"},
		{kind: "storage.permissions", on: "store2", with: map[string]any{"Mode": "0600"}, bystander: "store1"},
		{kind: "storage.delete", on: "store2", with: map[string]any{"Path": "u1@drill.test/Maildir"}, bystander: "store1"},
		{kind: "storage.ransom", on: "store2", with: map[string]any{"Rate": 50}, bystander: "store1"},
		{kind: "storage.disk-lost", on: "store2", bystander: "store1"},
	})
	if after := tree(t, store, "/srv/mail"); after != before {
		t.Errorf("after all faults the store is not what it was:\n%s\nbefore:\n%s", after, before)
	}

	hand(t, s, "store1", topology.LMTP, "LHLO", 2)
	tryOn(t, s, top, []trial{
		{kind: "storage.power-cut", on: "store1", bystander: "store2"},
		{kind: "storage.full", on: "store1", bystander: "store2"},
		{kind: "storage.readonly", on: "store1", bystander: "store2"},
		{kind: "storage.io-error", on: "store1", bystander: "store2"},
		{kind: "storage.slow", on: "store1", bystander: "store2"},
		{kind: "storage.unmounted", on: "store1", bystander: "store2"},
		{kind: "storage.disk-lost", on: "store1", bystander: "store2"},
	})

	held, err := queue.Exec(t.Context(), []string{"postsuper", "-h", "ALL"}) // the queue manager moves other mail all the time
	must(t, err)
	t.Logf("%s", held.Stderr)
	before = tree(t, queue, "/var/spool/postfix/hold")
	tryOn(t, s, top, []trial{
		{kind: "storage.full", on: "mx1", bystander: "store1"},
		{kind: "storage.corrupt", on: "mx1", with: map[string]any{"What": "queue"}, bystander: "store1"},
	})
	if after := tree(t, queue, "/var/spool/postfix/hold"); after != before {
		t.Errorf("after all faults the queue is not what it was:\n%s\nbefore:\n%s", after, before)
	}
}

// TestAPowerCutTakesExactlyWhatWasNotForced: a writer forces every other file
// to the disk, and tells when it has. These are there after the cut, and of the
// others nothing is; so it is on ext4 and on XFS.
func TestAPowerCutTakesExactlyWhatWasNotForced(t *testing.T) {
	top := durability()
	top.Nodes[1].Volumes[0].Type, top.Nodes[1].Volumes[0].Size = "xfs", 300<<20
	s := up(t, needEngine(t), top, topology.Options{Faulted: []string{"store1", "store2"}})
	for node, kind := range map[string]string{"store1": "xfs", "store2": "ext2/ext3"} {
		t.Run(kind, func(t *testing.T) {
			n := instance(t, s, node)
			shell := func(script string) []string {
				out, err := n.Exec(t.Context(), []string{"sh", "-ec", script})
				must(t, err)
				if out.Code != 0 {
					t.Fatalf("%s: %s", script, out.Stderr)
				}
				return strings.Fields(string(out.Stdout))
			}
			if got := shell("stat -f -c %T /srv/mail"); !slices.Equal(got, []string{kind}) {
				t.Fatalf("the file system is %v", got)
			}
			for trial := range 3 {
				f, target := onNode(t, s, top, "storage.power-cut", node)
				forced := shell(fmt.Sprintf(`mkdir /srv/mail/w%[1]d; cd /srv/mail/w%[1]d; sync -f .
for i in 1 2 3 4 5 6 7 8; do printf forced >forced$i; sync forced$i; echo forced$i; done
for i in 1 2 3 4 5 6 7 8; do printf written >written$i; done`, trial))
				must(t, f.Inject(t.Context(), target))
				proof(t, f, target, true)
				must(t, f.Revert(t.Context(), target))
				proof(t, f, target, false)
				healthy(t, target)
				if got := shell(fmt.Sprintf("cd /srv/mail/w%d; grep -l forced forced*", trial)); !slices.Equal(got, forced) {
					t.Errorf("of what was forced to the disk there is %v, want %v", got, forced)
				}
				if got := shell(fmt.Sprintf("cd /srv/mail/w%d; find . -name 'written*' -size +0", trial)); len(got) > 0 {
					t.Errorf("of what was not forced to the disk there is %v", got)
				}
			}
		})
	}
}

// TestLastingHarmStays: what a drill restores from somewhere else must not come
// back by itself at the end of the fault, and the fault is over all the same.
func TestLastingHarmStays(t *testing.T) {
	top := durability()
	s := up(t, needEngine(t), top, topology.Options{Faulted: []string{"store1", "store2"}})
	store := instance(t, s, "store2")
	for _, c := range []trial{
		{kind: "storage.delete", with: map[string]any{"Path": "u1@drill.test/Maildir", "Lasting": true}},
		{kind: "storage.ransom", with: map[string]any{"Rate": 100, "Lasting": true}},
		{kind: "storage.disk-lost", with: map[string]any{"Lasting": true}},
	} {
		hand(t, s, "store2", topology.LMTP, "LHLO", 5)
		before := tree(t, store, "/srv/mail/u1@drill.test")
		f, target := onNodeWith(t, s, top, c.kind, "store2", c.with)
		must(t, f.Inject(t.Context(), target))
		proof(t, f, target, true)
		eventuallyTrue(t, c.kind+" is felt", func() bool { return tree(t, store, "/srv/mail/u1@drill.test") != before })
		must(t, f.Revert(t.Context(), target))
		proof(t, f, target, false)
		if tree(t, store, "/srv/mail/u1@drill.test") == before {
			t.Errorf("%s was taken back", c.kind)
		}
	}
}

// tree is what a revert must bring back: names, permissions, owners, and the
// content of what is mail. Dovecot writes its index whenever it likes.
func tree(t *testing.T, n topology.Execer, folder string) string {
	t.Helper()
	out, err := n.Exec(t.Context(), []string{"sh", "-c", "cd " + folder + " && find . -printf '%P %m %U:%G\\n' | sort && find . -type f ! -name 'dovecot*' -exec sha256sum {} + | sort"})
	must(t, err)
	return string(out.Stdout)
}
