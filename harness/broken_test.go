package harness_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/harness"
	"maildrill/harness/record"
	"maildrill/harness/topology"
)

// keeperless is a system whose keeper dies: it says so, and from then on no
// fault can be looked at or taken back.
type keeperless struct {
	topology.Runtime
	died   chan error
	closed *time.Time
}

type orphaned struct {
	topology.System
	keeperless
}

func (k keeperless) Start(ctx context.Context, t topology.Topology, o topology.Options) (topology.System, error) {
	s, err := k.Runtime.Start(ctx, t, o)
	return orphaned{s, k}, err
}

func (o orphaned) Broken() <-chan error { return o.died }

func (o orphaned) Close(ctx context.Context) error {
	*o.closed = time.Now()
	return o.System.Close(ctx)
}

// unkept is a fault in the hands of a keeper that is dead once gone is closed.
type unkept struct {
	faults.Fault
	gone chan struct{}
}

var errGone = errors.New("session closed")

func (u unkept) Verify(ctx context.Context, t faults.Target) (faults.Evidence, error) {
	select {
	case <-u.gone:
		return faults.Evidence{}, errGone
	default:
		return u.Fault.Verify(ctx, t)
	}
}

func (u unkept) Revert(ctx context.Context, t faults.Target) error {
	select {
	case <-u.gone:
		return errGone
	default:
		return u.Fault.Revert(ctx, t)
	}
}

// TestABrokenInstrumentTakesTheSystemDown: faults outlive their keeper for as
// long as the system does, and nothing that is seen of it counts any more.
func TestABrokenInstrumentTakesTheSystemDown(t *testing.T) {
	t.Parallel()
	plan := compile(t, quick)
	gone, died := make(chan struct{}), make(chan error, 1)
	crash := plan.Steps[0].Make
	plan.Steps[0].Make = func() (faults.Fault, error) {
		f, err := crash()
		return unkept{f, gone}, err
	}
	var at, closed time.Time
	die := sync.OnceFunc(func() {
		at = time.Now()
		close(gone)
		died <- errors.New("the keeper has ended")
	})
	rec, folder := play(t, plan, func(r topology.Runtime) topology.Runtime { return keeperless{r, died, &closed} },
		func(c *harness.Config, _ context.CancelCauseFunc) {
			c.Status = func(s harness.Status) {
				if len(s.Faults) > 0 && s.Faults[0].State == "held" {
					die()
				}
			}
		})
	if rec.Verdict != record.Error || !strings.Contains(rec.Reason, "the keeper has ended") || !rec.Dirty {
		t.Errorf("verdict %s (%s), dirty %v; want an error that is dirty", rec.Verdict, rec.Reason, rec.Dirty)
	}
	if took := closed.Sub(at); took > 30*time.Second {
		t.Errorf("the system was taken down %v after its keeper had died", took)
	}
	text, err := os.ReadFile(folder.Events())
	if err != nil {
		t.Fatal(err)
	}
	for _, phase := range []string{"drain", "scan"} {
		if strings.Contains(string(text), `"phase":"`+phase+`"`) {
			t.Errorf("the run went on to its phase %s", phase)
		}
	}
}
