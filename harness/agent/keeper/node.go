package keeper

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"

	"maildrill/faults"
	"maildrill/harness/pause"
)

// errDown is returned where an order needs a running process and there is none.
var errDown = errors.New("is down")

// node is one node of the run, ready to be acted on.
type node struct {
	Node
	name   string
	run    string
	names  *sync.Map
	disks  *disks
	means  map[faults.Mechanism]mechanism
	engine Engine
	kernel Kernel
	peer   func(name string) (node, error)
}

// obey carries out one order. Orders that leave a node as it already is
// succeed, so that inverses can be repeated.
func (n node) obey(ctx context.Context, verb string, o order) (any, error) {
	switch verb {
	case verbState:
		return n.state(ctx)
	case verbKill:
		return nil, n.kill(ctx, o.Supervised)
	case verbStart:
		return nil, n.start(ctx)
	case verbStop:
		return nil, n.stop(ctx, o.Grace)
	case verbPause:
		return nil, n.freeze(ctx, true)
	case verbResume:
		return nil, n.freeze(ctx, false)
	case verbFurnish:
		return nil, n.furnish(ctx, o.Resolver)
	case verbIsolate:
		return nil, n.isolate(ctx, o.TTL)
	case verbRejoin:
		return nil, n.rejoin(ctx)
	case verbDropped:
		return n.dropped(ctx)
	case verbProcesses:
		found, err := n.matching(ctx, o.Name)
		return processesReply{Processes: found}, err
	case verbSignal:
		return n.signal(ctx, o.Name, o.Signal)
	case verbAttach:
		return n.attach()
	case verbCutPower:
		return nil, n.cutPower(ctx)
	case verbDisks:
		found, err := n.look(ctx)
		return disksReply{Disks: found}, err
	case verbPut, verbTake, verbRules:
		return n.rule(ctx, verb, o.Rule)
	case verbTouch:
		return n.touch(ctx, o.Touch)
	case verbVisit:
		return n.visit(ctx, o.Visit)
	case verbMeter:
		return n.meter(ctx, o.Train)
	case verbSnapshot:
		return n.snapshot(ctx)
	}
	return nil, fmt.Errorf("unknown verb %q", verb)
}

// engineLimit is the time in which an engine tells about a container.
const engineLimit = 15 * time.Second

func (n node) inspect(ctx context.Context, id string) (container.State, error) {
	c, err := n.described(ctx, id)
	if err != nil {
		return container.State{}, err
	}
	return *c.State, nil
}

// made is which making of the node there is: a container that was made anew
// under the same name is another one.
func (n node) made(ctx context.Context) (string, error) {
	c, err := n.described(ctx, n.Container)
	if err != nil {
		return "", err
	}
	return c.ID, nil
}

func (n node) described(ctx context.Context, id string) (*container.ContainerJSONBase, error) {
	ctx, cancel := context.WithTimeout(ctx, engineLimit)
	defer cancel()
	c, err := n.engine.ContainerInspect(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("inspect %s: %w", n.name, err)
	}
	if c.ContainerJSONBase == nil || c.State == nil {
		return nil, fmt.Errorf("inspect %s: the engine gave no state", n.name)
	}
	return c.ContainerJSONBase, nil
}

func (n node) state(ctx context.Context) (faults.State, error) {
	s, err := n.inspect(ctx, n.Container)
	if err != nil {
		return faults.State{}, err
	}
	return faults.State{
		Running:  s.Running && !s.Restarting,
		Paused:   n.paused(s),
		ExitCode: s.ExitCode,
		Identity: fmt.Sprintf("%d@%s", s.Pid, s.StartedAt),
	}, nil
}

// kill ends the main process. A supervised node is killed behind the engine's
// back: `docker kill` counts as a manual stop, after which restart policies do
// not act.
func (n node) kill(ctx context.Context, supervised bool) error {
	s, err := n.inspect(ctx, n.Container)
	if err != nil {
		return err
	}
	switch {
	case supervised && s.Pid > 0:
		return n.kernel.Kill(s.Pid)
	case supervised:
		return fmt.Errorf("kill %s: %w", n.name, errDown)
	case !s.Running && !s.Restarting:
		return nil
	}
	err = n.engine.ContainerKill(ctx, n.Container, "KILL")
	if errdefs.IsConflict(err) { // it ended by itself meanwhile
		return nil
	}
	return err
}

func (n node) start(ctx context.Context) error {
	s, err := n.inspect(ctx, n.Container)
	if err == nil && s.Running && n.onDeadDisks(s.Pid) {
		s, err = n.endAndWait(ctx)
	}
	if err != nil || s.Running {
		return err
	}
	if err := n.engine.ContainerStart(ctx, n.Container, container.StartOptions{}); err != nil {
		return fmt.Errorf("start %s: %w", n.name, err)
	}
	if conf, ok := n.names.Load(n.name); ok && n.Holder == "" {
		return n.furnish(ctx, conf.(string)) // the engine wrote its own at the start
	}
	return nil
}

func (n node) stop(ctx context.Context, grace time.Duration) error {
	seconds := int((grace + time.Second - 1) / time.Second)
	if err := n.engine.ContainerStop(ctx, n.Container, container.StopOptions{Timeout: &seconds}); err != nil {
		return fmt.Errorf("stop %s: %w", n.name, err)
	}
	return nil
}

// matching lists the node's processes by command name; a node that is down has
// none.
func (n node) matching(ctx context.Context, name string) ([]faults.Process, error) {
	s, err := n.inspect(ctx, n.Container)
	if err != nil || s.Pid <= 0 {
		return nil, err
	}
	return n.kernel.Beside(s.Pid, name)
}

// signal sends to each match and tells how many took it. A stop is over when
// they stand still, a kill when they are dead.
func (n node) signal(ctx context.Context, name, signal string) (int, error) {
	found, err := n.matching(ctx, name)
	if err != nil {
		return 0, err
	}
	var took []faults.Process
	var errs []error
	for _, p := range found {
		switch err := n.kernel.Signal(p, signal); {
		case err == nil:
			took = append(took, p)
		case !errors.Is(err, os.ErrProcessDone):
			errs = append(errs, err)
		}
	}
	if states, ok := obeyed[signal]; ok {
		errs = append(errs, n.heed(ctx, name, took, states))
	}
	return len(took), errors.Join(errs...)
}

// obeyed are the states (proc(5)) of a process that has done what a signal says.
var obeyed = map[string]string{"STOP": "TZX", "KILL": "ZX"}

// heedWithin is the time in which processes do what a signal says.
const heedWithin = time.Second

// heed waits until processes have done what they were told. One that waits for
// its disk (proc(5), state D) does when the disk has answered; the proof tells of
// one that takes too long.
func (n node) heed(ctx context.Context, name string, told []faults.Process, states string) error {
	limited, cancel := context.WithTimeout(ctx, heedWithin)
	defer cancel()
	for {
		now, err := n.matching(ctx, name)
		if err != nil || !slices.ContainsFunc(now, func(p faults.Process) bool { return among(told, p) && !strings.Contains(states, p.State) }) {
			return err
		}
		if !pause.For(limited, 2*time.Millisecond) {
			return nil
		}
	}
}

// among: it is one of those that were told, and no later one with its number.
func among(told []faults.Process, p faults.Process) bool {
	return slices.ContainsFunc(told, func(q faults.Process) bool { return p.PID == q.PID && p.Started == q.Started })
}
