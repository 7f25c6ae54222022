package stored

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"maildrill/harness/identity"
	"maildrill/harness/ledger"
	"maildrill/harness/pause"
	"maildrill/harness/topology"
)

const (
	setupLimit    = 2 * time.Minute  // for one account
	manifestLimit = time.Minute      // for one reading of one account
	loginLimit    = 10 * time.Second // of that, for connection, greeting and login
	manifestTries = 3
	syncLimit     = 10 * time.Second
	syncEvery     = 5 * time.Second // unless told otherwise
	// operationLimit is how long a user waits: connection and login included.
	operationLimit = 5 * time.Second
)

// Dialer connects to a service of a node. A topology.System is one.
type Dialer interface {
	Dial(ctx context.Context, node string, service topology.Service) (net.Conn, error)
}

// Config says whose mail is stored where, and how much is done to it.
type Config struct {
	Dialer   Dialer
	Store    string // node
	POP3     bool   // the store offers it
	Sieve    bool   // the store offers ManageSieve
	Accounts []topology.Account
	Key      identity.Key
	Seed     int64
	Messages int     // in each account
	Rate     float64 // operations a second, over all accounts; 0: none
	// SyncEvery is how often a cached client looks for mail while the drill runs,
	// as a telephone does. 0: 5 s.
	SyncEvery time.Duration
	// Clock is the time since the start of the run.
	Clock func() time.Duration
	// Note writes an event; those of intents are durable when it returns.
	Note func(kind string, data any)
}

// Instrument fills, changes and reads the stored mail of a run.
type Instrument struct {
	Config
	workers []*worker
	seq     atomic.Uint32 // of messages
	orders  atomic.Int64  // of operations
}

// New makes the instrument. It touches nothing yet.
func New(c Config) *Instrument {
	if c.SyncEvery == 0 {
		c.SyncEvery = syncEvery
	}
	i := &Instrument{Config: c}
	for n, a := range c.Accounts {
		i.workers = append(i.workers, &worker{
			Instrument: i, account: a, uidl: map[uint32]string{},
			random:  rand.New(rand.NewPCG(uint64(c.Seed), 0x5709ed00+uint64(n))),
			clients: newCachedClients(),
		})
	}
	return i
}

// Setup fills the accounts, reads the manifests from before, and lets the
// cached clients synchronise for the first time.
func (i *Instrument) Setup(ctx context.Context) error {
	return i.each(func(w *worker) error {
		ctx, cancel := context.WithTimeout(ctx, setupLimit)
		defer cancel()
		if err := errors.Join(w.fill(ctx), w.putScript(ctx)); err != nil {
			return fmt.Errorf("store the mail of %s: %w", w.account.Address, err)
		}
		m := w.manifest(ctx, ledger.BeforeDrill)
		if m.Error != "" {
			return fmt.Errorf("read the stored mail of %s: %s", w.account.Address, m.Error)
		}
		w.learn(m)
		w.sync(ctx, ledger.BeforeDrill)
		return nil
	})
}

// Operate changes the stored mail at the declared rate until the context ends,
// and returns when what was in flight is known.
func (i *Instrument) Operate(ctx context.Context) {
	_ = i.each(func(w *worker) error { w.operate(ctx); return nil })
}

// Finish reads the manifests from after, on fresh connections, and lets the
// cached clients synchronise for the last time.
func (i *Instrument) Finish(ctx context.Context) {
	_ = i.each(func(w *worker) error {
		w.manifest(ctx, ledger.AfterDrill)
		w.sync(ctx, ledger.AfterDrill)
		return nil
	})
}

func (i *Instrument) each(do func(*worker) error) error {
	var all sync.WaitGroup
	failed := make([]error, len(i.workers))
	for n, w := range i.workers {
		all.Go(func() { failed[n] = do(w) })
	}
	all.Wait()
	return errors.Join(failed...)
}

func (i *Instrument) now() ledger.Seconds { return ledger.Seconds(i.Clock()) }

// worker does everything with one account, one thing after the other.
type worker struct {
	*Instrument
	account topology.Account
	random  *rand.Rand
	session *session // nil: none is open
	folders []*folder
	uidl    map[uint32]string // unique-ids of the inbox, by number
	noPOP   string            // why nothing is done by POP3; empty: it is
	// canSubscribe: what becomes of a subscription can be read back.
	canSubscribe bool
	clients      []*cachedClient
}

// operate is the schedule: operations in even steps, and now and then a
// synchronisation of the cached clients. One whose time passes while the one
// before it is not over is not made up for, and is counted.
func (w *worker) operate(ctx context.Context) {
	defer w.hangUp()
	interval := w.SyncEvery
	if w.Rate > 0 {
		interval = time.Duration(float64(time.Second) * float64(len(w.workers)) / w.Rate)
	}
	began, synced, unstarted := w.Clock(), w.Clock(), 0
	for next := began + interval; pause.For(ctx, next-w.Clock()); next += interval {
		if w.Rate > 0 {
			w.once(context.WithoutCancel(ctx))
		}
		if w.Clock()-synced >= w.SyncEvery {
			limited, cancel := context.WithTimeout(ctx, syncLimit)
			w.sync(limited, during)
			cancel()
			synced = w.Clock()
		}
		if late := w.Clock() - next; late > interval && w.Rate > 0 {
			missed := int(late / interval)
			unstarted, next = unstarted+missed, next+time.Duration(missed)*interval
		}
	}
	if unstarted > 0 {
		w.Note(ledger.StateUnstarted, ledger.UnstartedOperations{Account: w.account.Address, Count: unstarted})
	}
}

// during is the round of synchronisations while the drill runs.
const during = "during"
