package workload

import (
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"maildrill/harness/ledger"
)

// Two views share the load, message by message; what each meets is its own.
func TestViewsTakeTurns(t *testing.T) {
	for _, c := range []struct {
		views         []string
		direct, relay int // outcomes at each
	}{
		{nil, 20, 0}, {[]string{ViewDirect}, 20, 0}, {[]string{ViewViaRelay}, 0, 20}, {[]string{ViewDirect, ViewViaRelay}, 10, 10},
	} {
		synctest.Test(t, func(t *testing.T) {
			cfg := direct
			cfg.Views, cfg.RelayNode, cfg.Limit = c.views, "relay", 20
			m := &memory{}
			d, err := drill(t, cfg, &world{peers: map[string]func(net.Conn){
				"ns": (&zone{records: twoExchangers}).play, "relay": obliging.play, "192.0.2.1": obliging.with("RCPT", "550 no").play}}, m)
			if err != nil {
				t.Fatal(err)
			}
			n := d.Counters()
			if n.Accepted != c.relay || n.RejectedPermanent != c.direct || n.Replying != 0 {
				t.Errorf("views %v: %+v", c.views, n)
			}
			for _, e := range m.of(ledger.Outcome) {
				if (e.Node == "relay") != (e.Verdict == ledger.Accepted) {
					t.Errorf("views %v: %+v", c.views, e)
				}
			}
		})
	}
}

func TestViewsThatCannotBeHad(t *testing.T) {
	for _, change := range []func(*Config){
		func(c *Config) { c.Views = []string{ViewViaRelay} },
		func(c *Config) { c.Views = []string{"sideways"} },
		func(c *Config) { c.Views, c.Entry, c.SubmissionNode = []string{ViewDirect}, EntrySubmission, "s" },
	} {
		c := direct
		c.BounceDomain, c.Mailboxes = "bounce.test", []string{"u1@drill.test"}
		change(&c)
		if _, err := New(c, &world{}, &memory{}, testKey, func() time.Duration { return 0 }); err == nil || !strings.Contains(err.Error(), "views") {
			t.Errorf("%v: %v", c.Views, err)
		}
	}
}

// The reply gap is counted while it is open.
func TestReplyGapIsCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := relayed
		cfg.Rate, cfg.Limit = 10, 3
		w := &world{peers: map[string]func(net.Conn){"relay": obliging.with(".", hang).play}}
		d := start(t, cfg, w, &memory{})
		done := make(chan error, 1)
		go func() { done <- d.Run(t.Context()) }()
		time.Sleep(time.Second) // of the bubble's clock
		if n := d.Counters(); n.Replying != 3 {
			t.Errorf("%+v, want 3 copies in the reply gap", n)
		}
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		w.wg.Wait()
		if n := d.Counters(); n.Replying != 0 || n.Indeterminate != 3 {
			t.Errorf("%+v", n)
		}
	})
}
