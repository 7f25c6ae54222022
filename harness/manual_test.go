package harness_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/harness"
	"maildrill/harness/control"
	"maildrill/harness/embedded"
	"maildrill/harness/ledger"
	"maildrill/harness/planning"
	"maildrill/harness/topology"
	"maildrill/scenarios"
)

// standing is a topology that is up, as other terminals see it.
type standing struct {
	*control.Client
	t      *testing.T
	folder harness.Folder
	system topology.System

	mu   sync.Mutex
	said []string
	err  error // of Up, once it has ended
}

// bringUp starts two MX and a store, whose nodes wrap may spoil, and takes all
// down with the test, which must leave nothing.
func bringUp(t *testing.T, wrap func(topology.Instance) topology.Instance) (s *standing, down func() error) {
	t.Helper()
	folder, err := harness.CreateFolder(t.TempDir(), harness.NewRunID(time.Now(), "up"))
	if err != nil {
		t.Fatal(err)
	}
	doc, _, err := scenarios.FindTopology("primary-backup-mx")
	if err != nil {
		t.Fatal(err)
	}
	s = &standing{Client: control.NewClient(folder.Control()), t: t, folder: folder}
	base := embedded.New(embedded.Config{Dir: t.TempDir()})
	can := &planning.Capabilities{Abilities: base.Abilities(), Servers: base.Servers()}
	ready, over := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(over)
		s.err = harness.Up(t.Context(), planning.ResolveTopology(doc.Topology, "drill", 2), can,
			harness.Config{Runtime: spoiled{base, wrap}, Folder: folder},
			func(system topology.System) { s.system = system; close(ready) })
	}()
	down = sync.OnceValue(func() error {
		if err := folder.RequestAbort("down"); err != nil {
			t.Error(err)
		}
		<-over
		return s.err
	})
	t.Cleanup(func() { _ = down() })
	select {
	case <-ready:
	case <-over:
		t.Fatal(s.err)
	}
	return s, down
}

// spoiled is a runtime whose nodes are not what they seem.
type spoiled struct {
	topology.Runtime
	wrap func(topology.Instance) topology.Instance
}

func (r spoiled) Start(ctx context.Context, t topology.Topology, o topology.Options) (topology.System, error) {
	s, err := r.Runtime.Start(ctx, t, o)
	if err != nil || r.wrap == nil {
		return s, err
	}
	return spoiledSystem{s, r.wrap}, nil
}

type spoiledSystem struct {
	topology.System
	wrap func(topology.Instance) topology.Instance
}

func (s spoiledSystem) Instance(name string) (topology.Instance, bool) {
	i, ok := s.System.Instance(name)
	if ok && name == "mx1" {
		i = s.wrap(i)
	}
	return i, ok
}

// stoppable is what node.stop needs.
type stoppable interface {
	topology.Instance
	faults.Stater
	faults.Stopper
	faults.Starter
}

// unstoppable does not stop.
type unstoppable struct{ stoppable }

func (unstoppable) Stop(context.Context, time.Duration) error { return nil }

// stubborn does not start again while stuck is set.
type stubborn struct {
	stoppable
	stuck *atomic.Bool
}

func (b stubborn) Start(ctx context.Context) error {
	if b.stuck.Load() {
		return errors.New("planted: it does not start")
	}
	return b.stoppable.Start(ctx)
}

func (s *standing) hear(l control.Line) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.said = append(s.said, l.Say)
}

func (s *standing) inject(fault, on string) (*control.Fault, error) {
	return s.Inject(s.t.Context(), control.Ask{Fault: fault, On: on}, s.hear)
}

func (s *standing) must(fault, on string) *control.Fault {
	s.t.Helper()
	f, err := s.inject(fault, on)
	if err != nil {
		s.t.Fatalf("%s on %s: %v", fault, on, err)
	}
	return f
}

// refused demands an error of a class.
func refused(t *testing.T, err error, class control.Class) *control.Refusal {
	t.Helper()
	r := new(control.Refusal)
	if !errors.As(err, &r) || r.Class != class {
		t.Fatalf("error %v; want a refusal of class %s", err, class)
	}
	return r
}

func (s *standing) status() *control.Status {
	s.t.Helper()
	got, err := s.Status(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	return got
}

// journalled lists the states of the journal's lines of one fault and target.
func (s *standing) journalled(id string) string {
	text, err := os.ReadFile(s.folder.Journal())
	if err != nil {
		s.t.Fatal(err)
	}
	var states []string
	for line := range strings.Lines(string(text)) {
		if strings.Contains(line, `"`+id+`"`) {
			states = append(states, map[bool]string{true: "clean", false: "held"}[strings.Contains(line, `"clean"`)])
		}
	}
	return strings.Join(states, " ")
}

func TestAFaultByHandIsProvenHeldAndProvenGone(t *testing.T) {
	t.Parallel()
	s, down := bringUp(t, nil)
	f := s.must("node.stop", "mx1")
	target := f.Targets[0]
	if f.ID != "node.stop-1" || f.State != "held" || !f.Bites() || f.Left == nil || target.EffectiveAfter == nil || target.Bystander != "mx2" || target.BystanderHurt {
		t.Errorf("fault %+v", f)
	}
	if s.journalled("node.stop-1/mx1") != "held" {
		t.Errorf("the journal says %q", s.journalled("node.stop-1/mx1"))
	}
	status := s.status()
	if len(status.Faults) != 1 || !status.Faults[0].Bites() || status.Nodes[0].State != "exited 0" || status.Nodes[1].Health != "answers" || status.Holder.PID != os.Getpid() {
		t.Errorf("status %+v", status)
	}
	for i := range 2 {
		end, err := s.Revert(t.Context(), control.Reversion{ID: f.ID}, s.hear)
		if err != nil || end.Faults[0].State != "clean" || len(end.Already) != i {
			t.Errorf("revert %d: %+v, %v", i+1, end, err)
		}
	}
	if s.journalled("node.stop-1/mx1") != "held clean" {
		t.Errorf("the journal says %q", s.journalled("node.stop-1/mx1"))
	}
	if err := down(); err != nil {
		t.Errorf("down: %v", err)
	}
	events, err := ledger.ReadEvents(s.folder.Events())
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{ledger.RunStarted, ledger.FaultControl, ledger.FaultHeld, ledger.FaultInjected, ledger.FaultProof, ledger.FaultReverted, ledger.FaultClean, ledger.RunEnded} {
		if !slices.ContainsFunc(events, func(e ledger.Event) bool { return e.Kind == kind }) {
			t.Errorf("the history has no %s", kind)
		}
	}
}

func TestAFaultByHandThatIsNotProvenIsTakenBack(t *testing.T) {
	t.Parallel()
	s, _ := bringUp(t, func(i topology.Instance) topology.Instance { return unstoppable{i.(stoppable)} })
	_, err := s.inject("node.stop", "mx1")
	if r := refused(t, err, control.Unproven); !strings.Contains(r.Why, "installed: false") {
		t.Errorf("it does not say what is missing: %s", r.Why)
	}
	if got := s.status().Faults; len(got) > 0 {
		t.Errorf("still on: %+v", got)
	}
}

func TestAFaultByHandOnWhatIsBrokenAlreadyTouchesNothing(t *testing.T) {
	t.Parallel()
	s, _ := bringUp(t, nil)
	mx1, _ := s.system.Instance("mx1")
	if err := mx1.(faults.Stopper).Stop(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	_, err := s.inject("node.freeze", "mx1")
	if s.journalled("node.freeze-1/mx1") != "" && err == nil {
		t.Errorf("a fault was put on a dead node")
	}
	_, err = s.inject("node.stop", "mx1")
	refused(t, err, control.Unproven)
}

func TestAFaultByHandThatDoesNotGoIsDirtyUntilItDoes(t *testing.T) {
	t.Parallel()
	stuck := new(atomic.Bool)
	s, down := bringUp(t, func(i topology.Instance) topology.Instance { return stubborn{i.(stoppable), stuck} })
	f := s.must("node.stop", "mx1")
	stuck.Store(true)
	end, err := s.Revert(t.Context(), control.Reversion{All: true}, s.hear)
	if err != nil || end.Faults[0].State != "dirty" || !strings.Contains(end.Faults[0].Error, "planted") {
		t.Fatalf("revert: %+v, %v; want dirty", end, err)
	}
	if got := s.status().Faults; len(got) != 1 || got[0].State != "dirty" {
		t.Errorf("status %+v; want it to be dirty", got)
	}
	stuck.Store(false)
	if end, err = s.Revert(t.Context(), control.Reversion{ID: f.ID}, s.hear); err != nil || end.Faults[0].State != "clean" {
		t.Errorf("revert again: %+v, %v; want clean", end, err)
	}
	s.must("node.stop", "mx1")
	stuck.Store(true)
	if err := down(); !errors.Is(err, harness.ErrDirty) {
		t.Errorf("down: %v; want dirty", err)
	}
}

// A fault that was proven gone and has left a rule behind is dirty, and the end
// of the topology says so.
func TestWhatAFaultByHandLeavesMakesItDirty(t *testing.T) {
	t.Parallel()
	for rules, state := range map[string]string{"rule 1 ours drop": "dirty", "": "clean"} {
		held := &litter{littered: littered{rules: rules}}
		s, down := bringUp(t, func(i topology.Instance) topology.Instance { return litteredNode{i.(drilled), held} })
		s.must("node.crash", "mx1")
		end, err := s.Revert(t.Context(), control.Reversion{All: true}, s.hear)
		if err != nil || end.Faults[0].State != state || strings.Contains(end.Faults[0].Error, "left behind: mx1: nft: new: rule 1 ours drop") != (rules != "") {
			t.Errorf("revert, left %q: %+v, %v; want %s", rules, end, err, state)
		}
		if err := down(); errors.Is(err, harness.ErrDirty) != (rules != "") {
			t.Errorf("down, left %q: %v", rules, err)
		}
	}
}

// hasty leaves a rule as soon as it is cut off, and is slow to show what is held
// for it.
type hasty struct {
	drilled
	left           *atomic.Bool
	shown, cut     chan struct{} // closed once, when either begins
	showing, going *sync.Once
}

func (n hasty) Isolate(ctx context.Context, d time.Duration) error {
	n.left.Store(true)
	n.going.Do(func() { close(n.cut) })
	return n.drilled.Isolate(ctx, d)
}

func (n hasty) Snapshot(context.Context) (faults.Snapshot, error) {
	n.showing.Do(func() {
		close(n.shown)
		select {
		case <-n.cut:
		case <-time.After(3 * time.Second):
		}
	})
	text := "table 1 other"
	if n.left.Load() {
		text += "\nrule 1 ours drop"
	}
	return faults.Snapshot{"nft": {Text: text}}, nil
}

// What is held for the nodes is looked at before any fault is on: not while one
// that was asked for at the same time is put.
func TestWhatOneOfTwoFaultsLeavesIsSeen(t *testing.T) {
	t.Parallel()
	n := hasty{left: new(atomic.Bool), shown: make(chan struct{}), cut: make(chan struct{}), showing: new(sync.Once), going: new(sync.Once)}
	s, down := bringUp(t, func(i topology.Instance) topology.Instance { own := n; own.drilled = i.(drilled); return own })
	other := make(chan error, 1)
	go func() {
		_, err := s.inject("node.freeze", "mx2")
		other <- err
	}()
	<-n.shown
	s.must("node.crash", "mx1")
	if err := <-other; err != nil {
		t.Fatal(err)
	}
	if _, err := s.Revert(t.Context(), control.Reversion{All: true}, s.hear); err != nil {
		t.Error(err)
	}
	if err := down(); !errors.Is(err, harness.ErrDirty) {
		t.Errorf("down: %v; want dirty", err)
	}
}

func TestStatusTellsThatAHeldFaultIsGone(t *testing.T) {
	t.Parallel()
	s, _ := bringUp(t, nil)
	s.must("node.stop", "mx1")
	mx1, _ := s.system.Instance("mx1")
	if err := mx1.(faults.Starter).Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	for s.status().Faults[0].Bites() {
		if t.Context().Err() != nil {
			t.Fatal("status says that it is still on")
		}
		time.Sleep(100 * time.Millisecond)
	}
	if err := mx1.(faults.Stopper).Stop(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	for !s.status().Faults[0].Bites() {
		time.Sleep(100 * time.Millisecond)
	}
}

func TestAFaultWhoseAskerLeavesIsTakenBack(t *testing.T) {
	t.Parallel()
	s, _ := bringUp(t, nil)
	ctx, leave := context.WithCancel(t.Context())
	_, err := s.Inject(ctx, control.Ask{Fault: "node.freeze", On: "mx1"}, func(l control.Line) {
		if strings.Contains(l.Say, "injected") {
			leave()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	for len(s.status().Faults) > 0 {
		time.Sleep(50 * time.Millisecond)
	}
	if s.journalled("node.freeze-1/mx1") != "held clean" {
		t.Errorf("the journal says %q", s.journalled("node.freeze-1/mx1"))
	}
}

func TestFaultsThatCannotBeToldApartAreRefused(t *testing.T) {
	t.Parallel()
	s, _ := bringUp(t, nil)
	s.must("node.freeze", "mx1")
	_, err := s.inject("node.stop", "mx1")
	if r := refused(t, err, control.Usage); !strings.Contains(r.Why, "node.freeze-1") || !strings.Contains(r.Hint, "revert node.freeze-1") {
		t.Errorf("refused with %q, hint %q", r.Why, r.Hint)
	}
	// mx2 was the bystander. As it is frozen on purpose, it is none any more.
	s.must("node.freeze", "mx2")
	frozen := time.Now()
	for range 2 { // whole looks since then: the first may have begun before
		for *s.status().Faults[0].Targets[0].LookedAgo > time.Since(frozen).Seconds() {
			time.Sleep(100 * time.Millisecond)
		}
		frozen = time.Now()
	}
	if got := s.status().Faults[0].Targets[0]; got.BystanderHurt || got.Bystander != "" {
		t.Errorf("the bystander %q counts as hurt", got.Bystander)
	}
	if _, err := s.Revert(t.Context(), control.Reversion{All: true}, s.hear); err != nil {
		t.Error(err)
	}
	s.must("node.stop", "mx1")
}

// contagious stops mx2 with mx1.
type contagious struct {
	stoppable
	other func() faults.Stopper
}

func (c contagious) Stop(ctx context.Context, grace time.Duration) error {
	return errors.Join(c.stoppable.Stop(ctx, grace), c.other().Stop(ctx, grace))
}

func TestAFaultByHandThatHurtsTheBystanderSaysSo(t *testing.T) {
	t.Parallel()
	var s *standing
	s, _ = bringUp(t, func(i topology.Instance) topology.Instance {
		return contagious{i.(stoppable), func() faults.Stopper {
			mx2, _ := s.system.Instance("mx2")
			return mx2.(faults.Stopper)
		}}
	})
	if f := s.must("node.stop", "mx1"); f.Targets[0].Bystander != "mx2" || !f.Targets[0].BystanderHurt {
		t.Errorf("fault %+v; want the bystander mx2 to be hurt", f)
	}
}

func TestAFaultForATimeIsOverWhenItsAskerHears(t *testing.T) {
	t.Parallel()
	s, _ := bringUp(t, nil)
	f, err := s.Inject(t.Context(), control.Ask{Fault: "node.freeze", On: "mx1", For: time.Second}, s.hear)
	if err != nil || f.State != "clean" || f.Targets[0].CleanAfter == nil {
		t.Errorf("%+v, %v", f, err)
	}
}

func TestWhatTheRuntimeLacksIsRefused(t *testing.T) {
	t.Parallel()
	s, _ := bringUp(t, nil)
	_, err := s.inject("net.loss", "mx1")
	refused(t, err, control.Lacking)
	_, err = s.inject("node.crush", "mx1")
	if r := refused(t, err, control.Usage); !strings.Contains(r.Why, `did you mean "node.crash"`) {
		t.Errorf("refused with %s", r.Why)
	}
	_, err = s.Revert(t.Context(), control.Reversion{ID: "node.crush-1"}, s.hear)
	refused(t, err, control.Usage)
}
