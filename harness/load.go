package harness

import (
	"context"
	"time"

	"maildrill/harness/hostload"
	"maildrill/harness/ledger"
	"maildrill/harness/pause"
	"maildrill/harness/topology"
)

// Rhythm of the samples of the load. The containers are asked in the meantime
// of a fault too, so an answer is waited for no longer than this.
const (
	loadEvery = 2 * time.Second
	meterWait = time.Second
)

// load writes down, every two seconds, how busy the host is and who made it so.
// A host that cannot be read gives no samples, and the judge does without.
func (r *run) load(ctx context.Context) {
	meter, _ := r.system.(topology.Meter)
	var sampler hostload.Sampler
	sample := func() bool {
		began := time.Now()
		containers, trouble := metered(ctx, meter)
		took := time.Since(began)
		if ctx.Err() != nil {
			return false
		}
		l, ok, err := sampler.Sample(r.clock(), containers, trouble, took)
		if ok {
			r.events.append(ledger.LoadSampled, "", "", l)
		}
		return err == nil
	}
	for sample() && pause.For(ctx, loadEvery) {
	}
}

func metered(ctx context.Context, meter topology.Meter) (map[string]hostload.Container, error) {
	if meter == nil {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, meterWait)
	defer cancel()
	usage, err := meter.Usage(ctx)
	if err != nil {
		return nil, err
	}
	containers := map[string]hostload.Container{}
	for name, u := range usage {
		containers[name] = hostload.Container(u)
	}
	return containers, nil
}
