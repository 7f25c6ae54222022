package embedded_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"maildrill/faults"
	"maildrill/harness/embedded"
	"maildrill/harness/topology"
	"maildrill/harness/topology/runtimetest"
)

func TestUnsupportedServers(t *testing.T) {
	for _, server := range []string{"custom", "haproxy", ""} {
		top := runtimetest.Topology()
		top.Nodes[0].Server = server
		_, err := embedded.New(embedded.Config{Dir: t.TempDir()}).Start(t.Context(), top, topology.Options{RunID: "x"})
		if !errors.Is(err, errors.ErrUnsupported) || !strings.Contains(err.Error(), "embedded runtime cannot run") {
			t.Errorf("server %q: %v", server, err)
		}
	}
}

func TestDefects(t *testing.T) {
	for _, liar := range []string{"mx1", "store1"} {
		t.Run(liar, func(t *testing.T) {
			s := start(t, func(top *topology.Topology) {
				for i := range top.Nodes {
					if top.Nodes[i].Name == liar {
						top.Nodes[i].Defects = &topology.Defects{Lose: []uint32{1}, Duplicate: []uint32{2}, Corrupt: []uint32{3}, Delay: 50 * time.Millisecond}
					}
				}
			})
			c := client(t, s, "mx1", topology.SMTP)
			for seq := uint32(1); seq <= 4; seq++ {
				check(t, offer(c, seq))
			}
			eventually(t, func() error { return drained(s, "mx1") })
			found := mailbox(t, s)
			for seq, want := range map[uint32]int{1: 0, 2: 2, 3: 1, 4: 1} {
				if len(found[seq]) != want {
					t.Errorf("message %d: %d copies, want %d", seq, len(found[seq]), want)
				}
				for _, f := range found[seq] {
					if f.Intact != (seq != 3) {
						t.Errorf("message %d: intact is %v", seq, f.Intact)
					}
				}
			}
		})
	}
}

// TestLossWhileTwoThingsAreBroken: each of the two alone loses nothing.
func TestLossWhileTwoThingsAreBroken(t *testing.T) {
	s := start(t, func(top *topology.Topology) {
		for i := range top.Nodes {
			if top.Nodes[i].Name == "mx1" {
				top.Nodes[i].Defects = &topology.Defects{LoseWhile: []topology.Trouble{
					{Node: "store1", Is: topology.IsFrozen}, {Node: "dns1", Is: topology.IsDown}}}
			}
		}
	})
	node := func(name string) topology.Instance { n, _ := s.Instance(name); return n }
	store, names := node("store1").(faults.Pauser), node("dns1").(faults.Killer)
	c := client(t, s, "mx1", topology.SMTP)
	check(t, offer(c, 1))
	check(t, store.Pause(t.Context()))
	check(t, offer(c, 2))
	check(t, names.Kill(t.Context(), false))
	check(t, offer(c, 3))
	check(t, store.Resume(t.Context()))
	check(t, offer(c, 4))
	eventually(t, func() error { return drained(s, "mx1") })
	found := mailbox(t, s)
	for seq, want := range map[uint32]int{1: 1, 2: 1, 3: 0, 4: 1} {
		if len(found[seq]) != want {
			t.Errorf("message %d: %d copies, want %d", seq, len(found[seq]), want)
		}
	}
}

// TestKnownTruth: of 2,000 messages exactly those are lost, doubled and damaged
// that the system was told.
func TestKnownTruth(t *testing.T) {
	t.Parallel()
	const messages, connections = 2000, 8
	told := topology.Defects{Lose: []uint32{3, 77, 500, 501, 1000, 1999, 2000}, Duplicate: []uint32{1, 2, 700, 701, 1500}, Corrupt: []uint32{4, 5, 1998}}
	s := start(t, func(top *topology.Topology) { top.Nodes[0].Defects = &told })
	var senders sync.WaitGroup
	for first := range uint32(connections) {
		c := client(t, s, "mx1", topology.SMTP)
		senders.Go(func() {
			for seq := first + 1; seq <= messages; seq += connections {
				if err := offer(c, seq); err != nil {
					t.Error(err)
				}
			}
		})
	}
	senders.Wait()
	eventually(t, func() error { return drained(s, "mx1") })
	var is topology.Defects
	found := mailbox(t, s)
	for seq := uint32(1); seq <= messages; seq++ {
		switch copies := found[seq]; {
		case len(copies) == 0:
			is.Lose = append(is.Lose, seq)
		case len(copies) > 1:
			is.Duplicate = append(is.Duplicate, seq)
		case !copies[0].Intact:
			is.Corrupt = append(is.Corrupt, seq)
		}
	}
	if !reflect.DeepEqual(is, told) {
		t.Errorf("found %+v, told %+v", is, told)
	}
}

func TestFalseReport(t *testing.T) {
	s := start(t, func(top *topology.Topology) { top.Nodes[0].Defects = &topology.Defects{FalseDSN: []uint32{1}} })
	reports := sink(t, s)
	check(t, offer(client(t, s, "mx1", topology.SMTP), 1))
	if text := <-reports; !strings.Contains(text, "Action: delivered") {
		t.Errorf("report: %s", text)
	}
	if found := mailbox(t, s); len(found) != 0 {
		t.Errorf("delivered all the same: %v", found)
	}
}

func TestBackupMXAndSubmission(t *testing.T) {
	t.Parallel()
	s := start(t, func(top *topology.Topology) {
		mx2 := top.Nodes[0]
		mx2.Name, mx2.Host = "mx2", "mx2.drill.test"
		mx2.Roles = []topology.Role{topology.MX, topology.Submission}
		mx2.Services = map[topology.Service]int{topology.SMTP: 25, topology.MSA: 587}
		mx2.Mail = topology.Mail{RelayDomains: []string{"drill.test"}, Auth: true}
		top.Nodes = append(top.Nodes, mx2)
		top.Zones[0].Records = append(top.Zones[0].Records,
			topology.Record{Name: "@", Type: "MX", TTL: time.Second, Value: "20 mx2.drill.test."},
			topology.Record{Name: "mx2", Type: "A", TTL: time.Second, Node: "mx2"})
	})
	mx1, _ := s.Instance("mx1")
	check(t, mx1.(faults.Killer).Kill(t.Context(), false))
	check(t, offer(client(t, s, "mx2", topology.SMTP), 1))
	sub := client(t, s, "mx2", topology.MSA)
	if err := offer(sub, 2); code(err) != 530 {
		t.Errorf("submission without AUTH: %v", err)
	}
	check(t, sub.Auth(login("u1@drill.test")))
	check(t, offer(sub, 2))
	if err := client(t, s, "mx2", topology.MSA).Auth(login("nobody@drill.test")); code(err) != 535 {
		t.Errorf("AUTH as nobody: %v", err)
	}
	if err := drained(s, "mx2"); err == nil {
		t.Error("nothing waits at the backup")
	}
	check(t, mx1.(faults.Starter).Start(t.Context()))
	eventually(t, func() error { return errors.Join(drained(s, "mx2"), drained(s, "mx1")) })
	if found := mailbox(t, s); len(found[1]) != 1 || len(found[2]) != 1 || len(found[1][0].Hops) < 2 {
		t.Errorf("found %v", found)
	}
}

func TestSupervised(t *testing.T) {
	s := start(t, func(top *topology.Topology) { top.Nodes[0].Supervised = true })
	mx1, _ := s.Instance("mx1")
	before, err := mx1.(faults.Stater).State(t.Context())
	check(t, err)
	check(t, mx1.(faults.Killer).Kill(t.Context(), true))
	eventually(t, func() error {
		if is, err := mx1.(faults.Stater).State(t.Context()); err != nil || !is.Running || is.Identity == before.Identity {
			return fmt.Errorf("state %+v, %v", is, err)
		}
		return nil
	})
	check(t, offer(client(t, s, "mx1", topology.SMTP), 1))
}

func TestNothingIsLeft(t *testing.T) {
	before := runtime.NumGoroutine()
	s := start(t, nil)
	check(t, offer(client(t, s, "mx1", topology.SMTP), 1))
	store1, _ := s.Instance("store1")
	mx1, _ := s.Instance("mx1")
	check(t, store1.(faults.Isolator).Isolate(t.Context(), time.Minute))
	check(t, offer(client(t, s, "mx1", topology.SMTP), 2))
	check(t, mx1.(faults.Pauser).Pause(t.Context()))
	check(t, s.Close(context.Background()))
	eventually(t, func() error {
		if now := runtime.NumGoroutine(); now > before {
			all := make([]byte, 1<<20)
			return fmt.Errorf("%d goroutines before, %d after: %s", before, now, all[:runtime.Stack(all, true)])
		}
		return nil
	})
}

// sink takes reports at the outside node and gives their text.
func sink(t *testing.T, s topology.System) <-chan string {
	l, err := s.Listen(t.Context(), topology.SMTP)
	check(t, err)
	texts := make(chan string, 8)
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &report{texts: texts}, nil }))
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	t.Cleanup(func() { server.Close(); <-served })
	return texts
}

func BenchmarkDelivery(b *testing.B) {
	s := start(b, nil)
	work := make(chan uint32)
	done := make(chan error)
	for range 8 {
		c := client(b, s, "mx1", topology.SMTP)
		go func() {
			var err error
			for seq := range work {
				err = errors.Join(err, offer(c, seq))
			}
			done <- err
		}()
	}
	b.ResetTimer()
	for i := range b.N {
		work <- uint32(i) + 1
	}
	close(work)
	for range 8 {
		check(b, <-done)
	}
	eventually(b, func() error { return drained(s, "mx1") })
}
