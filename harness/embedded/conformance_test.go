package embedded_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/harness/embedded"
	"maildrill/harness/topology"
	"maildrill/harness/topology/runtimetest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	runtimetest.Run(t, embedded.New(embedded.Config{Dir: t.TempDir()}), runtimetest.Lacks(faults.CanSignal, faults.CanCutPower))
}

// defectVariable names the defect for the child of TestConformanceFinds.
const defectVariable = "MAILDRILL_TEST_DEFECT"

// TestConformanceFinds: each defect of a runtime fails the case that is there
// to find it. The suite speaks through testing.T, so it fails in a child.
func TestConformanceFinds(t *testing.T) {
	t.Parallel()
	program, err := os.Executable()
	check(t, err)
	for defect, where := range map[string]string{
		"start ignores its context":  "cancelled_start",
		"start leaves something":     "cancelled_start",
		"systems meet":               "side_by_side",
		"claims nothing":             "system/abilities",
		"unknown nodes are refused":  "system/unknown_node",
		"no description":             "system/description",
		"release twice is an error":  "system/inverses",
		"listen hears nothing":       "system/bounce",
		"the queue is always empty":  "system/stop_and_queue",
		"stop does nothing":          "system/stop_and_queue",
		"kill does nothing":          "system/kill_keeps_queue_and_store",
		"pause does nothing":         "system/freeze",
		"isolate does nothing":       "system/isolate",
		"dropped counts nothing":     "system/isolate",
		"isolation never ends":       "system/isolate_ends_by_itself",
		"a dropped dial is refused":  "system/crash_is_silent",
		"a refused dial is a puzzle": "system/stop_and_queue",
	} {
		t.Run(defect, func(t *testing.T) {
			t.Parallel()
			run := "^TestBroken$"
			for part := range strings.SplitSeq(where, "/") {
				run += "/^" + part + "$"
			}
			c := exec.CommandContext(t.Context(), program, "-test.run="+run)
			c.Env = append(os.Environ(), defectVariable+"="+defect)
			out, err := c.CombinedOutput()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || !strings.Contains(string(out), "--- FAIL: TestBroken/"+where) {
				t.Errorf("not found: %v\n%s", err, out)
			}
		})
	}
}

// TestBroken runs the suite on a broken runtime, in a child only.
func TestBroken(t *testing.T) {
	defect := os.Getenv(defectVariable)
	if defect == "" {
		return
	}
	rt := &brokenRuntime{Runtime: embedded.New(embedded.Config{Dir: t.TempDir()}), broken: broken(defect)}
	lacks := runtimetest.Lacks(faults.CanSignal, faults.CanCutPower)
	if rt.is("claims nothing") {
		lacks = runtimetest.Lacks()
	}
	runtimetest.Run(t, rt, lacks, runtimetest.Within(2*time.Second))
}

// broken is the name of one defect.
type broken string

func (b broken) is(defect string) bool { return string(b) == defect }

type brokenRuntime struct {
	topology.Runtime
	broken
	first topology.System
}

func (b *brokenRuntime) Start(ctx context.Context, t topology.Topology, o topology.Options) (topology.System, error) {
	if b.is("start ignores its context") {
		ctx = context.WithoutCancel(ctx)
	}
	if b.is("systems meet") && b.first != nil {
		return b.first, nil
	}
	if b.is("start leaves something") && ctx.Err() != nil {
		s, err := b.Runtime.Start(context.WithoutCancel(ctx), t, o)
		return nil, errors.Join(ctx.Err(), err, s.(topology.Undoer).Hold(ctx, "left", nil))
	}
	s, err := b.Runtime.Start(ctx, t, o)
	if err != nil {
		return nil, err
	}
	b.first = brokenSystem{s.(capable), b.broken}
	return b.first, nil
}

// capable is all that a system here can do.
type capable interface {
	topology.System
	topology.Undoer
	topology.Reporter
}

type brokenSystem struct {
	capable
	broken
}

func (b brokenSystem) Dial(ctx context.Context, node string, service topology.Service) (net.Conn, error) {
	conn, err := b.capable.Dial(ctx, node, service)
	switch {
	case b.is("unknown nodes are refused") && errors.Is(err, topology.ErrUnreachable),
		b.is("a dropped dial is refused") && errors.Is(err, topology.ErrTimeout):
		return nil, topology.ErrRefused
	case b.is("a refused dial is a puzzle") && err != nil:
		return nil, fmt.Errorf("dial: %v", err)
	}
	return conn, err
}

func (b brokenSystem) Listen(ctx context.Context, service topology.Service) (net.Listener, error) {
	if b.is("listen hears nothing") {
		return net.Listen("tcp", "127.0.0.1:0")
	}
	return b.capable.Listen(ctx, service)
}

func (b brokenSystem) Release(ctx context.Context, id string) error {
	if b.is("release twice is an error") {
		return errors.New("unknown")
	}
	return b.capable.Release(ctx, id)
}

func (b brokenSystem) Environment() map[string]string {
	if b.is("no description") {
		return nil
	}
	return b.capable.Environment()
}

func (b brokenSystem) Instance(name string) (topology.Instance, bool) {
	i, ok := b.capable.Instance(name)
	if n, isServer := i.(server); ok && isServer {
		return brokenNode{n, b.broken}, true
	}
	return i, ok
}

// server is all that a node here can do.
type server interface {
	topology.Instance
	topology.Queuer
	topology.Flusher
	topology.Logger
	faults.Stater
	faults.Killer
	faults.Starter
	faults.Stopper
	faults.Pauser
	faults.Isolator
}

type brokenNode struct {
	server
	broken
}

func (b brokenNode) Queue(ctx context.Context) ([]topology.Queued, error) {
	if b.is("the queue is always empty") {
		return nil, nil
	}
	return b.server.Queue(ctx)
}

func (b brokenNode) Stop(ctx context.Context, grace time.Duration) error {
	if b.is("stop does nothing") {
		return nil
	}
	return b.server.Stop(ctx, grace)
}

func (b brokenNode) Kill(ctx context.Context, supervised bool) error {
	if b.is("kill does nothing") {
		return nil
	}
	return b.server.Kill(ctx, supervised)
}

func (b brokenNode) Pause(ctx context.Context) error {
	if b.is("pause does nothing") {
		return nil
	}
	return b.server.Pause(ctx)
}

func (b brokenNode) Isolate(ctx context.Context, ttl time.Duration) error {
	switch {
	case b.is("isolate does nothing"):
		return nil
	case b.is("isolation never ends"):
		ttl = time.Hour
	}
	return b.server.Isolate(ctx, ttl)
}

func (b brokenNode) Dropped(ctx context.Context) (uint64, bool, error) {
	packets, on, err := b.server.Dropped(ctx)
	if b.is("dropped counts nothing") {
		packets = 0
	}
	return packets, on, err
}
