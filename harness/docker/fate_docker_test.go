package docker_test

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"maildrill/faults"
	"maildrill/harness/docker"
	"maildrill/harness/topology"
)

// fate is what Postfix logs of one attempt to deliver to a recipient.
type fate struct{ status, dsn, relay string }

func (f fate) String() string { return f.status + " " + f.dsn + " by " + f.relay }

// attempted is a line of Postfix's delivery agents.
var attempted = regexp.MustCompile(`to=<([^>]*)>,(?: orig_to=<[^>]*>,)? relay=([^,]*),.* dsn=([0-9.]+), status=(\w+)`)

// sendTo offers one message for the recipient at a node.
func sendTo(t *testing.T, s *docker.System, node, recipient string) {
	t.Helper()
	conn, err := s.Dial(t.Context(), node, topology.SMTP)
	must(t, err)
	c := smtp.NewClient(conn)
	defer c.Close()
	must(t, c.Hello("outside.drill.test"))
	text := fmt.Sprintf("From: <sender@bounce.test>\r\nTo: <%s>\r\nSubject: one\r\n\r\none\r\n", recipient)
	must(t, c.SendMail("sender@bounce.test", []string{recipient}, strings.NewReader(text)))
	must(t, c.Quit())
}

// fateAt waits for the first attempt of a node to deliver to a recipient.
func fateAt(t *testing.T, s *docker.System, node, recipient string) fate {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		log, err := instance(t, s, node).Logs(ctx)
		must(t, err)
		text, err := io.ReadAll(log)
		must(t, err)
		for _, m := range attempted.FindAllStringSubmatch(string(text), -1) {
			if strings.EqualFold(m[1], recipient) {
				host, _, _ := strings.Cut(m[2], "[")
				return fate{status: m[4], dsn: m[3], relay: host}
			}
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// fateUnder is the fate of one message at a node while a fault is held.
func fateUnder(t *testing.T, s *docker.System, top topology.Topology, c trial, node, recipient string) fate {
	t.Helper()
	kind, err := faults.Lookup(c.kind)
	must(t, err)
	fault, err := kind.New(set(c.with))
	must(t, err)
	target := targetOf(t, s, top, kind, c)
	must(t, fault.Inject(t.Context(), target))
	sendTo(t, s, node, recipient)
	got := fateAt(t, s, node, recipient)
	e, err := fault.Verify(t.Context(), target)
	must(t, err)
	must(t, fault.Revert(t.Context(), target))
	if !e.Installed || !e.Effective {
		t.Errorf("the fault is not proven: %+v", e)
	}
	return got
}
