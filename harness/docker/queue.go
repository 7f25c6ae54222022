package docker

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"maildrill/harness/docker/servers"
	"maildrill/harness/docker/spool"
	"maildrill/harness/topology"
)

// queueKind is how the queue of one kind of software is read.
type queueKind struct {
	list  []string // its own program, which needs a server that lives; nil: it has none
	parse func([]byte) ([]topology.Queued, error)
	spool string // its folder, for a server that does not
	read  func(io.Reader) ([]topology.Queued, error)
	flush []string // tries the whole queue now; nil: nobody can
}

// queueKinds is the table of them, by the node's `queue`.
var queueKinds = map[string]queueKind{
	"postfix":   {[]string{"postqueue", "-j"}, servers.ParsePostqueue, "/var/spool/postfix", spool.Postfix, []string{"postqueue", "-f"}},
	"opensmtpd": {[]string{"smtpctl", "show", "queue"}, servers.ParseSmtpctl, "/var/spool/smtpd", spool.OpenSMTPD, []string{"smtpctl", "schedule", "all"}},
	"chasquid":  {nil, nil, "/var/lib/chasquid", spool.Chasquid, nil}, // it tells nobody, and cannot be hurried
	"exim":      {[]string{"exim4", "-bpr"}, servers.ParseEximQueue, "/var/spool/exim4", spool.Exim, []string{"exim4", "-qff"}},
}

// askLimit is how long a server may take to list its queue; one that is half
// dead never does.
const askLimit = 5 * time.Second

// Queue reads the node's mail queue as the node declares: by the server's own
// program while it runs, else from the files of its volume. Nodes that declare
// no queue give an error that wraps errors.ErrUnsupported: an unknown queue is
// not an empty one.
func (i *insides) Queue(ctx context.Context) ([]topology.Queued, error) {
	queued, err := i.queue(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the queue of %s: %w", i.Name(), err)
	}
	return queued, nil
}

func (i *insides) queue(ctx context.Context) ([]topology.Queued, error) {
	if i.planned.Queue == "exec" {
		return i.execQueue(ctx)
	}
	kind, known := queueKinds[i.planned.Queue]
	if !known {
		return nil, fmt.Errorf("queue kind %q: %w", i.planned.Queue, errors.ErrUnsupported)
	}
	return i.listed(ctx, kind)
}

// listed asks the server's own program, which is not answered on a node that is
// down, frozen, or without its master.
func (i *insides) listed(ctx context.Context, kind queueKind) ([]topology.Queued, error) {
	state, err := i.system.keeper.Node(i.Name()).State(ctx)
	if err != nil {
		return nil, err
	}
	if state.Running && !state.Paused && kind.list != nil {
		limit, cancel := context.WithTimeout(ctx, askLimit)
		defer cancel()
		out, err := i.exec(limit, kind.list)
		if err == nil && out.Code == 0 {
			return kind.parse(out.Stdout)
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	return i.spooled(ctx, kind)
}

// spooled reads the queue's files: the engine gives those of the volume even
// while the container is stopped.
func (i *insides) spooled(ctx context.Context, kind queueKind) ([]topology.Queued, error) {
	archive, _, err := i.system.cli.CopyFromContainer(ctx, i.planned.container, cmp.Or(i.planned.QueuePath, kind.spool))
	if err != nil {
		return nil, err
	}
	defer archive.Close()
	return kind.read(archive)
}

// execQueue runs the node's own command.
func (i *insides) execQueue(ctx context.Context) ([]topology.Queued, error) {
	out, err := i.exec(ctx, i.planned.QueueCommand)
	if err != nil {
		return nil, err
	}
	if out.Code != 0 {
		return nil, fmt.Errorf("exit code %d: %s", out.Code, bytes.TrimSpace(out.Stderr))
	}
	return parseEnvelopes(out.Stdout)
}

// parseEnvelopes reads one envelope a line: queue id, sender and recipient,
// separated by spaces; what follows is the reason. An empty sender is "<>".
func parseEnvelopes(text []byte) ([]topology.Queued, error) {
	var queued []topology.Queued
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) == 0 {
			continue
		}
		if len(fields) < 3 {
			return nil, fmt.Errorf("line %q: want queue id, sender and recipient", lines.Text())
		}
		queued = append(queued, topology.Queued{
			ID: fields[0], Sender: strings.Trim(fields[1], "<>"), Recipient: strings.Trim(fields[2], "<>"),
			Reason: strings.Join(fields[3:], " "),
		})
	}
	return queued, nil
}
