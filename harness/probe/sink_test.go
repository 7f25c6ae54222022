package probe

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/smtp"
	"strings"
	"testing"
	"time"

	"maildrill/harness/identity"
	"maildrill/harness/ledger"
	"maildrill/harness/topology"
)

// bounce is one as Postfix writes it: a text, the report, the headers of the
// original message.
func bounce(recipients, to string) string {
	return strings.ReplaceAll(`From: MAILER-DAEMON@mx1.drill.test
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
	boundary="x1"

--x1
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx1.drill.test.

--x1
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx1.drill.test
X-Postfix-Queue-ID: 4XyZ
Arrival-Date: Mon, 23 Nov 2026 18:00:00 +0000 (UTC)

`+recipients+`
--x1
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

Message-ID: <x@drill.test>
X-Drill-To: `+to+`

--x1--
`, "\n", "\r\n")
}

func group(address, action, status string) string {
	return fmt.Sprintf("Final-Recipient: rfc822; %s\nOriginal-Recipient: rfc822;%s\nAction: %s\nStatus: %s\n", address, address, action, status)
}

func TestSink(t *testing.T) {
	k := identity.NewKey("run-1", 1)
	ours := k.VERP(identity.Token{Run: k.Run, Seq: 7}, "bounce.test")
	const both = "u1@drill.test, u2@drill.test"
	for _, c := range []struct {
		name, to, message string
		want              []string // recipient index, action and address, status
		bounces, others   int
		from              string // empty: the null reverse-path
	}{
		{name: "a bounce that could be answered", from: "MAILER-DAEMON@mx1.drill.test", to: ours,
			message: bounce(group("u1@drill.test", "failed", "5.1.1"), "u1@drill.test"), others: 1},
		{"failed", ours, bounce(group("u1@drill.test", "failed", "5.1.1"), "u1@drill.test"), []string{"0 failed u1@drill.test 5.1.1"}, 1, 0, ""},
		{"two of two", ours, bounce(group("u2@drill.test", "failed", "5.1.1")+"\n"+group("u1@drill.test", "delayed", "4.4.1"), both),
			[]string{"1 failed u2@drill.test 5.1.1", "0 delayed u1@drill.test 4.4.1"}, 1, 0, ""},
		{"capitals, and a recipient that the original does not name", ours, bounce(group("X@drill.test", "Failed", "5.0.0"), ""),
			[]string{"0 failed X@drill.test 5.0.0"}, 1, 0, ""},
		{"no report", ours, "Subject: sorry\r\n\r\nIt did not work.\r\n", []string{"0 failed (no readable report) "}, 1, 0, ""},
		{"no headers at all", ours, "garbage", []string{"0 failed (no readable report) "}, 1, 0, ""},
		{"holiday", ours, "Auto-Submitted: auto-replied\r\nContent-Type: text/plain\r\n\r\nI am away.\r\n", nil, 0, 1, ""},
		{"another run", identity.NewKey("run-0", 1).VERP(identity.Token{Seq: 7}, "bounce.test"), bounce("", ""), nil, 0, 1, ""},
		{"a person", "postmaster@bounce.test", "Subject: hello\r\n\r\nhello\r\n", nil, 0, 1, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var p paper
			s := &Sink{Key: k, Domain: "bounce.test", Recorder: &p, Clock: func() time.Duration { return time.Second }}
			address, stop := served(t, s)
			if err := smtp.SendMail(address, nil, c.from, []string{c.to}, []byte(c.message)); err != nil {
				t.Fatal(err)
			}
			if err := stop(); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, e := range p.all() {
				if e.Kind != ledger.Notified || e.Copy.Seq != 7 || e.End != time.Second {
					t.Errorf("entry %+v", e)
				}
				got = append(got, fmt.Sprintf("%d %s %s", e.Copy.Rcpt, e.Detail, e.Enhanced))
			}
			if fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("recorded %q, want %q", got, c.want)
			}
			if b, o := s.Counts(); b != c.bounces || o != c.others {
				t.Errorf("counts %d and %d, want %d and %d", b, o, c.bounces, c.others)
			}
			if strays := map[string]int{"another run": 1, "a person": 1}[c.name]; s.Strays() != strays { // by the null reverse-path, to nobody of ours
				t.Errorf("%d strays, want %d", s.Strays(), strays)
			}
		})
	}
}

// served starts a sink; stop ends it and gives its error.
func served(t *testing.T, s *Sink) (address string, stop func() error) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, l) }()
	return l.Addr().String(), func() error {
		cancel()
		select {
		case err := <-done:
			return err
		case <-time.After(5 * time.Second):
			return errors.New("the sink did not end")
		}
	}
}

// A bounce that cannot be recorded is refused, so that the sender keeps it.
func TestSinkOfAFullDisk(t *testing.T) {
	k := identity.NewKey("run-1", 1)
	full := errors.New("disk full")
	s := &Sink{Key: k, Recorder: &paper{err: full}, Clock: func() time.Duration { return 0 }}
	address, stop := served(t, s)
	to := k.VERP(identity.Token{Run: k.Run, Seq: 7}, "bounce.test")
	if err := smtp.SendMail(address, nil, "", []string{to}, []byte("Subject: x\r\n\r\nx\r\n")); err == nil {
		t.Error("the bounce was accepted")
	}
	if err := stop(); !errors.Is(err, full) {
		t.Errorf("error %v, want %v", err, full)
	}
}

// An idle connection does not keep the sink alive.
func TestSinkEndsWithConnectionsOpen(t *testing.T) {
	s := &Sink{Key: identity.NewKey("run-1", 1), Recorder: &paper{}, Clock: func() time.Duration { return 0 }}
	address, stop := served(t, s)
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Read(make([]byte, 3)); err != nil {
		t.Fatal(err)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// node is an instance with a queue.
type node struct {
	name   string
	queued []topology.Queued
	err    error
}

func (n node) Name() string { return n.name }

func (n node) Queue(context.Context) ([]topology.Queued, error) { return n.queued, n.err }

// mute is an instance without one.
type mute string

func (m mute) Name() string { return string(m) }

func TestQueues(t *testing.T) {
	k := identity.NewKey("run-1", 1)
	sender := func(stream uint16, seq uint32) string {
		return k.VERP(identity.Token{Run: k.Run, Stream: stream, Seq: seq}, "bounce.test")
	}
	var p paper
	q := QueueReader{Key: k, Recorder: &p, Clock: func() time.Duration { return time.Minute }, Instances: []topology.Instance{
		node{name: "mx1", queued: []topology.Queued{
			{Queue: "deferred", Sender: sender(ledger.StreamWorkload, 3), Recipient: "u2@drill.test", Reason: "connection refused"},
			{Queue: "active", Sender: sender(ledger.StreamProbe, 9), Recipient: "probe@drill.test"},
			{Queue: "active", Sender: "", Recipient: sender(ledger.StreamWorkload, 4)}, // a bounce on its way
			{Queue: "active", Sender: "root@mx1", Recipient: "root@mx1"},
			{Queue: "hold", Sender: identity.NewKey("run-0", 1).VERP(identity.Token{Seq: 3}, "bounce.test"), Recipient: "u1@drill.test"},
		}},
		node{name: "mx2", err: errors.New("exec failed")},
		mute("store"),
	}}
	q.Index = func(_ identity.Token, address string) uint16 {
		if address == "u2@drill.test" {
			return 1
		}
		return 0
	}
	got, err := q.Read(t.Context(), 5)
	if err != nil {
		t.Fatal(err)
	}
	want := []NodeQueue{
		{"mx1", ledger.QueueReading{Reading: 5, Count: 5, Ours: 2}},
		{"mx2", ledger.QueueReading{Reading: 5, Error: "exec failed"}},
		{"store", ledger.QueueReading{Reading: 5, Error: "the queue of this node cannot be read"}},
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("read %+v, want %+v", got, want)
	}
	entries := p.all()
	if len(entries) != 1 || entries[0].Copy != (ledger.Copy{Seq: 3, Rcpt: 1}) || entries[0].Scan != 5 || entries[0].Node != "mx1" ||
		entries[0].Kind != ledger.Queued || entries[0].Detail != "deferred connection refused" {
		t.Errorf("recorded %+v", entries)
	}
	p.err = errors.New("disk full")
	if _, err := q.Read(t.Context(), 6); err == nil {
		t.Error("a queue was read that could not be recorded")
	}
}
