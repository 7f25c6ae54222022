package workload

import (
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"maildrill/harness/ledger"
)

// counted serves every connection with the next server of a list, the last one
// for all that follow, and counts connections.
type counted struct {
	mu      sync.Mutex
	servers []script
	made    int
}

func (c *counted) play(conn net.Conn) {
	c.mu.Lock()
	s := c.servers[min(c.made, len(c.servers)-1)]
	c.made++
	c.mu.Unlock()
	s.play(conn)
}

// kept lets one session send messages on connections that it keeps.
func kept(c Config, each, limit int) Config {
	c.PerConnection, c.Limit, c.Sessions, c.Rate, c.MaxQueue = each, limit, 1, 100, 100
	return c
}

func TestMessagesPerConnection(t *testing.T) {
	for _, c := range []struct {
		name        string
		cfg         Config
		servers     []script
		connections int
		path        string
	}{
		{"one each", kept(relayed, 1, 4), []script{obliging}, 4, "relay:12 relay:12 relay:12 relay:12"},
		{"two each", kept(relayed, 2, 4), []script{obliging}, 2, "relay:12 relay:12 relay:12 relay:12"},
		{"all on one", kept(relayed, 100, 4), []script{obliging}, 1, "relay:12 relay:12 relay:12 relay:12"},
		{"without pipelining", kept(relayed, 100, 4), []script{plodding}, 1, "relay:12 relay:12 relay:12 relay:12"},
		{"a refused message does no harm", kept(relayed, 100, 2), []script{obliging.with(".", "554 no")}, 1, "relay:11 relay:11"},
		{"a refused recipient ends it", kept(relayed, 100, 2), []script{obliging.with("RCPT", "550 no")}, 2, "relay:8 relay:8"},
		{"421 after a message ends it", kept(relayed, 100, 2), []script{obliging.with(".", "421 bye"), obliging}, 2, "relay:11 relay:12"},
		{"a lost reply ends it", kept(relayed, 100, 2), []script{obliging.with(".", cut), obliging}, 2, "relay:11 relay:12"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				peer, m := &counted{servers: c.servers}, &memory{}
				d, err := drill(t, c.cfg, &world{peers: map[string]func(net.Conn){"relay": peer.play}}, m)
				if err != nil {
					t.Fatal(err)
				}
				verifySums(t, d, m)
				if got := tried(m); peer.made != c.connections || got != c.path {
					t.Errorf("%d connections, %s; want %d, %s", peer.made, got, c.connections, c.path)
				}
			})
		})
	}
}

// What a server does between two messages says nothing about the second: it is
// tried on a new connection to the same host, and only then elsewhere.
func TestKeptConnectionThatIsGone(t *testing.T) {
	const mail, done = ledger.PhaseMail, ledger.PhaseDone
	closes := func(how string) func(net.Conn) { // after one message
		return func(c net.Conn) {
			one := &wire{at: ".", when: "after", lose: func(c net.Conn) {
				switch how {
				case "421":
					go func() { _, _ = io.Copy(io.Discard, c) }() // a pipe holds nothing
					_, _ = c.Write([]byte("421 4.4.2 idle\r\n"))
				case "silence":
					buf := make([]byte, 4096)
					for _, err := c.Read(buf); err == nil; _, err = c.Read(buf) {
					}
				}
			}}
			one.play(c)
		}
	}
	for how, path := range map[string]string{
		"EOF":     fmt.Sprintf("mx1.drill.test:%d | mx1.drill.test:%d mx1.drill.test:%d", mail, done, done),
		"421":     fmt.Sprintf("mx1.drill.test:%d | mx1.drill.test:%d mx1.drill.test:%d", mail, done, done),
		"silence": fmt.Sprintf("mx1.drill.test:%d | mx1.drill.test:%d mx2.drill.test:%d", mail, done, done),
	} {
		t.Run(how, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				z := &zone{records: twoExchangers}
				n := 0
				first := func(c net.Conn) {
					if n++; n == 1 {
						closes(how)(c)
						return
					}
					obliging.play(c)
				}
				m := &memory{}
				w := &world{peers: map[string]func(net.Conn){"ns": z.play, "192.0.2.1": first, "192.0.2.2": obliging.play}}
				cfg := kept(direct, 100, 2)
				cfg.Mailboxes = []string{"b@t"}
				d, err := drill(t, cfg, w, m)
				if err != nil {
					t.Fatal(err)
				}
				verifySums(t, d, m)
				var tries, outcomes []string
				for _, e := range m.of(ledger.Try) {
					tries = append(tries, fmt.Sprintf("%s:%d", e.Node, e.Phase))
				}
				for _, e := range m.of(ledger.Outcome) {
					outcomes = append(outcomes, fmt.Sprintf("%s:%d", e.Node, e.Phase))
				}
				if got := strings.Join(tries, " ") + " | " + strings.Join(outcomes, " "); got != path {
					t.Errorf("%s, want %s", got, path)
				}
			})
		})
	}
}

// A connection is kept for two seconds and no longer, and never more than the
// sessions allowed.
func TestIdleConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var open, most, made int
		peer := func(c net.Conn) {
			mu.Lock()
			open, made = open+1, made+1
			most = max(most, open)
			mu.Unlock()
			obliging.play(c)
			mu.Lock()
			open--
			mu.Unlock()
		}
		cfg := relayed
		cfg.PerConnection, cfg.Limit, cfg.Rate, cfg.Sessions = 100, 5, 0.1, 3
		m := &memory{}
		if _, err := drill(t, cfg, &world{peers: map[string]func(net.Conn){"relay": peer}}, m); err != nil {
			t.Fatal(err)
		}
		if made != 5 || most != 1 || open != 0 {
			t.Errorf("%d connections, at most %d at once, %d left; one message comes every ten seconds", made, most, open)
		}
	})
}

// The pool gives the last connection first, keeps places apart, and makes room.
func TestPool(t *testing.T) {
	p := &pool{most: 2, clock: func() time.Duration { return 0 }}
	one, two := place{"a", ""}, place{"a", "u"}
	if p.take(one) != nil {
		t.Error("a connection out of nothing")
	}
	x, y := &connection{place: one}, &connection{place: one}
	p.open = 2
	p.give(x)
	p.give(y)
	if p.take(two) != nil || p.take(one) != y || p.take(one) != x || p.take(one) != nil {
		t.Error("not the last one first")
	}
	p.give(x)
	p.give(y)
	if slices.Index(p.idle, x) != 0 {
		t.Error("the oldest does not come first")
	}
}
