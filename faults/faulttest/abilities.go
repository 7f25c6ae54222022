package faulttest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"maildrill/faults"
)

var (
	_ faults.Stater      = (*Node)(nil)
	_ faults.Killer      = (*Node)(nil)
	_ faults.Starter     = (*Node)(nil)
	_ faults.Stopper     = (*Node)(nil)
	_ faults.Pauser      = (*Node)(nil)
	_ faults.Isolator    = (*Node)(nil)
	_ faults.Signaller   = (*Node)(nil)
	_ faults.PowerCutter = (*Node)(nil)
)

// coldStart is how many attempts a server refuses before it listens.
const coldStart = 2

// State tells the truth, or what the planted lie wants it to tell.
func (n *Node) State(ctx context.Context) (faults.State, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return faults.State{}, err
	}
	if n.willRestart {
		n.boot()
		n.refusals = coldStart
	}
	return faults.State{
		Running:  n.running && !n.claimsDown,
		Paused:   n.paused && !n.claimsThawed || n.claimsPaused,
		ExitCode: n.exit, Identity: fmt.Sprint("start ", n.starts),
	}, nil
}

// Kill ends the node at once.
func (n *Node) Kill(ctx context.Context, supervised bool) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.did(ctx, "kill"); err != nil {
		return err
	}
	switch {
	case n.lie(KillSpares):
		return nil
	case n.lie(KillPretends):
		n.claimsDown = true
		return nil
	case !n.running:
		return errors.New("not running")
	}
	n.die(137)
	n.willRestart = supervised && n.supervised
	return nil
}

// Start starts a node that is down.
func (n *Node) Start(ctx context.Context) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.did(ctx, "start"); err != nil {
		return err
	}
	if n.lie(StartFails) || n.running && !n.claimsDown {
		return nil
	}
	n.boot()
	n.refusals = coldStart
	return nil
}

// Stop ends the node in order.
func (n *Node) Stop(ctx context.Context, grace time.Duration) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.did(ctx, "stop "+grace.String()); err != nil {
		return err
	}
	switch {
	case n.lie(StopSpares):
		return nil
	case n.lie(StopPretends):
		n.claimsDown = true
		return nil
	}
	n.die(0)
	return nil
}

// Pause freezes the node.
func (n *Node) Pause(ctx context.Context) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.did(ctx, "pause"); err != nil {
		return err
	}
	switch {
	case n.lie(PausePretends):
		n.claimsPaused = true
	case n.paused || !n.running:
		return errors.New("paused already, or not running")
	case !n.lie(PauseSpares):
		n.paused = true
	}
	return nil
}

// Resume thaws the node. One that is not paused refuses, as engines do.
func (n *Node) Resume(ctx context.Context) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.did(ctx, "resume"); err != nil {
		return err
	}
	if !n.paused && !n.claimsPaused {
		return errors.New("not paused")
	}
	n.claimsThawed = n.lie(ResumeHides)
	if !n.lie(ResumeFails) && !n.lie(ResumeHides) {
		n.paused, n.claimsPaused = false, false
	}
	return nil
}

// Isolate drops all traffic.
func (n *Node) Isolate(ctx context.Context, ttl time.Duration) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.did(ctx, "isolate"); err != nil {
		return err
	}
	n.ttl = ttl
	n.claimsOpen = false
	n.claimsDropping = n.lie(DropPretends)
	n.isolated = !n.lie(DropSpares) && !n.lie(DropPretends)
	return nil
}

// Rejoin takes the drop away.
func (n *Node) Rejoin(ctx context.Context) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.did(ctx, "rejoin"); err != nil {
		return err
	}
	n.claimsOpen = n.lie(RejoinHides)
	if !n.lie(RejoinFails) && !n.lie(RejoinHides) {
		n.isolated, n.claimsDropping = false, false
	}
	return nil
}

// Dropped counts the packets that met the drop.
func (n *Node) Dropped(ctx context.Context) (uint64, bool, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.packets, (n.isolated || n.claimsDropping) && !n.claimsOpen, ctx.Err()
}

// Processes lists those with the name. A node that is down has no process
// table at all. What died under a supervisor is seen dead once, then replaced.
func (n *Node) Processes(ctx context.Context, name string) ([]faults.Process, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case !n.running:
		return nil, errors.New("the node does not run")
	}
	var found []faults.Process
	for _, p := range n.processes {
		if p.Command == name {
			p.FreeFiles = n.freeFiles(name)
			found = append(found, p)
		}
	}
	n.respawn()
	return found, nil
}

// Signal signals those with the name.
func (n *Node) Signal(ctx context.Context, name, signal string) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.did(ctx, "signal "+name+" "+signal); err != nil {
		return 0, err
	}
	hit := 0
	for i := range n.processes {
		if n.processes[i].Command == name {
			hit++
			n.deliver(&n.processes[i], signal)
		}
	}
	n.reap()
	return hit, nil
}

func (n *Node) deliver(p *faults.Process, signal string) {
	switch {
	case n.lie(SignalSpares), signal == "CONT" && n.lie(ContFails):
	case signal == "KILL":
		p.State = "Z"
	case signal == "STOP":
		p.State = "T"
	case signal == "CONT":
		p.State = "S"
	}
}

// reap ends the node with its main process. Of others the corpse stays in
// sight; a supervisor notices it a little later.
func (n *Node) reap() {
	if len(n.processes) > 0 && n.processes[0].State == "Z" {
		n.die(137)
	}
}

// respawn is what a supervisor does about its dead: each is replaced.
func (n *Node) respawn() {
	for i, p := range n.processes {
		if n.supervised && p.State == "Z" {
			n.processes[i] = n.spawn(p.Command)
		}
	}
}
