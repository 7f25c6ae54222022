package docker

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"time"

	"maildrill/faults"
	"maildrill/harness/agent"
	"maildrill/harness/agent/program"
	"maildrill/harness/docker/images"
	"maildrill/harness/topology"
)

var (
	_ faults.Halted     = heldNode{}
	_ topology.Operated = heldNode{}
	_ topology.Scripter = heldNode{}
	_ topology.Scripter = node{}
	_ topology.Upgrader = heldNode{}
	_ topology.Readier  = (*System)(nil)
	_ topology.Director = (*System)(nil)
)

// operators are what was done to nodes for good.
type operators struct {
	mu     sync.Mutex
	halted map[string]bool
	plans  map[string]planned // of nodes that were made of something else
}

func (o *operators) halt(node string, down bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.halted == nil {
		o.halted = map[string]bool{}
	}
	o.halted[node] = down
}

func (o *operators) isHalted(node string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.halted[node]
}

// latest is what a node is made of now.
func (o *operators) latest(p planned) planned {
	o.mu.Lock()
	defer o.mu.Unlock()
	if now, ok := o.plans[p.Name]; ok {
		return now
	}
	return p
}

func (o *operators) changed(p planned) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.plans == nil {
		o.plans = map[string]planned{}
	}
	o.plans[p.Name] = p
}

// IsHalted implements faults.Halted.
func (n heldNode) IsHalted() bool { return n.system.operators.isHalted(n.Name()) }

// Start implements faults.Starter: what operators have stopped stays down.
func (n heldNode) Start(ctx context.Context) error {
	if n.IsHalted() {
		return ctx.Err()
	}
	return n.Remote.Start(ctx)
}

// Halt implements topology.Operated.
func (n heldNode) Halt(ctx context.Context, grace time.Duration) error {
	n.system.operators.halt(n.Name(), true)
	return n.Remote.Stop(ctx, grace)
}

// Launch implements topology.Operated.
func (n heldNode) Launch(ctx context.Context) error {
	n.system.operators.halt(n.Name(), false)
	return n.Remote.Start(ctx)
}

// Ready implements topology.Readier.
func (s *System) Ready(ctx context.Context, node string) error {
	for _, p := range s.layout.nodes {
		if p.Name == node {
			return s.readyWithin(ctx, s.operators.latest(p))
		}
	}
	return fmt.Errorf("no node is called %q", node)
}

// Lead implements topology.Director, by the name server's own program.
func (s *System) Lead(ctx context.Context, from, to string) ([]string, error) {
	dns, ok := s.layout.find(agent.DNS)
	if !ok {
		return nil, errors.New("the drill has no name server of its own")
	}
	out, err := program.Run(ctx, s.cli, dns.container, []string{"/maildrill", "agent", agent.Lead, from, to})
	if err == nil && out.Code != 0 {
		err = errors.New(string(bytes.TrimSpace(out.Stderr)))
	}
	if err != nil {
		return nil, fmt.Errorf("lead the names of %s to %s: %w", from, to, err)
	}
	return strings.Fields(string(out.Stdout)), nil
}

// Upgrade implements topology.Upgrader. From the moment that the server has ended
// it is not cut short: half a node is none.
func (n heldNode) Upgrade(ctx context.Context, c topology.Change) (string, error) {
	now := n.system.operators.latest(n.planned)
	next, err := n.system.change(now, c)
	if err != nil {
		return "", fmt.Errorf("upgrade %s: %w", n.Name(), err)
	}
	if err := n.Remote.Stop(ctx, c.Grace); err != nil {
		return "", err
	}
	whole, cancel := context.WithTimeout(context.WithoutCancel(ctx), replaceLimit)
	defer cancel()
	n.system.operators.changed(next)
	n.system.operators.halt(n.Name(), false)
	if err := n.system.remake(whole, next, true); err != nil {
		return "", fmt.Errorf("upgrade %s: %w", n.Name(), err)
	}
	return changed(n.system.imageOf(now), n.system.imageOf(next), c), ctx.Err()
}

func changed(before, after string, c topology.Change) string {
	var said []string
	if before != after {
		said = append(said, fmt.Sprintf("image %s, before %s", after, before))
	}
	if n := len(c.Settings); n > 0 {
		said = append(said, fmt.Sprintf("%d settings", n))
	}
	if n := len(c.Files); n > 0 {
		said = append(said, fmt.Sprintf("%d files", n))
	}
	return strings.Join(said, "; ")
}

// change plans a node anew.
func (b *build) change(p planned, c topology.Change) (planned, error) {
	n := p.Node
	n.Settings, n.Files = over(n.Settings, c.Settings), over(n.Files, c.Files)
	if c.Image != "" {
		n.Image = b.reference(c.Image)
	}
	next, err := b.layout.plan(n, b.options.Faulted)
	next.holder = p.holder
	return next, err
}

// over lays some values over others.
func over(base, top map[string]string) map[string]string {
	both := map[string]string{}
	maps.Copy(both, base)
	maps.Copy(both, top)
	return both
}

// reference is the name by which the engine knows an image: that of a kind of
// server, or as it is.
func (b *build) reference(image string) string {
	if ref, ok := images.Ref(image); ok {
		return ref
	}
	return image
}
