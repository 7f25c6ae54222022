package docker_test

import (
	"bufio"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"maildrill/faults"
	"maildrill/harness/docker"
	"maildrill/harness/topology"
	"maildrill/harness/topology/runtimetest"
)

// withBackup is a primary and a backup mail exchanger before one store, with a
// link for each hop.
func withBackup() topology.Topology {
	t := runtimetest.Topology()
	mx2 := t.Nodes[0]
	mx2.Name, mx2.Host = "mx2", "mx2.drill.test"
	mx2.Mail = topology.Mail{RelayDomains: []string{"drill.test"}}
	t.Nodes = append(t.Nodes, mx2)
	zone := &t.Zones[0]
	zone.Records = append(zone.Records,
		topology.Record{Name: "@", Type: "MX", TTL: 5 * time.Second, Value: "20 mx2.drill.test."},
		topology.Record{Name: "mx2", Type: "A", TTL: 5 * time.Second, Node: "mx2"})
	t.Links = []topology.Link{
		{Name: "mx1-store1", From: "mx1", To: "store1", Service: topology.LMTP},
		{Name: "mx2-mx1", From: "mx2", To: "mx1", Service: topology.SMTP},
		{Name: "outside-mx1", From: "outside", To: "mx1", Service: topology.SMTP},
	}
	return t
}

// TestDialogueFaultsOnRealServers runs the conformance suite of every kind of
// SMTP and LMTP between real Postfix and Dovecot.
func TestDialogueFaultsOnRealServers(t *testing.T) {
	t.Parallel()
	cli := needEngine(t)
	top := withBackup()
	s := up(t, cli, top, topology.Options{Faulted: []string{"mx1", "mx2", "store1"}})
	const relay, delivery = "mx2-mx1", "mx1-store1"
	tryOn(t, s, top, []trial{
		{kind: "smtp.reply", on: relay, bystander: "store1"},
		{kind: "smtp.reply", on: "mx1", with: map[string]any{"Phase": "connect", "Code": 421}, bystander: "store1"},
		{kind: "smtp.reply", on: "outside-mx1", with: map[string]any{"Phase": "eod", "Code": 550, "Enhanced": "5.7.1"}, bystander: "store1"},
		{kind: "smtp.greylist", on: relay, bystander: "store1"},
		{kind: "smtp.tarpit", on: relay, bystander: "store1"},
		{kind: "smtp.cut-before-eod", on: relay, bystander: "store1"},
		{kind: "smtp.cut-after-eod", on: relay, bystander: "store1"},
		{kind: "smtp.partial-recipients", on: relay, bystander: "store1"},
		{kind: "smtp.size-limit", on: relay, bystander: "store1"},
		{kind: "smtp.rate-limit", on: relay, bystander: "store1"},
		{kind: "smtp.starttls", on: relay, bystander: "store1"},
		{kind: "tls.certificate", on: relay, bystander: "store1"},
		{kind: "smtp.auth", on: relay, bystander: "store1"},
		{kind: "smtp.accept-and-drop", on: relay, bystander: "store1"},
		{kind: "smtp.dsn-suppressed", on: relay, bystander: "store1"},
		{kind: "lmtp.reply", on: delivery, bystander: "mx1"},
		{kind: "lmtp.cut-after-eod", on: delivery, bystander: "mx1"},
		{kind: "lmtp.stall", on: delivery, bystander: "mx1"},
	})
	t.Run("duplicates", func(t *testing.T) {
		for _, c := range []struct{ kind, on, through, past string }{
			{"smtp.cut-after-eod", relay, "mx2", "mx1"},
			{"lmtp.cut-after-eod", delivery, "mx1", ""},
		} {
			t.Run(c.kind, func(t *testing.T) { duplicates(t, s, top, c.kind, c.on, c.through, c.past) })
		}
	})
}

// duplicates: a message whose acceptance is not told to the relay is delivered
// twice, once for its retry; one that goes past the link, or comes later, once.
func duplicates(t *testing.T, s *docker.System, top topology.Topology, id, on, through, past string) {
	kind, err := faults.Lookup(id)
	must(t, err)
	fault, err := kind.New(set(nil))
	must(t, err)
	target := targetOf(t, s, top, kind, trial{kind: id, on: on})
	must(t, fault.Inject(t.Context(), target))
	const affected, others = 6, 4
	prefix := strings.ReplaceAll(id, ".", "-")
	for i := range affected {
		send(t, s, through, fmt.Sprintf("%s-affected-%d", prefix, i))
	}
	if past != "" {
		for i := range others {
			send(t, s, past, fmt.Sprintf("%s-past-%d", prefix, i))
		}
	}
	quiet(t, s, "mx1", "mx2")
	e, err := fault.Verify(t.Context(), target)
	must(t, err)
	must(t, fault.Revert(t.Context(), target))
	for i := range others {
		send(t, s, through, fmt.Sprintf("%s-later-%d", prefix, i))
	}
	quiet(t, s, "mx1", "mx2")

	copies := map[int]int{}
	for subject, n := range stored(t, s, prefix) {
		copies[n]++
		want := 1
		if strings.Contains(subject, "-affected-") {
			want = 2
		}
		if n != want {
			t.Errorf("%s is stored %d times, want %d", subject, n, want)
		}
	}
	once := others
	if past != "" {
		once += others
	}
	t.Logf("%s: %d messages affected by the proxy's count; %d stored twice, %d once", id, e.Counters["messages"], copies[2], copies[1])
	if e.Counters["messages"] != affected || copies[2] != affected || copies[1] != once {
		t.Errorf("counted %d, stored %v; want %d cut and stored twice, %d stored once", e.Counters["messages"], copies, affected, once)
	}
}

// send offers one message at a node.
func send(t *testing.T, s *docker.System, node, subject string) {
	t.Helper()
	conn, err := s.Dial(t.Context(), node, topology.SMTP)
	must(t, err)
	c := smtp.NewClient(conn)
	defer c.Close()
	must(t, c.Hello("outside.drill.test"))
	text := fmt.Sprintf("Message-ID: <%s@drill.test>\r\nFrom: <sender@bounce.test>\r\nTo: <u1@drill.test>\r\nSubject: %s\r\n\r\n..\r\n.dot\r\n", subject, subject)
	must(t, c.SendMail("sender@bounce.test", []string{"u1@drill.test"}, strings.NewReader(text)))
	must(t, c.Quit())
}

// quiet waits until the queues of the nodes are empty.
func quiet(t *testing.T, s *docker.System, nodes ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	for _, name := range nodes {
		n := instance(t, s, name)
		for {
			out, err := n.Exec(ctx, []string{"postqueue", "-j"})
			must(t, err)
			if len(out.Stdout) == 0 {
				break
			}
			time.Sleep(100 * time.Millisecond)
		}
	}
}

// stored counts the copies of each message whose subject begins so.
func stored(t *testing.T, s *docker.System, prefix string) map[string]int {
	t.Helper()
	out, err := instance(t, s, "store1").Exec(t.Context(), []string{"grep", "-rh", "^Subject: " + prefix + "-", "/srv/mail"})
	must(t, err)
	found := map[string]int{}
	for lines := bufio.NewScanner(strings.NewReader(string(out.Stdout))); lines.Scan(); {
		found[strings.TrimSpace(strings.TrimPrefix(lines.Text(), "Subject: "))]++
	}
	return found
}
