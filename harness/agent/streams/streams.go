// Package streams disturbs connections whatever they carry, with the toxics of
// Toxiproxy (github.com/Shopify/toxiproxy), one in each direction.
//
// A look of the drill's meets a disturbance at once that is meant to come later.
package streams

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"

	"github.com/Shopify/toxiproxy/v2/toxics"

	"maildrill/faults"
	"maildrill/harness/agent/dialogue"
)

// New makes the speaker that disturbs as the spec asks.
func New(spec faults.StreamSpec) (dialogue.Speaker, error) {
	if _, ok := counters[spec.Toxic]; !ok {
		return nil, fmt.Errorf("unknown toxic %q", spec.Toxic)
	}
	return speaker{spec}, nil
}

// counters name what a connection that met each toxic counts as.
var counters = map[faults.Toxic]string{
	faults.ToxicReset: "resets", faults.ToxicCut: "cuts", faults.ToxicStall: "stalled",
	faults.ToxicSlice: "sliced", faults.ToxicSlowClose: "closed-late", faults.ToxicSlow: "slowed",
}

type speaker struct{ spec faults.StreamSpec }

// Speak implements dialogue.Speaker.
func (s speaker) Speak(ctx context.Context, client, server net.Conn, m *dialogue.Meter) error {
	spec := s.spec
	if dialogue.IsVisit(client) {
		spec.After = 0
		if spec.Toxic == faults.ToxicCut {
			spec.Bytes = 0
		}
	}
	var once sync.Once
	met := func() { once.Do(func() { m.Add(counters[spec.Toxic]) }) }
	cut := func() {
		met()
		dialogue.Reset(client)
		dialogue.Reset(server)
	}
	if spec.Toxic != faults.ToxicReset && spec.Toxic != faults.ToxicCut {
		met()
	}
	defer dialogue.EndWith(ctx, client, server)()
	var up, down error
	var both sync.WaitGroup
	both.Go(func() { up = newWay(spec).carry(ctx, server, client, cut) })
	both.Go(func() { down = newWay(spec).carry(ctx, client, server, cut) })
	both.Wait()
	return errors.Join(up, down)
}

// toxic makes Toxiproxy's own of the spec's.
func toxic(spec faults.StreamSpec) toxics.Toxic {
	switch spec.Toxic {
	case faults.ToxicReset:
		return &toxics.ResetToxic{Timeout: spec.After.Milliseconds()}
	case faults.ToxicCut:
		return &toxics.LimitDataToxic{Bytes: spec.Bytes}
	case faults.ToxicStall:
		return &toxics.TimeoutToxic{}
	case faults.ToxicSlice:
		return &toxics.SlicerToxic{AverageSize: int(spec.Bytes), Delay: int(spec.Delay.Microseconds())}
	case faults.ToxicSlowClose:
		return &toxics.SlowCloseToxic{Delay: spec.Delay.Milliseconds()}
	}
	return &toxics.LatencyToxic{Latency: spec.Delay.Milliseconds()}
}
