package faults

import (
	"context"
	"errors"
	"testing"
	"time"
)

// early is a context whose time is over and that has not noticed yet.
type early struct{ context.Context }

func (early) Deadline() (time.Time, bool) { return time.Now(), true }

func TestALookThatWasCutShortSawNothing(t *testing.T) {
	hurt := Target{Bystander: func(context.Context) error { return ErrNoAnswer }}
	if e, err := witness(early{t.Context()}, hurt, Evidence{Installed: true}); !errors.Is(err, context.DeadlineExceeded) || e.BystanderHurt || e.Installed {
		t.Errorf("a look after its time saw %+v, %v", e, err)
	}
	if e, err := witness(t.Context(), hurt, Evidence{Installed: true}); err != nil || !e.BystanderHurt {
		t.Errorf("a look in time saw %+v, %v", e, err)
	}
}
