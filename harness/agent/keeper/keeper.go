package keeper

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"maildrill/faults"
	"maildrill/harness/agent/mux"
	"maildrill/harness/agent/sweep"
	"maildrill/harness/topology"
)

// settle is the time in which an engine may still finish what maildrill had
// asked for when it died.
const settle = time.Second

// leastLimit bounds reverting and removing where the lease is shorter.
const leastLimit = 30 * time.Second

// Keeper holds one run.
type Keeper struct {
	config Config
	engine Engine
	kernel Kernel
	log    *slog.Logger
	held   held
	known  known
	names  sync.Map // node -> the resolv.conf(5) it was given
	disks  disks
	means  map[faults.Mechanism]mechanism
}

// New makes the keeper of a run.
func New(c Config, engine Engine, kernel Kernel, log *slog.Logger) *Keeper {
	return &Keeper{config: c, engine: engine, kernel: kernel, log: log, means: mechanisms()}
}

// Run serves maildrill until it is gone, for whatever reason, then reverts
// what it holds and removes the run. Its error says what may be left.
func (k *Keeper) Run(ctx context.Context, session *mux.Session) error {
	served := make(chan error, 1)
	go func() { served <- session.Serve(ctx, k.answer) }()
	k.log.Info("maildrill is gone", "because", lastOf(session, served))
	return k.end(context.WithoutCancel(ctx))
}

// lastOf waits for the end of the session, and for the orders that were being
// carried out then. One that does not listen (it copies a disk) must not keep
// what is held.
func lastOf(session *mux.Session, served <-chan error) error {
	select {
	case err := <-served:
		return err
	case <-session.Done():
	}
	timer := time.NewTimer(settle)
	defer timer.Stop()
	select {
	case err := <-served:
		return err
	case <-timer.C:
		return errors.New("it ended, and an order of it still goes on")
	}
}

// end reverts what is held, and removes the run.
func (k *Keeper) end(ctx context.Context) error {
	limit := max(k.config.Lease, leastLimit)
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if err := k.engine.ContainerRename(ctx, k.config.Self, k.config.Self+Leaving); err != nil {
		k.log.Info("could not mark this keeper as leaving", "error", err)
	}
	k.revertWithin(ctx, limit/2)
	return k.clear(ctx)
}

// revertWithin leaves the rest of the time to the removal, which ends most
// faults too: an inverse that hangs must not keep the run.
func (k *Keeper) revertWithin(ctx context.Context, limit time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	over := make(chan struct{})
	go func() {
		defer close(over)
		k.revert(ctx)
	}()
	select {
	case <-over:
	case <-ctx.Done():
		k.log.Error("revert", "error", "not over in time: the run is removed all the same")
	}
}

// revert carries out the inverses still held, the newest first.
func (k *Keeper) revert(ctx context.Context) {
	for _, s := range k.held.newestFirst() {
		if ctx.Err() != nil {
			return
		}
		if err := k.undo(ctx, s); err != nil {
			k.log.Error("revert", "verb", s.Verb, "node", s.Node, "error", err)
			continue
		}
		k.log.Info("reverted", "verb", s.Verb, "node", s.Node)
	}
}

// clear removes the run twice: the second time finds what the engine was still
// making during the first.
func (k *Keeper) clear(ctx context.Context) error {
	self := []string{k.config.Self, k.config.Self + Leaving}
	if err := sweep.Remove(ctx, k.engine, k.config.Run, self...); err != nil {
		return err
	}
	timer := time.NewTimer(settle)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
	return sweep.Remove(ctx, k.engine, k.config.Run, self...)
}

// answer is one question of maildrill's.
func (k *Keeper) answer(ctx context.Context, q mux.Question) {
	body, err := k.do(ctx, q)
	if err != nil {
		k.log.Error(q.Verb, "order", string(q.Body), "error", err)
	}
	if err := q.Answer(body, coded(err)); err != nil {
		k.log.Info("answer", "verb", q.Verb, "error", err)
	}
}

func (k *Keeper) do(ctx context.Context, q mux.Question) (any, error) {
	switch q.Verb {
	case verbHello:
		return k.hello(ctx)
	case verbUsage:
		return k.usage(ctx)
	case verbHold, verbRelease:
		var h holdOrder
		if err := q.Decode(&h); err != nil {
			return nil, err
		}
		return nil, k.hold(q.Verb, h)
	case verbTry:
		var t tryOrder
		if err := q.Decode(&t); err != nil {
			return nil, err
		}
		return k.try(ctx, t), nil
	}
	var o order
	if err := json.Unmarshal(q.Body, &o); err != nil {
		return nil, err
	}
	n, err := k.node(o.Node)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, o.limit())
	defer cancel()
	return n.obey(ctx, q.Verb, o)
}

func (k *Keeper) hello(ctx context.Context) (Hello, error) {
	info, err := k.engine.Info(ctx)
	if err != nil {
		return Hello{}, fmt.Errorf("the keeper cannot speak to the engine: %w", err)
	}
	self, err := k.engine.ContainerInspect(ctx, k.config.Self)
	if err != nil || self.ContainerJSONBase == nil || self.State == nil {
		return Hello{}, fmt.Errorf("the keeper does not find itself on the engine: %w", err)
	}
	return Hello{Engine: info.ServerVersion, EngineID: info.ID, HostPID: self.State.Pid == os.Getpid()}, nil
}

func (k *Keeper) hold(verb string, h holdOrder) error {
	if verb == verbRelease {
		k.held.release(h.ID)
		return nil
	}
	for _, s := range h.Steps {
		if _, err := k.node(s.Node); err != nil {
			return err
		}
		if _, err := inverse(s); err != nil {
			return err
		}
	}
	k.held.hold(h.ID, h.Steps)
	return nil
}

// undo carries out one inverse.
func (k *Keeper) undo(ctx context.Context, s topology.Undo) error {
	o, err := inverse(s)
	if err != nil {
		return err
	}
	n, err := k.node(s.Node)
	if err != nil {
		return err
	}
	_, err = n.obey(ctx, s.Verb, o)
	return err
}

func (k *Keeper) node(name string) (node, error) {
	n, ok := k.config.Nodes[name]
	if !ok {
		return node{}, fmt.Errorf("unknown node %q", name)
	}
	return node{Node: n, name: name, names: &k.names, disks: &k.disks, means: k.means, run: k.config.Run, engine: k.engine, kernel: k.kernel, peer: k.node}, nil
}
