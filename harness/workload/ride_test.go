package workload

import (
	"context"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"maildrill/harness/ledger"
)

// Two messages wait, so that the envelope of the second goes out with the final
// dot of the first. Whatever becomes of the session, each gets the verdict of
// its own replies.
func TestEnvelopeRidesOnTheDot(t *testing.T) {
	const ok, rt, rp, na, gap = ledger.Accepted, ledger.RejectedTemporary, ledger.RejectedPermanent, ledger.NotAttempted, ledger.Indeterminate
	first := []string{"220 hi\r\n", hello, "250 ok\r\n", "250 ok\r\n", "354 go\r\n"} // up to the dot
	fresh := &canned{replies: append(append([]string{}, first...), "250 ok\r\n", "221 bye\r\n")}
	for _, c := range []struct {
		name        string
		rest        []string // from the reply to the first dot on
		closes      bool     // instead of falling silent
		want        [2]ledger.Verdict
		connections int
	}{
		{"all is well", []string{"250 ok\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n", "250 ok\r\n", "221 bye\r\n"}, false, [2]ledger.Verdict{ok, ok}, 1},
		{"all in one packet", []string{"250 ok\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n", "250 ok\r\n221 bye\r\n"}, false, [2]ledger.Verdict{ok, ok}, 1},
		{"the first is refused", []string{"451 no\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n", "250 ok\r\n", "221 bye\r\n"}, false, [2]ledger.Verdict{rt, ok}, 1},
		{"the second is refused", []string{"250 ok\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n", "554 no\r\n", "221 bye\r\n"}, false, [2]ledger.Verdict{ok, rp}, 1},
		{"its sender is refused", []string{"250 ok\r\n", "550 no\r\n", "503 no\r\n", "503 no\r\n", "221 bye\r\n"}, false, [2]ledger.Verdict{ok, rp}, 1},
		{"its recipient is refused", []string{"250 ok\r\n", "250 ok\r\n", "450 no\r\n", "503 no\r\n", "221 bye\r\n"}, false, [2]ledger.Verdict{ok, rt}, 1},
		{"its recipient is refused, yet 354", []string{"250 ok\r\n", "250 ok\r\n", "550 no\r\n", "354 go\r\n", "250 ok\r\n"}, false, [2]ledger.Verdict{ok, rp}, 1},
		{"lost before the reply", nil, true, [2]ledger.Verdict{gap, ok}, 2},
		{"lost inside the reply", []string{"25"}, true, [2]ledger.Verdict{gap, ok}, 2},
		{"lost after the reply", []string{"250 ok\r\n"}, true, [2]ledger.Verdict{ok, ok}, 2},
		{"closing after the reply", []string{"250 ok\r\n", "421 bye\r\n"}, true, [2]ledger.Verdict{ok, ok}, 2},
		{"closing with the reply", []string{"421 bye\r\n"}, true, [2]ledger.Verdict{rt, ok}, 2},
		{"lost after MAIL", []string{"250 ok\r\n", "250 ok\r\n"}, true, [2]ledger.Verdict{ok, na}, 1},
		{"lost after RCPT", []string{"250 ok\r\n", "250 ok\r\n", "250 ok\r\n"}, true, [2]ledger.Verdict{ok, na}, 1},
		{"lost after the second message", []string{"250 ok\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n"}, true, [2]ledger.Verdict{ok, gap}, 1},
		{"silent before the reply", nil, false, [2]ledger.Verdict{gap, ok}, 2},
		{"silent after the reply", []string{"250 ok\r\n"}, false, [2]ledger.Verdict{ok, na}, 1},
		{"accepted too early", []string{"250 ok\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n250 ok\r\n"}, false, [2]ledger.Verdict{ok, na}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := &canned{replies: append(append([]string{}, first...), c.rest...), closes: c.closes}
				var mu sync.Mutex
				made := 0
				peer := func(conn net.Conn) {
					mu.Lock()
					made++
					n := made
					mu.Unlock()
					if n == 1 {
						server.play(conn)
						return
					}
					fresh.play(conn)
				}
				cfg, m := kept(relayed, 2, 2), &memory{}
				cfg.Rate = 1e12
				d, err := drill(t, cfg, &world{peers: map[string]func(net.Conn){"relay": peer}}, m)
				if err != nil {
					t.Fatal(err)
				}
				verifySums(t, d, m)
				if made != c.connections {
					t.Errorf("%d connections, want %d", made, c.connections)
				}
				for _, e := range m.of(ledger.Outcome) {
					if want := c.want[e.Copy.Seq-1]; e.Verdict != want || (e.Sent != 0) != (e.Phase >= ledger.PhaseReply) {
						t.Errorf("message %d: verdict %d in phase %d (%s), want %d", e.Copy.Seq, e.Verdict, e.Phase, e.Detail, want)
					}
				}
				if dots := strings.Count(server.sent(), "\n.\n"); dots > 2 || (c.want[1] == na && dots > 1) {
					t.Errorf("%d terminators:%s", dots, server.sent())
				}
			})
		})
	}
}

// It rides indeed, in one write, and only where nothing else was asked for.
func TestWhenAnEnvelopeRides(t *testing.T) {
	for name, c := range map[string]struct {
		cfg   Config
		rides bool
	}{
		"a kept connection":        {kept(relayed, 100, 20), true},
		"one message each":         {kept(relayed, 1, 20), false},
		"found by the name server": {kept(direct, 100, 20), false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c.cfg.Rate = 1e12
				var mu sync.Mutex
				rode := 0
				peer := func(conn net.Conn) {
					obliging.play(&eavesdropped{Conn: conn, heard: func(text string) {
						mu.Lock()
						defer mu.Unlock()
						if strings.Contains(text, "\r\n.\r\nMAIL FROM:<") {
							rode++
						}
					}})
				}
				z := &zone{records: twoExchangers}
				m := &memory{}
				w := &world{peers: map[string]func(net.Conn){"relay": peer, "192.0.2.1": peer, "ns": z.play}}
				d, err := drill(t, c.cfg, w, m)
				if err != nil {
					t.Fatal(err)
				}
				verifySums(t, d, m)
				if n := d.Counters(); n.Accepted != 20 || (rode > 0) != c.rides {
					t.Errorf("%d rode, %+v", rode, n)
				}
			})
		})
	}
}

type eavesdropped struct {
	net.Conn
	heard func(string)
}

func (e *eavesdropped) Read(b []byte) (int, error) {
	n, err := e.Conn.Read(b)
	e.heard(string(b[:n]))
	return n, err
}

// At the end an envelope that went ahead is in flight: its message is sent, the
// others that wait are not begun.
func TestStopWhileAnEnvelopeRides(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := kept(relayed, 100, 0)
		cfg.Rate = 5
		m := &memory{}
		w := &world{peers: map[string]func(net.Conn){"relay": obliging.with(".", late+"250 ok").play}}
		d := start(t, cfg, w, m)
		ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
		defer cancel()
		if err := d.Run(ctx); err != nil {
			t.Fatal(err)
		}
		w.wg.Wait()
		verifySums(t, d, m)
		if n := d.Counters(); n.Accepted != 3 || n.Indeterminate != 0 || n.Unsent < 15 {
			t.Errorf("%+v, want the first, the one that was sent at the end, and the one whose envelope had gone ahead", n)
		}
	})
}
