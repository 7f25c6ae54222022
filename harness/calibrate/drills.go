package calibrate

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"maildrill/harness"
	"maildrill/harness/ledger"
	"maildrill/harness/measure"
	"maildrill/harness/pause"
	"maildrill/harness/record"
)

// drillAt starts a whole drill and waits until it is at an event. The caller ends
// the victim.
func (b *Bench) drillAt(event string) (v *victim, folder string, err error) {
	dir, err := os.MkdirTemp(b.Dir, "drill")
	if err != nil {
		return nil, "", err
	}
	if v, err = b.victim("drill", dir); err != nil {
		return nil, "", err
	}
	if err := v.until(event); err != nil {
		v.end()
		return nil, "", err
	}
	return v, filepath.Join(dir, "victim"), nil
}

// killedDrill kills a whole drill, system and all.
func (b *Bench) killedDrill(ctx context.Context, after time.Duration) error {
	v, folder, err := b.drillAt(ledger.RunStarted)
	if err != nil {
		return err
	}
	defer v.end()
	pause.For(ctx, after)
	v.end()
	r, err := harness.Judge(harness.Folder(folder))
	if err == nil && (r.Verdict != record.Aborted || !r.Dirty || r.Accounting.Lost > 0) {
		err = fmt.Errorf("verdict %s, dirty %v, %d lost", r.Verdict, r.Dirty, r.Accounting.Lost)
	}
	return err
}

// asleep stops a drill across the edges of its fault. It takes a quarter of a
// minute, so that the quick form leaves it to the histories of clocks.
func asleep(ctx context.Context, b *Bench) {
	if !b.Full {
		return
	}
	edges := []string{ledger.FaultHeld, ledger.FaultReverting}
	b.several(ctx, "CAL-19 stopped drills", len(edges), func(i int) {
		b.Case("stopped for two seconds at "+edges[i], b.stoppedDrill(ctx, edges[i], 2*time.Second))
	})
}

func (b *Bench) stoppedDrill(ctx context.Context, edge string, length time.Duration) error {
	v, folder, err := b.drillAt(edge)
	if err != nil {
		return err
	}
	defer v.end()
	if err := freeze(v.cmd.Process); err != nil {
		return err
	}
	pause.For(ctx, length)
	if err := errors.Join(thaw(v.cmd.Process), v.rest()); err != nil {
		return err
	}
	h, err := reopenRun(folder)
	if err != nil {
		return err
	}
	r, err := b.Judge(h)
	if err != nil {
		return err
	}
	return errors.Join(gapped(h, length), slept(r, downtime(h), length))
}

// reopenRun reads the history of a run folder.
func reopenRun(folder string) (measure.History, error) {
	f := harness.Folder(folder)
	events, err := ledger.ReadEvents(f.Events())
	if err != nil {
		return measure.History{}, err
	}
	reader, err := ledger.Open(f.Ledger())
	return measure.History{Events: events, Ledger: reader}, err
}

// gapped: the stall meter has noticed.
func gapped(h measure.History, length time.Duration) error {
	noticed := slices.ContainsFunc(h.Events, func(e ledger.Event) bool {
		var s ledger.Stall
		if e.Kind == ledger.Gap {
			edit(&e, func(found *ledger.Stall) { s = *found })
		}
		return s.To-s.From > seconds(length*3/4)
	})
	if !noticed {
		return errors.New("the stall meter did not notice")
	}
	return nil
}

// downtime is how long the node was really down: from the call that killed it
// to the one that started it. Both return within milliseconds.
func downtime(h measure.History) (d time.Duration) {
	for _, e := range h.Events {
		switch e.Kind {
		case ledger.FaultInjected:
			edit(&e, func(c *ledger.Call) { d -= time.Duration(c.Ended) })
		case ledger.FaultReverted:
			edit(&e, func(c *ledger.Call) { d += time.Duration(c.Ended) })
		}
	}
	return d
}
