package runtimetest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"maildrill/faults"
	"maildrill/harness/topology"
)

// queued waits until the subject's message is in the queue of mx1.
func (k kit) queued(recipient string) {
	k.Helper()
	k.eventually("wait for the queue to show it", func() error {
		list, err := node[topology.Queuer](k, "mx1").Queue(k.ctx)
		for _, q := range list {
			if q.Recipient == recipient && q.Sender == sender && q.ID != "" {
				return nil
			}
		}
		return errors.Join(fmt.Errorf("not among %v", list), err)
	})
}

// emptied waits until the queue of mx1 is empty.
func (k kit) emptied() {
	k.Helper()
	k.eventually("wait for the queue to be empty", func() error {
		list, err := node[topology.Queuer](k, "mx1").Queue(k.ctx)
		if len(list) > 0 {
			return fmt.Errorf("still queued: %v", list)
		}
		return err
	})
}

func (k kit) running(name string, want bool) faults.State {
	k.Helper()
	s, err := node[faults.Stater](k, name).State(k.ctx)
	k.must(err, "state of "+name)
	if s.Running != want {
		k.Errorf("%s: running is %v, want %v", name, s.Running, want)
	}
	return s
}

// start brings a node back and waits until it greets.
func (k kit) start(name string, service topology.Service, greeting string) {
	k.Helper()
	k.must(node[faults.Starter](k, name).Start(k.ctx), "start "+name)
	k.eventually("wait for "+name, func() error { return k.greets(name, service, greeting) })
}

// refused: the host lives, and nothing listens.
func (k kit) refused(name string, service topology.Service) {
	k.Helper()
	k.eventually("dial a node that is down", func() error {
		conn, err := k.dial(name, service)
		if err == nil {
			conn.Close()
		}
		if !errors.Is(err, topology.ErrRefused) {
			return fmt.Errorf("%v, want %w", err, topology.ErrRefused)
		}
		return nil
	})
}

// silent: not even a refusal comes back.
func (k kit) silent(name string, service topology.Service) {
	k.Helper()
	ctx, cancel := context.WithTimeout(k.ctx, silence)
	defer cancel()
	conn, err := k.system.Dial(ctx, name, service)
	if err == nil {
		conn.Close()
	}
	if !errors.Is(err, topology.ErrTimeout) {
		k.Errorf("dial %s while it is cut off: %v, want %v", name, err, topology.ErrTimeout)
	}
}

// stopGrace is how long a server may take to end in order.
const stopGrace = 5 * time.Second

func stopAndQueue(k kit) {
	k.must(node[faults.Stopper](k, "store1").Stop(k.ctx, stopGrace), "stop store1")
	k.running("store1", false)
	k.refused("store1", topology.IMAP)
	s := subject("queue")
	k.must(k.send(sender, reader, s), "send")
	k.queued(reader)
	k.start("store1", topology.IMAP, "* OK")
	k.must(node[topology.Flusher](k, "mx1").Flush(k.ctx), "flush")
	k.arrives(s)
	k.emptied()
}

func killKeeps(k kit) {
	old := subject("stored")
	k.must(k.send(sender, reader, old), "send")
	before := k.arrives(old)
	k.must(node[faults.Killer](k, "store1").Kill(k.ctx, false), "kill store1")
	waiting := subject("waiting")
	k.must(k.send(sender, reader, waiting), "send")
	k.queued(reader)
	was := k.running("mx1", true)
	k.must(node[faults.Killer](k, "mx1").Kill(k.ctx, false), "kill mx1")
	k.running("mx1", false)
	k.refused("mx1", topology.SMTP)
	k.queued(reader)
	k.start("mx1", topology.SMTP, "220")
	if is := k.running("mx1", true); is.Identity == was.Identity {
		k.Errorf("mx1 has the same identity after a start: %s", is.Identity)
	}
	k.start("store1", topology.IMAP, "* OK")
	k.arrives(waiting)
	after, err := k.look(old)
	k.must(err, "look for the message from before the kill")
	if after.validity != before.validity || len(after.uids) != 1 || after.uids[0] != before.uids[0] {
		k.Errorf("a kill changed UIDs: %v and %v", before, after)
	}
	k.emptied()
}

func freeze(k kit) {
	p := node[faults.Pauser](k, "mx1")
	k.must(p.Pause(k.ctx), "pause")
	if s := k.running("mx1", true); !s.Paused {
		k.Error("a paused node does not say so")
	}
	conn, err := k.dial("mx1", topology.SMTP)
	k.must(err, "dial a paused node")
	defer conn.Close()
	k.mute(conn)
	k.must(p.Resume(k.ctx), "resume")
	k.must(conn.SetReadDeadline(time.Now().Add(10*time.Second)), "deadline")
	if _, err := conn.Read(make([]byte, 1)); err != nil {
		k.Errorf("no greeting after the node was resumed: %v", err)
	}
	k.must(k.greets("mx1", topology.SMTP, "220"), "greeting of a resumed node")
}

// mute makes sure that nothing arrives, and no end either.
func (k kit) mute(conn net.Conn) {
	k.Helper()
	k.must(conn.SetReadDeadline(time.Now().Add(silence)), "deadline")
	var timeout net.Error
	n, err := conn.Read(make([]byte, 64))
	if n > 0 || !errors.As(err, &timeout) || !timeout.Timeout() && !errors.Is(err, os.ErrDeadlineExceeded) {
		k.Errorf("read %d bytes, %v; want silence", n, err)
	}
}

func isolate(k kit) {
	i := node[faults.Isolator](k, "store1")
	open, err := k.dial("store1", topology.IMAP)
	k.must(err, "dial")
	defer open.Close()
	_, err = open.Read(make([]byte, 256))
	k.must(err, "greeting")
	k.must(i.Isolate(k.ctx, time.Minute), "isolate")
	_, err = open.Write([]byte("a1 NOOP\r\n"))
	k.must(err, "write into the void")
	k.mute(open)
	k.silent("store1", topology.IMAP)
	packets, on, err := i.Dropped(k.ctx)
	if err != nil || !on || packets == 0 {
		k.Errorf("dropped: %d, %v, %v", packets, on, err)
	}
	s := subject("isolated")
	k.must(k.send(sender, reader, s), "send")
	k.queued(reader)
	k.must(i.Rejoin(k.ctx), "rejoin")
	if _, on, err := i.Dropped(k.ctx); on || err != nil {
		k.Errorf("after the rejoin: %v, %v", on, err)
	}
	k.eventually("greeting after the rejoin", func() error { return k.greets("store1", topology.IMAP, "* OK") })
	k.arrives(s)
	k.emptied()
}

func isolationEnds(k kit) {
	i := node[faults.Isolator](k, "mx1")
	k.must(i.Isolate(k.ctx, 2*time.Second), "isolate")
	k.silent("mx1", topology.SMTP)
	k.eventually("greeting after the time of the rule", func() error { return k.greets("mx1", topology.SMTP, "220") })
}

// crashIsSilent does what node.crash does: it drops, then kills.
func crashIsSilent(k kit) {
	i := node[faults.Isolator](k, "mx1")
	open, err := k.dial("mx1", topology.SMTP)
	k.must(err, "dial")
	defer open.Close()
	_, err = open.Read(make([]byte, 256))
	k.must(err, "greeting")
	k.must(i.Isolate(k.ctx, time.Minute), "isolate")
	k.must(node[faults.Killer](k, "mx1").Kill(k.ctx, false), "kill")
	k.mute(open)
	k.silent("mx1", topology.SMTP)
	k.must(i.Rejoin(k.ctx), "rejoin")
	k.start("mx1", topology.SMTP, "220")
}
