package calibrate

import (
	"context"
	"errors"
	"fmt"
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

// read makes one reading of the queues.
func (r *rig) read(ctx context.Context) (waiting int, err error) {
	r.readings++
	mx1, _ := r.system.Instance("mx1")
	q := probe.QueueReader{Instances: []topology.Instance{mx1}, Key: r.key, Recorder: r.recorder(), Clock: r.clock}
	all, err := q.Read(ctx, r.readings)
	for _, one := range all {
		if u := r.b.Blunder; u != nil && u.queue != nil {
			u.queue(&one.QueueReading)
		}
		waiting += one.Count // with the reports that are on their way
		err = errors.Join(err, r.put(ledger.QueueRead, one.Node, one.QueueReading))
	}
	return waiting, err
}

// drain waits until no more than rest copies are queued, and proves it twice.
func (r *rig) drain(ctx context.Context, rest int) error {
	for began := time.Now(); ; {
		n, err := r.read(ctx)
		if err != nil {
			return err
		}
		if n <= rest {
			break
		}
		if time.Since(began) > patience {
			return fmt.Errorf("%d copies are still queued after %v", n, patience)
		}
		if !pause(ctx, 20*time.Millisecond) {
			return ctx.Err()
		}
	}
	pause(ctx, 50*time.Millisecond)
	_, err := r.read(ctx)
	return err
}

func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// sentinel proves the path alive.
func (r *rig) sentinel(ctx context.Context, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return r.put(ledger.SentinelSeen, "", r.prober.Sentinel(ctx, "mx", r.prober.MX("dns1", domain), "store1", r.clock))
}

// scan reads every mailbox a number of times.
func (r *rig) scan(ctx context.Context, times int) error {
	var stores []string
	for _, s := range r.topology.WithRole(topology.Store) {
		stores = append(stores, s.Name)
	}
	for n := 1; n <= times; n++ {
		s := &probe.Scanner{Dialer: r.system, Stores: stores, Accounts: r.topology.Accounts, Key: r.key, Recorder: r.recorder(), Clock: r.clock}
		res, err := r.scanned(ctx, s, n)
		if err = errors.Join(err, r.put(ledger.Scanned, "", res)); err != nil {
			return err
		}
	}
	return nil
}

func (r *rig) scanned(ctx context.Context, s *probe.Scanner, n int) (ledger.ScanResult, error) {
	if u := r.b.Blunder; u != nil && u.scan != nil {
		return u.scan(ctx, s, n)
	}
	return s.Scan(ctx, n)
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

// search looks on the disk for accepted copies that no mailbox shows.
func (r *rig) search(ctx context.Context) error {
	store, _ := r.system.Instance("store1")
	disk, able := store.(topology.Searcher)
	if !able {
		return errors.New("the files of store1 cannot be looked through")
	}
	missing := map[string]ledger.Copy{}
	for _, e := range r.book.copy().entries {
		switch text := r.key.Encode(identity.Token{Run: r.key.Run, Seq: e.Copy.Seq}); {
		case e.Copy.Stream != ledger.StreamWorkload:
		case e.Kind == ledger.Outcome && e.Verdict == ledger.Accepted:
			missing[text] = e.Copy
		case e.Kind == ledger.Seen && e.Foreign == "":
			delete(missing, text)
		}
	}
	found, err := disk.Search(ctx, sorted(missing))
	for _, text := range sorted(missing) {
		err = errors.Join(err, r.Record(ledger.Entry{Kind: ledger.Raw, Copy: missing[text], Node: "store1", Detail: found[text]}))
	}
	return err
}

// clumsy is a recorder that changes what is written; false leaves it out.
type clumsy struct {
	ledger.Recorder
	change func(*ledger.Entry) bool
}

// Record implements ledger.Recorder.
func (c clumsy) Record(all ...ledger.Entry) error {
	var kept []ledger.Entry
	for _, e := range all {
		if c.change(&e) {
			kept = append(kept, e)
		}
	}
	return c.Recorder.Record(kept...)
}
