package workload

import (
	"context"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"maildrill/harness/ledger"
)

// start makes a driver on a bubble's clock, for tests that end it themselves.
func start(t *testing.T, c Config, w *world, m *memory) *Driver {
	t.Helper()
	began := time.Now().Add(-age)
	c.BounceDomain, c.Mailboxes = "bounce.test", []string{"u1@drill.test"}
	d, err := New(c, w, m, testKey, func() time.Duration { return time.Since(began) })
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// verifySums: every intent is withdrawn, unsent or has one outcome, and nothing
// else happens to a copy without an intent.
func verifySums(t *testing.T, d *Driver, m *memory) {
	t.Helper()
	n := d.Counters()
	outcomes := n.Accepted + n.RejectedTemporary + n.RejectedPermanent + n.Indeterminate + n.NotAttempted
	if n.Planned != n.Unsent+outcomes {
		t.Errorf("the sum does not hold: %+v", n)
	}
	intents := len(m.of(ledger.Intent))
	if n.Planned != intents-len(m.of(ledger.Withdrawn)) || n.Unsent != len(m.of(ledger.Unsent)) || outcomes != len(m.of(ledger.Outcome)) {
		t.Errorf("counters %+v differ from the ledger", n)
	}
	fate := map[ledger.Copy]ledger.Kind{}
	for _, e := range m.of(ledger.Intent) {
		fate[e.Copy] = ledger.Intent
	}
	for _, k := range []ledger.Kind{ledger.Withdrawn, ledger.Unsent, ledger.Outcome} {
		for _, e := range m.of(k) {
			if fate[e.Copy] != ledger.Intent {
				t.Errorf("%+v has the fate %d after %d", e.Copy, k, fate[e.Copy])
			}
			fate[e.Copy] = k
		}
	}
	if len(fate) != intents {
		t.Errorf("%d copies, but %d intents", len(fate), intents)
	}
}

// The schedule does not wait for the system: what does not fit is unsent.
func TestOpenLoopUnderSaturation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := relayed
		cfg.Rate, cfg.Limit, cfg.Sessions, cfg.MaxQueue = 10, 100, 2, 10
		m := &memory{}
		w := &world{peers: map[string]func(net.Conn){"relay": obliging.with(".", hang).play}}
		d := start(t, cfg, w, m)
		if err := d.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.wg.Wait()
		verifySums(t, d, m)
		if n := d.Counters(); n.Indeterminate != 12 || n.Unsent != 88 {
			t.Errorf("%+v, want 2 in flight, 10 waiting, 88 unsent", n)
		}
		for i, e := range m.of(ledger.Intent) {
			if want := age + time.Duration(i)*100*time.Millisecond; e.Start != want {
				t.Fatalf("copy %d is planned for %v, want %v", i+1, e.Start, want)
			}
		}
	})
}

// At the end nothing new begins: what waits is unsent, what is in flight ends, and
// the intents of what was to come are withdrawn.
func TestStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := relayed
		cfg.Rate, cfg.Limit, cfg.Sessions = 10, 0, 1
		m := &memory{}
		w := &world{peers: map[string]func(net.Conn){"relay": obliging.with(".", late+"250 ok").play}}
		d := start(t, cfg, w, m)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		if err := d.Run(ctx); err != nil {
			t.Fatal(err)
		}
		w.wg.Wait()
		verifySums(t, d, m)
		if n := d.Counters(); n.Accepted != 1 || n.Unsent < 8 {
			t.Errorf("%+v", n)
		}
		for _, e := range m.of(ledger.Intent) {
			if e.Start > age+2*time.Second {
				t.Errorf("an intent for %v", e.Start)
			}
		}
		if n := len(m.of(ledger.Withdrawn)); n < 7 || n > 11 {
			t.Errorf("%d copies are withdrawn, want those of the next second, and the one that came due with the end", n)
		}
		if took := time.Since(began); took != 3*time.Second {
			t.Errorf("the end took until %v", took)
		}
	})
}

// TestLastMoment: an arrival that comes due with the end is nobody's fault; one
// that waited before it is the driver's.
func TestLastMoment(t *testing.T) {
	for at, want := range map[time.Duration]ledger.Kind{
		4800 * time.Millisecond: ledger.Unsent,
		4950 * time.Millisecond: ledger.Unsent,
		4951 * time.Millisecond: ledger.Withdrawn,
		5 * time.Second:         ledger.Withdrawn,
		5001 * time.Millisecond: ledger.Withdrawn,
	} {
		m := &memory{}
		d := start(t, relayed, &world{}, m)
		d.base = age
		d.over.Store(int64(age + 5*time.Second))
		d.leave(Arrival{Seq: 1, At: at, Recipients: []string{"u1@drill.test"}})
		if n := d.Counters(); len(m.of(want)) != 1 || n.Planned != n.Unsent {
			t.Errorf("due at %v: want %v, counted %+v", at, want, n)
		}
	}
}

// What hangs after the end is cut off, and is as indeterminate as ever.
func TestLinger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := relayed
		cfg.Rate, cfg.ReplyTimeout, cfg.Linger = 10, time.Hour, 7*time.Second
		m := &memory{}
		w := &world{peers: map[string]func(net.Conn){"relay": obliging.with(".", hang).play}}
		d := start(t, cfg, w, m)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		if err := d.Run(ctx); err != nil {
			t.Fatal(err)
		}
		w.wg.Wait()
		verifySums(t, d, m)
		if n := d.Counters(); n.Indeterminate != 1 || time.Since(began) != 8*time.Second {
			t.Errorf("%+v after %v", n, time.Since(began))
		}
	})
}

func TestEveryMistakeOfTheConfigurationIsNamed(t *testing.T) {
	_, err := New(Config{Rate: -1, Entry: "pigeon", TLS: "maybe"}, nil, nil, testKey, nil)
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{"rate -1/s", "0 mailboxes", "bounce domain", `tls "maybe"`, `entry "pigeon"`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v\ndoes not name %s", err, want)
		}
	}
	for entry, want := range map[string]string{EntryMX: "name server", EntrySubmission: "needs a node", EntryRelay: "needs a node"} {
		_, err := New(Config{Entry: entry, BounceDomain: "b.test", Mailboxes: []string{"u"}}, nil, nil, testKey, nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("entry %s: %v", entry, err)
		}
	}
}
