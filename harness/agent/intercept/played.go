package intercept

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"

	"maildrill/faults"
	"maildrill/harness/agent/dialogue"
	"maildrill/harness/agent/dialogue/speakers"
	"maildrill/harness/agent/streams"
	"maildrill/harness/pause"
)

// Linger is how long connections may take to end when their rule is taken.
const Linger = 2 * time.Second

// dialLimit bounds an attempt at the server.
const dialLimit = 30 * time.Second

// played is a rule that stands, with the connections that pass it.
type played struct {
	rule    faults.Rule
	to      []netip.AddrPort
	reset   bool
	speaker dialogue.Speaker
	ports   map[string]uint16
	// meter counts the system's own connections, looks those of the drill's
	// visitors.
	meter, looks dialogue.Meter

	listeners []net.Listener
	cancel    context.CancelFunc
	running   sync.WaitGroup
	until     time.Time
	expiry    *time.Timer
}

// newPlayed reads a rule.
func newPlayed(r faults.Rule) (*played, error) {
	p := &played{rule: r, ports: map[string]uint16{}}
	var err error
	switch r.Mechanism {
	case faults.Streams:
		var spec faults.StreamSpec
		if err = r.Decode(&spec); err == nil {
			p.to, p.reset = spec.To, spec.Reset
			p.speaker, err = streams.New(spec)
		}
	case faults.Dialogue:
		var spec faults.DialogueSpec
		if err = r.Decode(&spec); err == nil {
			p.to, p.reset = spec.To, spec.Reset
			p.speaker, err = speakers.New(spec.Protocol, spec.Script)
		}
	default:
		err = fmt.Errorf("the proxy has no mechanism %q", r.Mechanism)
	}
	if err == nil && len(p.to) == 0 {
		err = fmt.Errorf("rule %s leads to no address", r.ID)
	}
	return p, err
}

// listen opens a port of the loopback for each destination.
func (p *played) listen(ctx context.Context) error {
	ctx, p.cancel = context.WithCancel(ctx)
	for _, to := range p.to {
		at := "127.0.0.1:0"
		if to.Addr().Unmap().Is6() {
			at = "[::1]:0"
		}
		l, err := net.Listen("tcp", at)
		if err != nil {
			p.end()
			return fmt.Errorf("listen for connections to %s: %w", to, err)
		}
		p.listeners = append(p.listeners, l)
		p.ports[to.String()] = uint16(l.Addr().(*net.TCPAddr).Port)
		p.running.Go(func() { p.accept(ctx, l, to) })
	}
	return nil
}

// last lets the rule stand for so long from now on.
func (p *played) last(ttl time.Duration, over func()) {
	p.until = time.Now().Add(ttl)
	if p.expiry != nil {
		p.expiry.Stop()
	}
	p.expiry = time.AfterFunc(ttl, over)
}

// end takes no more connections and returns when those that are there are over.
func (p *played) end() {
	if p.expiry != nil {
		p.expiry.Stop()
	}
	for _, l := range p.listeners {
		_ = l.Close()
	}
	p.cancel()
	p.running.Wait()
}

func (p *played) accept(ctx context.Context, l net.Listener, to netip.AddrPort) {
	for {
		client, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // out of descriptors: whatever ends in this process gives some back
			if !pause.For(ctx, 10*time.Millisecond) {
				return
			}
			continue
		}
		p.running.Go(func() { p.play(ctx, client, to) })
	}
}

// play leads one connection through the speaker. A server that cannot be
// reached is, to the client, a connection that is reset.
func (p *played) play(ctx context.Context, client net.Conn, to netip.AddrPort) {
	defer client.Close()
	d := net.Dialer{Timeout: dialLimit}
	server, err := d.DialContext(ctx, "tcp", to.String())
	if err != nil {
		dialogue.Reset(client)
		return
	}
	defer server.Close()
	defer cutAfter(ctx, client, server)()
	meter := &p.meter
	if dialogue.IsVisit(client) {
		meter = &p.looks
	}
	// How a connection ended is the two ends' affair; the meter has what counts.
	_ = p.speaker.Speak(ctx, client, server, meter)
}

// cutAfter resets both ends when the rule has been taken for longer than they
// may linger. What it returns calls that off.
func cutAfter(ctx context.Context, ends ...net.Conn) func() {
	over := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		timer := time.NewTimer(Linger)
		defer timer.Stop()
		select {
		case <-over:
		case <-timer.C:
			for _, c := range ends {
				dialogue.Reset(c)
			}
		}
	})
	return func() { close(over); stop() }
}
