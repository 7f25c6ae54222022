package probe

import (
	"context"
	"sync"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/pause"
)

// Schedule runs a check at fixed times s_k = s_0 + k*Interval, each time on
// its own, whether or not earlier probes have ended: a closed loop would leave
// out just the time in which the service hangs.
type Schedule struct {
	// Service is what the check proves; with a Node, at that node only.
	Service, Node string
	Check         Check
	Interval      time.Duration
	// Limit bounds one probe as a whole. 0: four intervals.
	Limit time.Duration
	// Clock is the time since the start of the run.
	Clock func() time.Duration
	// Report is called once for each probe, when it has ended, from several
	// goroutines.
	Report func(r ledger.ProbeResult, node string)
}

// Run probes until the context ends, and returns when the last probe has been
// reported. Probes in flight are let end: one cut short by us says nothing
// about the service.
//
// If this process was held up, the times that were missed are left out, not
// made up for in a burst; the judge sees the gap. The same holds where a check
// outlives its limit so often that the bound on probes in flight is reached.
func (s Schedule) Run(ctx context.Context) {
	limit := s.Limit
	if limit == 0 {
		limit = 4 * s.Interval
	}
	inFlight := make(chan struct{}, int(limit/s.Interval)+2)
	var wg sync.WaitGroup
	defer wg.Wait()
	slots(ctx, s.Interval, s.Clock, func(scheduled time.Duration) {
		select {
		case inFlight <- struct{}{}:
		default:
			return
		}
		wg.Go(func() {
			defer func() { <-inFlight }()
			s.once(context.WithoutCancel(ctx), scheduled, limit)
		})
	})
}

func (s Schedule) once(ctx context.Context, scheduled, limit time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	r := ledger.ProbeResult{Service: s.Service, Scheduled: ledger.Seconds(scheduled), Start: ledger.Seconds(s.Clock())}
	err := s.Check(ctx)
	r.End = ledger.Seconds(s.Clock())
	r.OK = err == nil
	if err != nil {
		r.Error = err.Error()
	}
	s.Report(r, s.Node)
}

// slots calls visit at every scheduled time until the context ends. Times that
// have gone by are left out.
func slots(ctx context.Context, interval time.Duration, clock func() time.Duration, visit func(scheduled time.Duration)) {
	next := clock()
	for {
		visit(next)
		next += interval
		if late := clock() - next; late > interval {
			next += late / interval * interval
		}
		if !pause.For(ctx, next-clock()) {
			return
		}
	}
}
