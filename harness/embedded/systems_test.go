package embedded_test

import (
	"context"
	"net"
	"strings"
	"sync"
	"testing"

	"maildrill/faults"
	"maildrill/harness/identity"
	"maildrill/harness/topology"
)

// TestOneServerForEverything: all roles on one node, and IPv6 beside IPv4.
func TestOneServerForEverything(t *testing.T) {
	s := start(t, func(top *topology.Topology) {
		mail1 := top.Nodes[0]
		mail1.Server, mail1.Roles = "postfix+dovecot", []topology.Role{topology.MX, topology.Submission, topology.Store}
		mail1.Services = map[topology.Service]int{topology.SMTP: 25, topology.MSA: 587, topology.IMAP: 1143}
		mail1.Mail.DeliverTo = "mx1"
		top.IPv6, top.Nodes[0] = true, mail1
		top.Zones[0].Records = append(top.Zones[0].Records,
			topology.Record{Name: "six", Type: "AAAA", Node: "mx1"}, topology.Record{Name: "six", Type: "MX", Value: "10 six"})
	})
	check(t, offer(client(t, s, "mx1", topology.SMTP), 1))
	eventually(t, func() error { return drained(s, "mx1") })
	addresses := strings.Fields(s.(topology.Reporter).Environment()["address.mx1"])
	if len(addresses) != 2 {
		t.Fatalf("addresses of mx1: %v", addresses)
	}
	for _, a := range addresses {
		conn, err := s.Dial(t.Context(), a, topology.Service("1143"))
		if err != nil {
			t.Fatalf("IMAP at %s: %v", a, err)
		}
		conn.Close()
	}
	store1, _ := s.Instance("store1")
	check(t, store1.(faults.Stopper).Stop(t.Context(), 0)) // mail does not need it
	if got := arrivals(t, s, "mx1"); len(got[1]) != 1 {
		t.Errorf("found %v", got)
	}
}

// TestMailByIPv6Only: a host without an A record is found by its AAAA record.
func TestMailByIPv6Only(t *testing.T) {
	s := start(t, func(top *topology.Topology) {
		top.IPv6 = true
		for i, z := range top.Zones {
			for j, r := range z.Records {
				if z.Name == top.BounceDomain && r.Type == "A" {
					top.Zones[i].Records[j].Type = "AAAA"
				}
			}
		}
	})
	reports := sink(t, s)
	c := client(t, s, "mx1", topology.SMTP)
	from := key.VERP(identity.Token{Run: key.Run, Seq: 1}, "bounce.test")
	check(t, c.SendMail(from, []string{"u1@void.drill.test"}, strings.NewReader("Subject: x\r\n\r\nx\r\n")))
	if text := <-reports; !strings.Contains(text, "Action: failed") {
		t.Errorf("report: %s", text)
	}
	eventually(t, func() error { return drained(s, "mx1") })
}

// TestClosing: every Close waits until all is gone, and what comes later fails.
func TestClosing(t *testing.T) {
	s := start(t, func(top *topology.Topology) { top.Nodes[0].Supervised = true })
	mx1, _ := s.Instance("mx1")
	check(t, mx1.(faults.Killer).Kill(t.Context(), true)) // its supervisor is at work
	l, err := s.Listen(t.Context(), topology.SMTP)
	check(t, err)
	var closers sync.WaitGroup
	for range 4 {
		closers.Go(func() {
			if err := s.Close(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	closers.Wait()
	for what, attempt := range map[string]func() error{
		"dial":   func() error { return silently(s.Dial(t.Context(), "mx1", topology.SMTP)) },
		"listen": func() error { _, err := s.Listen(t.Context(), topology.SMTP); return err },
		"accept": func() error { return silently(l.Accept()) },
		"start":  func() error { return mx1.(faults.Starter).Start(t.Context()) },
	} {
		if err := attempt(); err == nil {
			t.Errorf("%s: no error after the system was closed", what)
		}
	}
}

func silently(conn net.Conn, err error) error {
	if err == nil {
		conn.Close()
	}
	return err
}

// TestBadZone: a mistake in the topology is told, and nothing is left.
func TestBadZone(t *testing.T) {
	dir := t.TempDir()
	for range 2 {
		err := startIn(dir, func(top *topology.Topology) { top.Zones[0].Records[0].Value = "ten mx1" })
		if err == nil || !strings.Contains(err.Error(), "MX") {
			t.Errorf("start with a bad record: %v", err)
		}
	}
}
