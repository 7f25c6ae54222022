package faults_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/faults/faulttest"
)

func TestCrashIsSilentAndRejoinsBeforeTheStart(t *testing.T) {
	s := newScene(t, "node.crash", "", faulttest.NewNode("mx1"))
	s.do(s.fault.Inject)
	s.look()
	e := s.look()
	if !strings.Contains(e.Detail, "packets, probes among them") || len(e.Counters) > 0 {
		t.Errorf("the drop counter is not told, or counts as mail: %+v", e)
	}
	s.do(s.fault.Revert)
	if got, want := s.node.Calls(), []string{"isolate", "kill", "rejoin", "start"}; !slices.Equal(got, want) {
		t.Errorf("calls %v, want %v", got, want)
	}
	var verbs []string
	for _, u := range s.fault.Undo(s.target) {
		verbs = append(verbs, u.Verb)
	}
	if want := []string{"rejoin", "start"}; !slices.Equal(verbs, want) {
		t.Errorf("inverse %v, want %v", verbs, want)
	}
}

func TestPowerIsCutWhileNobodyHears(t *testing.T) {
	s := newScene(t, "storage.power-cut", "", faulttest.NewNode("store1"))
	s.do(s.fault.Inject)
	if e := s.look(); !e.Installed || !strings.Contains(e.Detail, "disk mail unclean") {
		t.Errorf("got %+v", e)
	}
	s.do(s.fault.Revert)
	if got, want := s.node.Calls(), []string{"isolate", "cut power", "kill", "rejoin", "start"}; !slices.Equal(got, want) {
		t.Errorf("calls %v, want %v", got, want)
	}
}

func TestDropOutlastsTheHold(t *testing.T) {
	for _, c := range []struct{ hold, want time.Duration }{{0, time.Hour}, {30 * time.Second, 150 * time.Second}, {3 * time.Hour, 3*time.Hour + 2*time.Minute}} {
		s := newScene(t, "node.crash", "", faulttest.NewNode("mx1"))
		s.target.Hold = c.hold
		s.do(s.fault.Inject)
		if got := s.node.TTL(); got != c.want {
			t.Errorf("held %v: the drop lasts %v, want %v", c.hold, got, c.want)
		}
	}
}

func TestStopUsesTheGrace(t *testing.T) {
	s := newScene(t, "node.stop", "grace: 3s", faulttest.NewNode("mx1"))
	s.do(s.fault.Inject)
	if got := s.node.Calls(); !slices.Equal(got, []string{"stop 3s"}) {
		t.Errorf("calls %v", got)
	}
}

// A crash that somebody undoes half-way is no longer installed.
func TestStartUnderACrashIsNoticed(t *testing.T) {
	s := newScene(t, "node.crash", "", faulttest.NewNode("mx1"))
	s.do(s.fault.Inject)
	s.do(func(ctx context.Context, _ faults.Target) error { return s.node.Start(ctx) })
	if e := s.look(); e.Installed {
		t.Errorf("got %+v", e)
	}
}

// A server that cannot stay up after its fault is a finding, not a residue.
func TestServerThatDiesAfterTheRevertIsClean(t *testing.T) {
	for _, id := range []string{"node.crash", "node.stop"} {
		s := newScene(t, id, "", faulttest.NewNode("mx1"))
		s.do(s.fault.Inject)
		s.do(s.fault.Revert)
		s.node.Exit(75)
		if e := s.look(); e.Installed || e.Effective {
			t.Errorf("%s: got %+v", id, e)
		}
		s.do(s.fault.Inject)
		if e := s.look(); !e.Installed {
			t.Errorf("%s: a second fault is not seen: %+v", id, e)
		}
	}
}

func TestKilledDaemonStaysProvenWhenReplaced(t *testing.T) {
	s := newScene(t, "process.kill", "name: qmgr", faulttest.NewNode("mx1").Supervised())
	s.do(s.fault.Inject)
	for range 3 {
		if e := s.look(); !e.Installed || !e.Effective || !strings.Contains(e.Detail, "structural") {
			t.Errorf("got %+v", e)
		}
	}
}

func TestAgainLapsesOnceReplaced(t *testing.T) {
	s := newScene(t, "process.kill", "{name: qmgr, again: true}", faulttest.NewNode("mx1").Supervised())
	s.do(s.fault.Inject)
	if e := s.look(); !e.Installed || e.Lapsed {
		t.Errorf("right after the kill: %+v", e)
	}
	if e := s.look(); !e.Installed || !e.Effective || !e.Lapsed {
		t.Errorf("after the respawn: %+v", e)
	}
}

func TestNoSuchProcess(t *testing.T) {
	for _, id := range []string{"process.kill", "process.stop"} {
		s := newScene(t, id, "name: exim4", faulttest.NewNode("mx1"))
		err := s.fault.Inject(t.Context(), s.target)
		if want := "inject " + id + ` on mx1: no process "exim4" runs`; err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

// bare is a node without abilities.
type bare struct{}

func (bare) Name() string { return "mx1" }

func TestMissingAbilitiesAreNamed(t *testing.T) {
	for _, k := range faults.Catalogue {
		f, err := k.New(with(required[k.ID]))
		if err != nil {
			t.Fatal(err)
		}
		target := faults.Target{Node: bare{}}
		_, verifyErr := f.Verify(t.Context(), target)
		for verb, err := range map[string]error{"inject": f.Inject(t.Context(), target), "verify": verifyErr, "revert": f.Revert(t.Context(), target)} {
			if err == nil || !strings.HasPrefix(err.Error(), verb+" "+k.ID+" on mx1: ") || !namesAny(err.Error(), k.Needs) {
				t.Errorf("error %v", err)
			}
		}
	}
}

// namesAny tells whether a text names one of the abilities. That of all
// mechanisms is called rules.
func namesAny(text string, needs []faults.Ability) bool {
	return slices.ContainsFunc(append(slices.Clone(needs), "rules"), func(a faults.Ability) bool { return strings.Contains(text, string(a)) })
}

func TestCutShortLookSawNothing(t *testing.T) {
	s := newScene(t, "node.freeze", "", faulttest.NewNode("mx1"))
	s.do(s.fault.Inject)
	ctx, cancel := context.WithCancel(t.Context())
	s.target.Bystander = func(context.Context) error { cancel(); return nil }
	e, err := s.fault.Verify(ctx, s.target)
	if !errors.Is(err, context.Canceled) || e.Installed {
		t.Errorf("got %+v, %v", e, err)
	}
}

func TestCycle(t *testing.T) {
	f, err := kind(t, "node.flap").New(with("{period: 8s, duty: 25%, count: 3}"))
	if err != nil {
		t.Fatal(err)
	}
	down, up, count := f.(faults.Cycler).Cycle()
	if down != 2*time.Second || up != 6*time.Second || count != 3 {
		t.Errorf("Cycle() = %v, %v, %d", down, up, count)
	}
}
