package docker

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/pkg/stdcopy"

	"maildrill/faults"
	"maildrill/harness/agent"
	"maildrill/harness/agent/keeper"
	"maildrill/harness/agent/program"
	"maildrill/harness/topology"
)

// What every node can suffer by the keeper's hands.
type mortal interface {
	faults.Stater
	faults.Killer
	faults.Starter
	faults.Stopper
	faults.Pauser
	faults.Signaller
	faults.Ruler
	faults.Visitor
	faults.Toucher
	faults.PathMeter
	faults.Snapshotter
}

// node is a node without a namespace holder: it can be killed, but its network
// dies with it, so it cannot be isolated beyond its death.
type node struct {
	mortal
	*insides
}

// heldNode is a node whose network outlives it: it has every ability.
type heldNode struct {
	keeper.Remote
	*insides
}

// vantage is the outside node: an instrument, which can be cut off but not
// killed.
type vantage struct {
	faults.Stater
	faults.Isolator
	faults.Ruler
	faults.Visitor
	faults.PathMeter
	faults.Snapshotter
	*insides
}

var (
	_ mortal          = heldNode{}
	_ faults.Isolator = heldNode{}
	_ inside          = heldNode{}
	_ inside          = node{}
)

// inside is what can be asked of a node's own programs and files.
type inside interface {
	topology.Instance
	topology.Execer
	topology.Queuer
	topology.Flusher
	topology.Logger
}

// add makes the node's instance.
func (s *System) add(p planned) {
	in, remote := &insides{system: s, planned: p}, s.keeper.Node(p.Name).With(mechanismsOf(p)...)
	switch {
	case p.role == agent.Outside:
		s.nodes[p.Name] = vantage{Stater: remote, Isolator: remote, Ruler: remote, Visitor: remote, PathMeter: remote, Snapshotter: remote, insides: in}
	case p.holder != "":
		s.nodes[p.Name] = heldNode{Remote: remote, insides: in}
	default:
		s.nodes[p.Name] = node{mortal: remote, insides: in}
	}
}

// mechanismsOf are the kinds of rules that the node can be given.
func mechanismsOf(p planned) []faults.Mechanism {
	switch {
	case p.role == agent.Outside:
		return []faults.Mechanism{faults.Packets, faults.Interfaces, faults.Streams, faults.Dialogue, faults.Load}
	case p.role == agent.DNS:
		return []faults.Mechanism{faults.Packets, faults.Interfaces, faults.Streams, faults.Dialogue, faults.Names}
	}
	if p.Attached != "" { // what is made beside it, and leaves no trace in its files
		return []faults.Mechanism{faults.Packets, faults.Interfaces, faults.Streams, faults.Dialogue, faults.Limits, faults.Load}
	}
	server := []faults.Mechanism{faults.Packets, faults.Interfaces, faults.Streams, faults.Dialogue, faults.Limits, faults.Files, faults.Load, faults.Settings}
	if p.holder != "" {
		server = append(server, faults.Versions) // its network outlives its container
	}
	if len(p.disks) > 0 {
		server = append(server, faults.Disks)
	}
	return server
}

// insides speaks to a node's container.
type insides struct {
	system  *System
	planned planned
}

// Name is the node's name in the topology.
func (i *insides) Name() string { return i.planned.Name }

// Exec runs a program inside the node.
func (i *insides) Exec(ctx context.Context, command []string) (topology.Output, error) {
	out, err := i.exec(ctx, command)
	if err != nil {
		return topology.Output{}, fmt.Errorf("run %s on %s: %w", strings.Join(command, " "), i.Name(), err)
	}
	return out, nil
}

func (i *insides) exec(ctx context.Context, command []string) (topology.Output, error) {
	r, err := program.Run(ctx, i.system.cli, i.planned.container, command)
	return topology.Output(r), err
}

// Flush makes a node with a queue try all of it now.
func (i *insides) Flush(ctx context.Context) error {
	kind, known := queueKinds[i.planned.Queue]
	if !known || kind.flush == nil {
		return fmt.Errorf("flush the queue of %s: queue kind %q: %w", i.Name(), i.planned.Queue, errors.ErrUnsupported)
	}
	out, err := i.Exec(ctx, kind.flush)
	if err == nil && out.Code != 0 {
		err = fmt.Errorf("flush the queue of %s: exit code %d: %s", i.Name(), out.Code, bytes.TrimSpace(out.Stderr))
	}
	return err
}

// Logs gives what the server wrote so far, in all its lives.
func (i *insides) Logs(ctx context.Context) (io.ReadCloser, error) {
	text, err := i.logs(ctx, "all")
	if err != nil {
		return nil, fmt.Errorf("read the log of %s: %w", i.Name(), err)
	}
	return io.NopCloser(bytes.NewReader(text)), nil
}

func (i *insides) logs(ctx context.Context, lines string) ([]byte, error) {
	stream, err := i.system.cli.ContainerLogs(ctx, i.planned.container, container.LogsOptions{
		ShowStdout: true, ShowStderr: true, Tail: lines,
	})
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	var text bytes.Buffer
	_, err = stdcopy.StdCopy(&text, &text, stream)
	return text.Bytes(), err
}

// ended tells whether a server that is being waited for has ended.
func (s *System) ended(ctx context.Context, p planned) error {
	state, err := s.keeper.Node(p.Name).State(ctx)
	if err != nil || state.Running || p.Supervised {
		return nil
	}
	return fmt.Errorf("the server ended with exit code %d", state.ExitCode)
}

// lastWords are the last lines of a node's log, for an error.
func (s *System) lastWords(ctx context.Context, p planned) string {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), pingLimit)
	defer cancel()
	text, err := (&insides{system: s, planned: p}).logs(ctx, "10")
	if err != nil || len(text) == 0 {
		return "(none)"
	}
	return strings.ReplaceAll(strings.TrimSpace(string(text)), "\n", " | ")
}
