package control_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"maildrill/harness/control"
)

// desk answers what the test says.
type desk struct {
	inject func(context.Context, control.Ask, func(control.Line)) (*control.Fault, error)
}

func (d desk) Inject(ctx context.Context, ask control.Ask, say func(control.Line)) (*control.Fault, error) {
	return d.inject(ctx, ask, say)
}

func (desk) Revert(_ context.Context, what control.Reversion, say func(control.Line)) (*control.Reverted, error) {
	say(control.Line{Say: "reverting " + what.ID})
	return &control.Reverted{Already: []string{what.ID}}, nil
}

func (desk) Status(context.Context) (*control.Status, error) {
	return &control.Status{Run: "a run"}, nil
}

func serve(t *testing.T, folder string, d desk) (*control.Client, *control.Server) {
	t.Helper()
	s, err := control.Serve(folder, d)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(context.Background()) })
	return control.NewClient(folder), s
}

func nothing(control.Line) {}

func TestAnAnswerIsHeardWhileItComes(t *testing.T) {
	heard := make(chan struct{})
	c, _ := serve(t, filepath.Join(t.TempDir(), "control"), desk{func(_ context.Context, ask control.Ask, say func(control.Line)) (*control.Fault, error) {
		say(control.Line{ID: "a-1", Say: "injecting " + ask.Fault})
		<-heard
		return &control.Fault{ID: "a-1", Set: ask.Set}, nil
	}})
	f, err := c.Inject(t.Context(), control.Ask{Fault: "a", Set: []string{"k=v"}}, func(l control.Line) {
		if l.ID == "a-1" && l.Say == "injecting a" {
			close(heard)
		}
	})
	if err != nil || f.ID != "a-1" || f.Set[0] != "k=v" {
		t.Errorf("%+v, %v", f, err)
	}
	if s, err := c.Status(t.Context()); err != nil || s.Run != "a run" {
		t.Errorf("status %+v, %v", s, err)
	}
	if r, err := c.Revert(t.Context(), control.Reversion{ID: "a-1"}, nothing); err != nil || r.Already[0] != "a-1" {
		t.Errorf("revert %+v, %v", r, err)
	}
}

func TestARefusalKeepsItsClassAndADefectIsBroken(t *testing.T) {
	for want, err := range map[control.Class]error{
		control.Lacking: &control.Refusal{Class: control.Lacking, Why: "no", Hint: "yes"},
		control.Broken:  errors.New("no"),
	} {
		c, _ := serve(t, filepath.Join(t.TempDir(), "control"), desk{func(context.Context, control.Ask, func(control.Line)) (*control.Fault, error) { return nil, err }})
		_, got := c.Inject(t.Context(), control.Ask{}, nothing)
		refusal := new(control.Refusal)
		if !errors.As(got, &refusal) || refusal.Class != want || refusal.Why != "no" {
			t.Errorf("%v becomes %v", err, got)
		}
	}
}

func TestNobodyElseCanOpenTheSocket(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "control")
	_, s := serve(t, folder, desk{})
	for path, want := range map[string]os.FileMode{folder: 0o700, filepath.Join(folder, "socket"): 0o600} {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s has the mode %v (%v), want %v", path, info.Mode().Perm(), err, want)
		}
	}
	if err := s.Close(t.Context()); err != nil || control.Exists(folder) {
		t.Errorf("closed with %v; the socket exists: %v", err, control.Exists(folder))
	}
}

func TestAFolderMayLieDeep(t *testing.T) {
	deep := filepath.Join(t.TempDir(), strings.Repeat("d", 100), strings.Repeat("e", 100))
	if err := os.MkdirAll(deep, 0o755); err != nil {
		t.Fatal(err)
	}
	c, s := serve(t, filepath.Join(deep, "control"), desk{})
	if _, err := c.Status(t.Context()); err != nil {
		t.Error(err)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestClientsAreServedAtTheSameTime(t *testing.T) {
	var all sync.WaitGroup
	all.Add(3)
	c, _ := serve(t, filepath.Join(t.TempDir(), "control"), desk{func(context.Context, control.Ask, func(control.Line)) (*control.Fault, error) {
		all.Done()
		all.Wait() // until all three are here
		return &control.Fault{}, nil
	}})
	var asking sync.WaitGroup
	for range 3 {
		asking.Go(func() {
			if _, err := c.Inject(t.Context(), control.Ask{}, nothing); err != nil {
				t.Error(err)
			}
		})
	}
	asking.Wait()
}

func TestTheDeskNoticesThatAnAskerLeft(t *testing.T) {
	noticed := make(chan struct{})
	c, _ := serve(t, filepath.Join(t.TempDir(), "control"), desk{func(ctx context.Context, _ control.Ask, say func(control.Line)) (*control.Fault, error) {
		say(control.Line{Say: "begun"})
		<-ctx.Done()
		close(noticed)
		return nil, ctx.Err()
	}})
	ctx, leave := context.WithCancel(t.Context())
	if _, err := c.Inject(ctx, control.Ask{}, func(control.Line) { leave() }); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	<-noticed
}

func TestAHolderThatIsGoneIsNobody(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "control")
	if err := control.Alive(t.Context(), folder); !errors.Is(err, control.ErrNobody) {
		t.Errorf("without a socket: %v", err)
	}
	c, s := serve(t, folder, desk{})
	if err := control.Alive(t.Context(), folder); err != nil {
		t.Errorf("with one: %v", err)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Status(t.Context()); !errors.Is(err, control.ErrNobody) {
		t.Errorf("after it was closed: %v", err)
	}
}
