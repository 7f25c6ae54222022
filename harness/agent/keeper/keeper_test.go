package keeper

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/docker/api/types/system"
	"github.com/docker/docker/api/types/volume"
	"golang.org/x/sys/unix"

	"maildrill/faults"
	"maildrill/harness/agent/mux"
	"maildrill/harness/agent/netrules"
	"maildrill/harness/topology"
)

// world is an engine and a kernel that write down what was done to them.
type world struct {
	mu      sync.Mutex
	did     []string
	running map[string]bool // by container
	made    string          // which making of all containers this is
	paused  map[string]bool
	failing string // this deed fails
	lacks   error  // what it fails with; nil: no known reason
	minions []faults.Process
	busy    int                      // how often the first of them is seen before it obeys
	obeys   string                   // its state then
	asked   int                      // inspections
	started string                   // of every process
	shut    bool                     // of the only disk
	mortal  bool                     // what is killed is dead
	pid     int                      // of every process; zero: made up
	files   map[string]containerFile // by container and path
	images  map[string]string        // by container; nil: there is every container
	volumes int                      // without a name, one for each container that was made
	refuses int                      // exit code of every program
	stuck   chan struct{}            // nothing is unpaused until it is closed; nil: at once
	halfway bool                     // a pause finds a program that is being started
	deaf    bool                     // about every container, until it is thawed
	stale   int                      // how often it tells the contrary of a pause
	slow    int                      // how often a group is told to freeze until it does
}

func (w *world) do(words ...string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	deed := strings.Join(words, " ")
	w.did = append(w.did, deed)
	if deed == w.failing {
		return cmp.Or(w.lacks, errors.New("failed as planned"))
	}
	return nil
}

func (w *world) deeds() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.did)
}

func (w *world) ContainerInspect(ctx context.Context, id string) (container.InspectResponse, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.deaf {
		<-ctx.Done()
		return container.InspectResponse{}, ctx.Err()
	}
	w.asked++
	image, there := w.images[id]
	if w.images != nil && !there {
		return container.InspectResponse{}, errdefs.ErrNotFound
	}
	s := &container.State{Running: w.running[id], Paused: w.paused[id] != (w.asked <= w.stale), StartedAt: "then"}
	if s.Running {
		s.Pid = cmp.Or(w.pid, 100+len(id))
	}
	return container.InspectResponse{ContainerJSONBase: &container.ContainerJSONBase{ID: w.made + id, State: s}, Config: &container.Config{Image: image}}, nil
}

func (w *world) ContainerStart(_ context.Context, id string, _ container.StartOptions) error {
	w.mu.Lock()
	if w.images != nil {
		w.running[id] = true
	}
	w.mu.Unlock()
	return w.do("start", id)
}
func (w *world) ContainerStop(_ context.Context, id string, _ container.StopOptions) error {
	w.mu.Lock()
	w.running[id] = w.running[id] && w.images == nil
	w.mu.Unlock()
	return w.do("stop", id)
}
func (w *world) ContainerKill(_ context.Context, id, signal string) error {
	w.mu.Lock()
	w.running[id] = w.running[id] && !w.mortal
	w.mu.Unlock()
	return w.do("kill", id, signal)
}
func (w *world) ContainerPause(_ context.Context, id string) error {
	w.deaf = w.halfway
	return w.do("pause", id)
}
func (w *world) Freeze(_ int, frozen bool) error {
	w.deaf = w.deaf && frozen
	return w.do("freeze", fmt.Sprint(frozen))
}
func (w *world) Frozen(int) (bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stale == 0 && w.slow == 0 {
		return false, errors.ErrUnsupported
	}
	w.slow--
	return w.paused["mx1"] || w.slow == 0, nil
}
func (w *world) ContainerUnpause(_ context.Context, id string) error {
	if w.stuck != nil {
		<-w.stuck
	}
	return w.do("unpause", id)
}
func (w *world) ContainerRename(_ context.Context, id, name string) error {
	w.mu.Lock()
	if image, there := w.images[id]; there {
		w.images[name], w.running[name] = image, w.running[id]
		delete(w.images, id)
		delete(w.running, id)
	}
	w.mu.Unlock()
	return w.do("rename", id, name)
}
func (w *world) Info(context.Context) (system.Info, error) { return system.Info{ID: "engine"}, nil }

func (w *world) ContainerList(context.Context, container.ListOptions) ([]container.Summary, error) {
	return nil, w.do("list")
}
func (w *world) NetworkList(context.Context, network.ListOptions) ([]network.Summary, error) {
	return nil, nil
}
func (w *world) VolumeList(context.Context, volume.ListOptions) (volume.ListResponse, error) {
	return volume.ListResponse{}, nil
}
func (w *world) ContainerRemove(_ context.Context, id string, o container.RemoveOptions) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.volumes -= map[bool]int{true: 1}[o.RemoveVolumes && w.images[id] != ""]
	delete(w.images, id)
	delete(w.running, id)
	return nil
}
func (w *world) NetworkRemove(context.Context, string) error      { return nil }
func (w *world) VolumeRemove(context.Context, string, bool) error { return nil }

func (w *world) Cut(int, time.Duration) error          { return w.do("cut") }
func (w *world) Mend(int) error                        { return w.do("mend") }
func (w *world) Dropped(int) (uint64, bool, error)     { return 7, true, nil }
func (w *world) Try(_ context.Context, m string) error { return w.do("try", m) }
func (w *world) Seal(int) error                        { return w.do("seal") }
func (w *world) Filter(int, string, faults.PacketSpec, time.Duration) error {
	return w.do("filter")
}
func (w *world) Treat(int, string, faults.PacketSpec, time.Duration, uint16) (Treatment, error) {
	return nil, w.do("treat")
}
func (w *world) Unplug(int) (Unplugged, error) { return nil, w.do("unplug") }
func (w *world) Meter(context.Context, int, int, faults.Train) (faults.Journey, error) {
	return faults.Journey{}, w.do("meter")
}
func (w *world) Unfilter(int, string) error               { return w.do("unfilter") }
func (w *world) Filters(int) ([]netrules.Filtered, error) { return nil, w.do("filters") }
func (w *world) Snapshot(int) (faults.Snapshot, error) {
	return faults.Snapshot{"link": {Text: "lo"}}, nil
}
func (w *world) Holds(int) (faults.Snapshot, error) {
	return faults.Snapshot{"mount": {Text: "/"}}, w.do("holds")
}
func (w *world) Visit(context.Context, int, faults.Visit) (faults.Sight, error) {
	return faults.Sight{}, w.do("visit")
}
func (w *world) Resolve(_ int, conf string) error { return w.do("resolve", conf) }
func (w *world) Kill(int) error                   { return w.do("sigkill") }
func (w *world) Signal(p faults.Process, s string) error {
	if p.State == "gone" {
		return os.ErrProcessDone
	}
	return w.do("signal", p.Command, s)
}
func (w *world) Attach(image, label string) (string, io.Closer, error) {
	return "/dev/loop7", io.NopCloser(nil), w.do("attach", image, label)
}
func (w *world) Shut(_ int, path, device string) error { return w.do("shut", path, device) }
func (w *world) IsShut(int, string, string) (bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.shut, nil
}
func (w *world) Look(string) (bool, bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.running["c-disk"], true, nil
}
func (w *world) Beside(int, string) ([]faults.Process, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	found := slices.Clone(w.minions)
	if w.busy--; w.busy == 0 {
		w.minions[0].State = w.obeys
	}
	return found, nil
}

// kept starts a keeper over a world, and gives its client and its end.
func kept(t *testing.T, w *world) (*Client, <-chan error) {
	t.Helper()
	here, there := net.Pipe()
	near, err := mux.Dial(here)
	if err != nil {
		t.Fatal(err)
	}
	far, err := mux.Accept(there)
	if err != nil {
		t.Fatal(err)
	}
	k, done := keeperOf(w), make(chan error, 1)
	go func() { done <- k.Run(context.Background(), far) }()
	t.Cleanup(func() { _ = near.Close() })
	return NewClient(near), done
}

func keeperOf(w *world) *Keeper {
	return New(Config{
		Run: "r", Self: "k", Lease: time.Second,
		Nodes: map[string]Node{"mx1": {Container: "mx1", Holder: "mx1.net"}, "mx2": {Container: "mx2"},
			"disk": {Container: "c-disk", Disks: map[string]string{"mail": "/srv/mail"}}},
	}, w, w, slog.New(slog.DiscardHandler))
}

func up() *world {
	return &world{running: map[string]bool{"mx1": true, "mx1.net": true, "mx2": true}, paused: map[string]bool{}}
}

func over(t *testing.T, done <-chan error) error {
	t.Helper()
	select {
	case err := <-done:
		return err
	case <-time.After(10 * time.Second):
		t.Fatal("the keeper did not end")
		return nil
	}
}

func TestEndOfMaildrillRevertsTheNewestFirst(t *testing.T) {
	w := up()
	w.paused["mx2"] = true
	w.running["mx1"] = false
	c, done := kept(t, w)
	for _, h := range []struct {
		id    string
		steps []topology.Undo
	}{
		{"crash", []topology.Undo{{Node: "mx1", Verb: "rejoin"}, {Node: "mx1", Verb: "start"}}},
		{"done", []topology.Undo{{Node: "mx2", Verb: "start"}}},
		{"freeze", []topology.Undo{{Node: "mx2", Verb: "resume"}}},
	} {
		if err := c.Hold(t.Context(), h.id, h.steps); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Release(t.Context(), "done"); err != nil {
		t.Fatal(err)
	}
	_ = c.Close()
	if err := over(t, done); err != nil {
		t.Errorf("keeper = %v", err)
	}
	want := []string{"rename k k-leaving", "unpause mx2", "mend", "start mx1", "list", "list"}
	if got := w.deeds(); !slices.Equal(got, want) {
		t.Errorf("deeds = %q, want %q", got, want)
	}
}

func TestAFailedInverseDoesNotStopTheOthers(t *testing.T) {
	w := up()
	w.running["mx1"], w.failing = false, "mend"
	c, done := kept(t, w)
	steps := []topology.Undo{{Node: "mx1", Verb: "rejoin"}, {Node: "mx1", Verb: "start"}}
	if err := c.Hold(t.Context(), "crash", steps); err != nil {
		t.Fatal(err)
	}
	_ = c.Close()
	_ = over(t, done)
	if got := w.deeds(); !slices.Contains(got, "start mx1") || !slices.Contains(got, "list") {
		t.Errorf("deeds = %q, want the start and the removal all the same", got)
	}
}

// An inverse that never ends, whatever is asked of it, does not keep the run
// from being removed. Without a session: yamux shares its timers between
// sessions, which a bubble forbids.
func TestAStuckInverseDoesNotKeepTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := up()
		w.paused["mx2"], w.stuck = true, make(chan struct{})
		defer close(w.stuck)
		k := keeperOf(w)
		k.held.hold("freeze", []topology.Undo{{Node: "mx2", Verb: "resume"}})
		begun := time.Now()
		if err := k.end(t.Context()); err != nil || !slices.Contains(w.deeds(), "list") {
			t.Errorf("keeper = %v, deeds = %q", err, w.deeds())
		}
		if took := time.Since(begun); took > time.Minute {
			t.Errorf("the keeper waited %v for one inverse", took)
		}
	})
}

// An order that is being carried out when maildrill dies, and does not listen, does
// not keep the run either.
func TestAStuckOrderDoesNotKeepTheRun(t *testing.T) {
	w := up()
	w.paused["mx2"], w.stuck = true, make(chan struct{})
	defer close(w.stuck)
	c, done := kept(t, w)
	if err := c.Hold(t.Context(), "crash", []topology.Undo{{Node: "mx1", Verb: "rejoin"}}); err != nil {
		t.Fatal(err)
	}
	asked, gone := w.asked, make(chan struct{})
	go func() {
		defer close(gone)
		_ = c.Node("mx2").Resume(context.Background())
	}()
	for w.inspected() == asked {
		time.Sleep(time.Millisecond)
	}
	_ = c.Close()
	<-gone
	if err := over(t, done); err != nil {
		t.Errorf("keeper = %v", err)
	}
	if got := w.deeds(); !slices.Contains(got, "mend") || !slices.Contains(got, "list") {
		t.Errorf("deeds = %q, want the inverse and the removal all the same", got)
	}
}

// inspected is how often containers were looked at.
func (w *world) inspected() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.asked
}

// An order that waits for what never comes ends.
func TestOrdersEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := up()
		w.running["c-disk"], w.shut = true, true // and nothing ends it
		k := keeperOf(w)
		k.disks.devices = map[string]string{Image("r", "disk", "mail"): "/dev/loop7"}
		begun := time.Now()
		if _, err := k.do(t.Context(), mux.Question{Verb: verbStart, Body: []byte(`{"node": "disk"}`)}); err == nil {
			t.Error("a node that cannot be ended was started anew")
		}
		if took := time.Since(begun); took > 2*time.Minute {
			t.Errorf("the order was given up after %v", took)
		}
	})
}

// A pause that makes the engine deaf is made so that it answers.
func TestAPauseDoesNotMakeTheEngineDeaf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := up()
		w.halfway = true
		mx1, err := keeperOf(w).node("mx1")
		if err != nil {
			t.Fatal(err)
		}
		if err := mx1.freeze(t.Context(), true); err != nil {
			t.Errorf("freeze = %v", err)
		}
		want := []string{"pause mx1", "freeze false", "freeze true"}
		if got := w.deeds(); !slices.Equal(got, want) {
			t.Errorf("deeds = %q, want %q", got, want)
		}
	})
}

func TestAGroupIsToldToFreezeUntilItStandsStill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := up()
		w.slow = 3
		mx1, err := keeperOf(w).node("mx1")
		if err != nil {
			t.Fatal(err)
		}
		if err := mx1.still(t.Context(), 103); err != nil {
			t.Errorf("still = %v", err)
		}
		if got := w.deeds(); len(got) != 3 {
			t.Errorf("deeds = %q, want three", got)
		}
	})
}

// The engine believes for a moment in the pause before: that is no pause.
func TestAPauseIsMadeWhateverTheEngineStillBelieves(t *testing.T) {
	for _, paused := range []bool{false, true} {
		w := up()
		w.stale, w.paused["mx1"] = 3, paused
		mx1, err := keeperOf(w).node("mx1")
		if err != nil {
			t.Fatal(err)
		}
		if s, err := mx1.state(t.Context()); err != nil || s.Paused != paused {
			t.Errorf("state = %+v, %v; want paused: %v", s, err, paused)
		}
		if err := mx1.freeze(t.Context(), !paused); err != nil {
			t.Errorf("freeze = %v", err)
		}
		want := []string{map[bool]string{true: "unpause mx1", false: "pause mx1"}[paused]}
		if got := w.deeds(); !slices.Equal(got, want) {
			t.Errorf("deeds = %q, want %q", got, want)
		}
	}
}

func TestHoldRefusesWhatCouldNotBeUndone(t *testing.T) {
	c, _ := kept(t, up())
	for name, step := range map[string]topology.Undo{
		"unknown node":     {Node: "mx9", Verb: "start"},
		"unknown verb":     {Node: "mx1", Verb: "explode"},
		"forward verb":     {Node: "mx1", Verb: "kill"},
		"signal, no name":  {Node: "mx1", Verb: "signal", Args: map[string]string{"signal": "CONT"}},
		"signal, no which": {Node: "mx1", Verb: "signal", Args: map[string]string{"name": "qmgr"}},
	} {
		if err := c.Hold(t.Context(), name, []topology.Undo{step}); err == nil {
			t.Errorf("%s was held", name)
		}
	}
}

func TestOrders(t *testing.T) {
	ctx := context.Background()
	for name, tt := range map[string]struct {
		down, frozen bool
		order        func(Remote) error
		want         []string
		fails        bool
	}{
		"kill":                      {order: func(r Remote) error { return r.Kill(ctx, false) }, want: []string{"kill mx1 KILL"}},
		"kill, down":                {down: true, order: func(r Remote) error { return r.Kill(ctx, false) }},
		"kill, supervised":          {order: func(r Remote) error { return r.Kill(ctx, true) }, want: []string{"sigkill"}},
		"kill, supervised and down": {down: true, order: func(r Remote) error { return r.Kill(ctx, true) }, fails: true},
		"start, running":            {order: func(r Remote) error { return r.Start(ctx) }},
		"start":                     {down: true, order: func(r Remote) error { return r.Start(ctx) }, want: []string{"start mx1"}},
		"stop":                      {order: func(r Remote) error { return r.Stop(ctx, time.Second) }, want: []string{"stop mx1"}},
		"pause":                     {order: func(r Remote) error { return r.Pause(ctx) }, want: []string{"pause mx1"}},
		"pause, paused":             {frozen: true, order: func(r Remote) error { return r.Pause(ctx) }},
		"resume":                    {frozen: true, order: func(r Remote) error { return r.Resume(ctx) }, want: []string{"unpause mx1"}},
		"resume, not paused":        {order: func(r Remote) error { return r.Resume(ctx) }},
		"isolate":                   {order: func(r Remote) error { return r.Isolate(ctx, time.Minute) }, want: []string{"cut"}},
		"isolate for ever":          {order: func(r Remote) error { return r.Isolate(ctx, 0) }, fails: true},
		"rejoin":                    {order: func(r Remote) error { return r.Rejoin(ctx) }, want: []string{"mend"}},
		"furnish":                   {order: func(r Remote) error { return r.Furnish(ctx, "conf") }, want: []string{"seal", "resolve conf"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := up()
			w.running["mx1"], w.paused["mx1"] = !tt.down, tt.frozen
			c, _ := kept(t, w)
			if err := tt.order(c.Node("mx1")); (err != nil) != tt.fails {
				t.Errorf("order = %v, want failure: %v", err, tt.fails)
			}
			if got := w.deeds(); !slices.Equal(got, tt.want) {
				t.Errorf("deeds = %q, want %q", got, tt.want)
			}
		})
	}
}

// What the kernel of this host lacks is told from what went wrong, across the
// session too.
func TestWhatTheHostCannotDoIsToldApart(t *testing.T) {
	for _, c := range []struct {
		lacks error
		want  bool
	}{{unix.EOPNOTSUPP, true}, {fmt.Errorf("no netem: %w", errors.ErrUnsupported), true}, {unix.EBUSY, false}} {
		w := up()
		w.failing, w.lacks = "cut", c.lacks
		client, _ := kept(t, w)
		err := client.Node("mx1").Isolate(t.Context(), time.Minute)
		if err == nil || errors.Is(err, errors.ErrUnsupported) != c.want || !strings.Contains(err.Error(), c.lacks.Error()) {
			t.Errorf("%v arrives as %v, lacking %v; want %v", c.lacks, err, !c.want, c.want)
		}
	}
}

func TestANodeWithoutHolderLosesItsNetworkWithItsLife(t *testing.T) {
	w := up()
	w.running["mx2"] = false
	c, _ := kept(t, w)
	mx2 := c.Node("mx2")
	if err := mx2.Isolate(t.Context(), time.Minute); err == nil {
		t.Error("a network that is gone was cut")
	}
	if err := mx2.Rejoin(t.Context()); err != nil {
		t.Errorf("rejoin = %v", err)
	}
	if n, on, err := mx2.Dropped(t.Context()); n != 0 || on || err != nil {
		t.Errorf("dropped = %d, %v, %v", n, on, err)
	}
}

func TestStateAndSignals(t *testing.T) {
	w := up()
	w.minions = []faults.Process{{PID: 5, Command: "qmgr"}, {PID: 6, Command: "qmgr", State: "gone"}}
	c, _ := kept(t, w)
	mx1 := c.Node("mx1")
	if s, err := mx1.State(t.Context()); err != nil || s != (faults.State{Running: true, Identity: "103@then"}) {
		t.Errorf("state = %+v, %v", s, err)
	}
	if n, err := mx1.Signal(t.Context(), "qmgr", "STOP"); n != 1 || err != nil {
		t.Errorf("signal = %d, %v; want the one that is still there", n, err)
	}
	w.running["mx1"] = false
	if found, err := mx1.Processes(t.Context(), "qmgr"); len(found) != 0 || err != nil {
		t.Errorf("processes of a dead node = %+v, %v", found, err)
	}
	if _, err := c.Node("mx9").State(t.Context()); err == nil {
		t.Error("an unknown node has a state")
	}
}

// A process that waits for its disk takes the signal when the disk has answered.
func TestASignalIsOverWhenItIsObeyed(t *testing.T) {
	for signal, state := range map[string]string{"STOP": "T", "KILL": "Z"} {
		w := up()
		w.minions = []faults.Process{{PID: 5, Command: "qmgr", State: "D"}}
		w.busy, w.obeys = 4, state
		c, _ := kept(t, w)
		mx1 := c.Node("mx1")
		if n, err := mx1.Signal(t.Context(), "qmgr", signal); n != 1 || err != nil {
			t.Errorf("%s = %d, %v", signal, n, err)
		}
		if found, err := mx1.Processes(t.Context(), "qmgr"); err != nil || found[0].State != state {
			t.Errorf("right behind a %s: %+v, %v", signal, found, err)
		}
	}
}

func TestParseStat(t *testing.T) {
	const tail = " S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20"
	for stat, want := range map[string]string{
		"12 (qmgr)" + tail:    "qmgr",
		"12 (a (b) c)" + tail: "a (b) c",
		"12 (qmgr) S 1 2":     "",
		"nonsense":            "",
		"12 )(" + tail:        "",
	} {
		p, ok := parseStat(12, stat)
		if ok != (want != "") || p.Command != want || ok && (p.State != "S" || p.Started != "4711") {
			t.Errorf("parseStat(%q) = %+v, %v; want %q", stat, p, ok, want)
		}
	}
}

func TestTableNamesAreFitForTheKernel(t *testing.T) {
	if got := Table("Run-1.b"); got != "maildrill_run_1_b" {
		t.Errorf("table = %q", got)
	}
}
