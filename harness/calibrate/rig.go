package calibrate

import (
	"context"
	"errors"
	"os"
	"sync"
	"time"

	"maildrill/harness/embedded"
	"maildrill/harness/identity"
	"maildrill/harness/ledger"
	"maildrill/harness/measure"
	"maildrill/harness/probe"
	"maildrill/harness/record"
	"maildrill/harness/topology"
	"maildrill/harness/workload"
)

// rig is the known-truth system as it runs, with the real instruments around
// it: driver, sink, prober, queue reader and scanner, of which a blunder may
// spoil one.
type rig struct {
	*book
	b        *Bench
	topology topology.Topology
	system   topology.System
	key      identity.Key
	began    time.Time
	prober   *probe.Prober
	readings int
	spec     measure.Spec

	stopSink context.CancelFunc
	sink     sync.WaitGroup
	sinkErr  error
}

const (
	rigRate  = 300         // messages a second
	patience = time.Minute // a machine may be busy
)

// newRig starts the system.
func (b *Bench) newRig(ctx context.Context, t topology.Topology) (*rig, error) {
	dir, err := os.MkdirTemp(b.Dir, "rig")
	if err != nil {
		return nil, err
	}
	r := &rig{book: &book{}, b: b, topology: t, began: time.Now(), key: identity.NewKey(t.Name, int64(b.Seed))}
	if r.system, err = embedded.New(embedded.Config{Dir: dir}).Start(ctx, t, topology.Options{RunID: "calibration"}); err != nil {
		return nil, err
	}
	r.prober = &probe.Prober{Dialer: r.system, Key: r.key, BounceDomain: bounceDomain, Timeout: 10 * time.Second,
		Account: t.Accounts[len(t.Accounts)-1]}
	r.spec = measure.Spec{
		Run:      record.Run{ID: "calibration", Runtime: "embedded", Seed: 1, Trial: 1, Trials: 1},
		Scenario: record.Scenario{Name: "calibration"}, Simulated: true, Clock: "drill",
		Probe:      measure.Probing{Interval: seconds(interval), Timeout: seconds(timeout), Stable: seconds(stable)},
		Objectives: noLoss, QueueNodes: []string{"mx1"}, Mailboxes: len(t.Accounts), Rate: 1,
	}
	return r, r.startSink(ctx)
}

func (r *rig) clock() time.Duration { return time.Since(r.began) }

// recorder is what the instruments write to.
func (r *rig) recorder() ledger.Recorder {
	if u := r.b.Blunder; u != nil && u.entry != nil {
		return clumsy{r.book, u.entry}
	}
	return r.book
}

func (r *rig) startSink(ctx context.Context) error {
	ctx, r.stopSink = context.WithCancel(context.WithoutCancel(ctx))
	l, err := r.system.Listen(ctx, topology.SMTP)
	if err != nil {
		return err
	}
	if u := r.b.Blunder; u != nil && u.sink != nil {
		l = misheard{l, u.sink(r.key)}
	}
	s := &probe.Sink{Key: r.key, Domain: bounceDomain, Recorder: r.recorder(), Clock: r.clock}
	r.sink.Go(func() { r.sinkErr = s.Serve(ctx, l) })
	return nil
}

// close takes everything down.
func (r *rig) close() error {
	r.stopSink()
	r.sink.Wait()
	return errors.Join(r.sinkErr, r.system.Close(context.Background()))
}

func (r *rig) put(kind, node string, data any) error {
	return r.Append(r.clock(), kind, "", node, data)
}

// load offers messages, and returns when all have an outcome.
func (r *rig) load(ctx context.Context, messages int, change func(*workload.Config)) error {
	c := workload.Config{Rate: rigRate, Seed: int64(r.b.Seed), Limit: messages, Sizes: []int64{2 << 10}, Entry: workload.EntryMX,
		Domain: domain, BounceDomain: bounceDomain, DNSNode: "dns1", Sessions: 8, Timeout: patience, ReplyTimeout: r.replies()}
	for _, a := range r.topology.Accounts[:users] {
		c.Mailboxes = append(c.Mailboxes, a.Address)
	}
	if change != nil {
		change(&c)
	}
	d, err := workload.New(c, r.system, r.recorder(), r.key, r.clock)
	if err != nil {
		return err
	}
	return d.Run(ctx)
}

// replies is how long the driver waits for one: short only where none is going
// to come.
func (r *rig) replies() time.Duration {
	for _, l := range r.topology.Nodes[0].Defects.Lies {
		if l.Reply == "stall" {
			return 2 * time.Second
		}
	}
	return patience
}

// open begins the history.
func (r *rig) open() error {
	return errors.Join(r.put(ledger.RunPlanned, "", r.spec), r.put(ledger.RunStarted, "", ledger.Start{}),
		r.put(ledger.PhaseBegan, "", ledger.PhaseStart{Phase: "baseline"}))
}

// judged ends the history and judges it.
func (r *rig) judged() (record.Record, error) {
	if err := r.put(ledger.RunEnded, "", ledger.Ending{How: "complete"}); err != nil {
		return record.Record{}, err
	}
	return r.b.Judge(r.history())
}

// story plays a whole run: load, drain, sentinel, two scans. meanwhile may do
// something between the drain and the scans.
func (r *rig) story(ctx context.Context, messages, rest int, meanwhile func() error) (record.Record, error) {
	err := errors.Join(r.open(), r.load(ctx, messages, nil), r.put(ledger.PhaseBegan, "", ledger.PhaseStart{Phase: "drain"}),
		r.drain(ctx, rest))
	if err == nil && meanwhile != nil {
		err = meanwhile()
	}
	if err != nil {
		return record.Record{}, err
	}
	return r.finish(ctx)
}

// finish is the end of a run: sentinel, scans, judgement.
func (r *rig) finish(ctx context.Context) (record.Record, error) {
	if err := errors.Join(r.sentinel(ctx, patience), r.scan(ctx, 2), r.search(ctx)); err != nil {
		return record.Record{}, err
	}
	return r.judged()
}
