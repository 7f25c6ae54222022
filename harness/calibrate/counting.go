package calibrate

import (
	"context"
	"errors"
	"fmt"
	"time"

	"maildrill/harness/identity"
	"maildrill/harness/ledger"
	"maildrill/harness/pause"
	"maildrill/harness/probe"
	"maildrill/harness/topology"
)

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
		if !pause.For(ctx, 20*time.Millisecond) {
			return ctx.Err()
		}
	}
	pause.For(ctx, 50*time.Millisecond)
	_, err := r.read(ctx)
	return err
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
