package intercept

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"sync"
	"time"

	"maildrill/faults"
	"maildrill/harness/agent/mux"
)

// Proxy is the keeper's hold on the proxy of one network namespace.
type Proxy struct {
	session  *mux.Session
	child    *os.Process
	redirect redirect
	held     *os.File      // the namespace; nil: closed
	renewed  chan struct{} // nobody renews any more
	ended    chan struct{} // the child is gone

	mu   sync.Mutex
	ways map[string][]way // by rule
}

// Start makes the proxy of a network namespace, a path such as
// /proc/<pid>/ns/net. table is the nftables table that is to be its own.
func Start(namespace, table string) (*Proxy, error) {
	// Held open: a process id may be given to another.
	held, err := os.Open(namespace)
	if err != nil {
		return nil, fmt.Errorf("open network namespace: %w", err)
	}
	path := fmt.Sprintf("/proc/self/fd/%d", held.Fd())
	session, child, ended, err := spawn(path)
	if err != nil {
		_ = held.Close()
		return nil, fmt.Errorf("start the proxy in %s: %w", namespace, err)
	}
	p := &Proxy{session: session, child: child, redirect: redirect{path, table}, held: held, ended: ended, renewed: make(chan struct{}), ways: map[string][]way{}}
	go p.renew()
	return p, nil
}

// Gone tells that the proxy does not live any more.
func (p *Proxy) Gone() bool {
	select {
	case <-p.session.Done():
		return true
	default:
		return false
	}
}

// endLimit is how long the child may take to end by itself.
const endLimit = Linger + 3*time.Second

// Close ends the proxy and all that it plays, and returns when it is gone. If that
// fails, it may be called again.
func (p *Proxy) Close() error {
	if p.held == nil {
		return nil
	}
	_ = p.session.Close()
	timer := time.AfterFunc(endLimit, func() { _ = p.child.Kill() })
	<-p.ended
	timer.Stop()
	<-p.renewed
	if err := p.redirect.end(); err != nil {
		return err
	}
	err := p.held.Close()
	p.held = nil
	return err
}

// Put lets a rule stand; one with the same id is replaced. New connections meet
// it when Put returns.
func (p *Proxy) Put(ctx context.Context, r faults.Rule) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	until := time.Now().Add(r.TTL) // a moment before the proxy's own end of it
	var reply putReply
	if err := p.session.Call(ctx, verbPut, r, &reply); err != nil {
		return err
	}
	var ways []way
	for text, port := range reply.Ports {
		at, err := netip.ParseAddrPort(text)
		if err != nil {
			return err
		}
		ways = append(ways, way{at, port, reply.Reset, until})
	}
	p.ways[key(r.Mechanism, r.ID)] = ways
	return p.point()
}

// Take takes a rule away. It returns when none of its connections is played
// any more. One that does not stand is left alone.
func (p *Proxy) Take(ctx context.Context, m faults.Mechanism, id string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.ways, key(m, id))
	if err := p.point(); err != nil {
		return err
	}
	return p.session.Call(ctx, verbTake, takeOrder{m, id}, nil)
}

// Idle tells that no rule stands.
func (p *Proxy) Idle() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.ways) == 0
}

// Rules reads back the rules of a mechanism.
func (p *Proxy) Rules(ctx context.Context, m faults.Mechanism) ([]faults.Standing, error) {
	var reply rulesReply
	if err := p.session.Call(ctx, verbRules, nil, &reply); err != nil {
		return nil, err
	}
	var found []faults.Standing
	for _, s := range reply.Rules {
		if s.Mechanism == m {
			found = append(found, s.Standing)
		}
	}
	return found, nil
}

func key(m faults.Mechanism, id string) string { return string(m) + "/" + id }

// point makes the redirections those of the rules that stand.
func (p *Proxy) point() error {
	var all []way
	for _, ways := range p.ways {
		all = append(all, ways...)
	}
	return p.redirect.point(all)
}

// renew keeps the redirections while the proxy lives, and ends them with it.
func (p *Proxy) renew() {
	defer close(p.renewed)
	tick := time.NewTicker(Lease / 4)
	defer tick.Stop()
	for {
		select {
		case <-p.session.Done():
			_ = p.redirect.end()
			return
		case <-tick.C:
			p.mu.Lock()
			if len(p.ways) > 0 && !p.Gone() {
				_ = p.point() // a failure shows in the next look
			}
			p.mu.Unlock()
		}
	}
}
