package embedded_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"maildrill/harness/embedded"
	"maildrill/harness/identity"
	"maildrill/harness/topology"
	"maildrill/harness/topology/runtimetest"
)

var key = identity.NewKey("embedded", 1)

// start runs the topology of the conformance suite, changed.
func start(t testing.TB, change func(*topology.Topology)) topology.System {
	t.Helper()
	top := runtimetest.Topology()
	if change != nil {
		change(&top)
	}
	s, err := embedded.New(embedded.Config{Dir: t.TempDir()}).Start(t.Context(), top, topology.Options{RunID: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// startIn tells how a start in the folder fails.
func startIn(dir string, change func(*topology.Topology)) error {
	top := runtimetest.Topology()
	change(&top)
	s, err := embedded.New(embedded.Config{Dir: dir}).Start(context.Background(), top, topology.Options{RunID: "test"})
	if err == nil {
		return s.Close(context.Background())
	}
	return err
}

// client greets a server of the system.
func client(t testing.TB, s topology.System, node string, service topology.Service) *smtp.Client {
	t.Helper()
	conn, err := s.Dial(t.Context(), node, service)
	if err != nil {
		t.Fatal(err)
	}
	c := smtp.NewClient(conn)
	c.CommandTimeout, c.SubmissionTimeout = 10*time.Second, 10*time.Second
	t.Cleanup(func() { c.Close() })
	if err := c.Hello("outside.drill.test"); err != nil {
		t.Fatal(err)
	}
	return c
}

// offer sends the workload's message of a number.
func offer(c *smtp.Client, seq uint32) error {
	token := identity.Token{Run: key.Run, Seq: seq}
	from := key.VERP(token, "bounce.test")
	text := key.Render(nil, identity.Message{Token: token, Attempt: 1, From: from, To: []string{"u1@drill.test"}, Size: 2048, Date: time.Now()})
	return c.SendMail(from, []string{"u1@drill.test"}, strings.NewReader(string(text)))
}

// mailbox gives what was found of each number in the mailbox of u1.
func mailbox(t testing.TB, s topology.System) map[uint32][]identity.Found {
	t.Helper()
	return arrivals(t, s, "store1")
}

// arrivals is mailbox at the store of a name.
func arrivals(t testing.TB, s topology.System, store string) map[uint32][]identity.Found {
	t.Helper()
	conn, err := s.Dial(t.Context(), store, topology.IMAP)
	if err != nil {
		t.Fatal(err)
	}
	c := imapclient.New(conn, nil)
	defer c.Close()
	check(t, c.Login("u1@drill.test", "drill").Wait())
	selected, err := c.Select("INBOX", nil).Wait()
	check(t, err)
	found := map[uint32][]identity.Found{}
	if selected.NumMessages == 0 {
		return found
	}
	all, err := c.Fetch(imap.SeqSet{{Start: 1}}, &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{{Peek: true}}}).Collect()
	check(t, err)
	for _, m := range all {
		f, err := key.Inspect(strings.NewReader(string(m.BodySection[0].Bytes)))
		check(t, err)
		found[f.Token.Seq] = append(found[f.Token.Seq], f)
	}
	return found
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// eventually tries until there is no error.
func eventually(t testing.TB, attempt func() error) {
	t.Helper()
	tick, limit := time.NewTicker(20*time.Millisecond), time.After(20*time.Second)
	defer tick.Stop()
	for {
		err := attempt()
		if err == nil {
			return
		}
		select {
		case <-tick.C:
		case <-limit:
			t.Fatal(err)
		}
	}
}

func drained(s topology.System, node string) error {
	i, _ := s.Instance(node)
	list, err := i.(topology.Queuer).Queue(context.Background())
	if len(list) > 0 {
		return fmt.Errorf("queued at %s: %v", node, list)
	}
	return err
}

func login(user string) sasl.Client { return sasl.NewPlainClient("", user, "drill") }

func code(err error) int {
	var reply *smtp.SMTPError
	if errors.As(err, &reply) {
		return reply.Code
	}
	return 0
}
