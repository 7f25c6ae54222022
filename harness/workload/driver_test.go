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

// verifySums: every planned copy is unsent or has one outcome, and only what
// was started has an intent.
func verifySums(t *testing.T, d *Driver, m *memory) {
	t.Helper()
	n := d.Counters()
	outcomes := n.Accepted + n.RejectedTemporary + n.RejectedPermanent + n.Indeterminate + n.NotAttempted
	if n.Planned != n.Unsent+outcomes {
		t.Errorf("the sum does not hold: %+v", n)
	}
	if n.Planned != len(m.of(ledger.Planned)) || n.Unsent != len(m.of(ledger.Unsent)) || outcomes != len(m.of(ledger.Outcome)) {
		t.Errorf("counters %+v differ from the ledger", n)
	}
	fate := map[ledger.Copy]ledger.Kind{}
	for _, k := range []ledger.Kind{ledger.Unsent, ledger.Outcome} {
		for _, e := range m.of(k) {
			if fate[e.Copy] != 0 {
				t.Errorf("two fates of %+v", e.Copy)
			}
			fate[e.Copy] = k
		}
	}
	for _, e := range m.of(ledger.Intent) {
		if fate[e.Copy] != ledger.Outcome {
			t.Errorf("an intent without an outcome: %+v", e.Copy)
		}
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
		for i, e := range m.of(ledger.Planned) {
			if want := age + time.Duration(i)*100*time.Millisecond; e.Start != want {
				t.Fatalf("copy %d is planned for %v, want %v", i+1, e.Start, want)
			}
		}
	})
}

// At the end nothing new begins, what waits is unsent, what is in flight ends.
func TestStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := relayed
		cfg.Rate, cfg.Limit, cfg.Sessions = 10, 0, 1
		m := &memory{delay: 3 * time.Second}
		w := &world{peers: map[string]func(net.Conn){"relay": obliging.play}}
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
		if took := time.Since(began); took != 3*time.Second {
			t.Errorf("the end took until %v", took)
		}
	})
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

// The envelope carries the token wherever the server has room for it.
func TestEnvelope(t *testing.T) {
	m := mail{from: "b.x@bounce.test", recipients: []string{"u+1@drill.test"}, envelopeID: "x", content: []byte("hello\r\n")}
	d := &dialogue{offers: map[string]string{}}
	if got := d.mailFrom(m) + d.rcptTo(m.recipients[0]); got != "MAIL FROM:<b.x@bounce.test>\r\nRCPT TO:<u+1@drill.test>\r\n" {
		t.Errorf("plain: %q", got)
	}
	d.offers = map[string]string{"DSN": "", "SIZE": "10000"}
	want := "MAIL FROM:<b.x@bounce.test> SIZE=7 RET=HDRS ENVID=x\r\nRCPT TO:<u+1@drill.test> ORCPT=rfc822;u+2B1@drill.test\r\n"
	if got := d.mailFrom(m) + d.rcptTo(m.recipients[0]); got != want {
		t.Errorf("extended: %q", got)
	}
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
