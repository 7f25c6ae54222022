package load

import (
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"maildrill/faults"
)

// Bounds of what a rule may ask for, so that a slip hurts no host.
const (
	MostSessions = 2000
	MostRate     = 1000 // attempts in a second
)

// Storm is the clients of one rule.
type Storm struct {
	spec faults.LoadSpec
	dial func(context.Context) (net.Conn, error)
	end  context.CancelFunc
	all  sync.WaitGroup
	turn *turns

	offered, refused, greeted, accepted, denied atomic.Uint64
	open                                        atomic.Int64
}

// Begin starts the clients in the network namespace at the path.
func Begin(namespace string, spec faults.LoadSpec) (*Storm, error) {
	return begin(func(ctx context.Context) (net.Conn, error) { return from(ctx, namespace, spec.To) }, spec)
}

func begin(dial func(context.Context) (net.Conn, error), spec faults.LoadSpec) (*Storm, error) {
	act := manners[spec.Manner]
	switch {
	case act == nil:
		return nil, errors.New("unknown manner " + string(spec.Manner))
	case spec.Sessions < 1 || spec.Sessions > MostSessions:
		return nil, errors.New("too many sessions, or none")
	case spec.Rate < 0 || spec.Rate > MostRate:
		return nil, errors.New("too high a rate")
	}
	ctx, end := context.WithCancel(context.Background())
	s := &Storm{spec: spec, dial: dial, end: end, turn: newTurns(spec.Rate, spec.Most)}
	for range spec.Sessions {
		s.all.Go(func() { s.client(ctx, act) })
	}
	return s, nil
}

// End ends all clients and returns when they are gone.
func (s *Storm) End() {
	s.end()
	s.all.Wait()
}

// Counters are attempts that were offered, connections that were refused or not
// answered, greetings that came, attempts that the server took (250, OK) and
// that it turned down, and how many connections are open.
func (s *Storm) Counters() map[string]uint64 {
	return map[string]uint64{
		"offered": s.offered.Load(), "refused": s.refused.Load(), "greeted": s.greeted.Load(),
		"accepted": s.accepted.Load(), "denied": s.denied.Load(), "open": uint64(max(s.open.Load(), 0)),
	}
}

// patience is how long a client waits before it tries again after a failure.
const patience = 200 * time.Millisecond

// client makes one attempt after the other.
func (s *Storm) client(ctx context.Context, act manner) {
	for s.turn.next(ctx) {
		n := s.offered.Add(1)
		if err := s.attempt(ctx, act, n); err != nil && ctx.Err() == nil {
			rest(ctx, patience)
		}
	}
}

// attempt is one connection. Its end is a reset: thousands of sockets that wait
// out their time would use up the ports.
func (s *Storm) attempt(ctx context.Context, act manner, n uint64) error {
	conn, err := s.dial(ctx)
	if err != nil {
		if !errors.Is(err, context.Canceled) {
			s.refused.Add(1)
			s.turn.back()
		}
		return err
	}
	s.open.Add(1)
	defer s.open.Add(-1)
	if t, ok := conn.(*net.TCPConn); ok {
		_ = t.SetLinger(0)
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer func() { stop(); _ = conn.Close() }()
	return act(ctx, s, conn, n)
}

// rest waits, or less if the context ends.
func rest(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// turns hands out attempts at a rate.
type turns struct {
	mu    sync.Mutex
	every time.Duration
	due   time.Time
	left  int // below zero: no end
}

func newTurns(rate float64, most int) *turns {
	t := &turns{due: time.Now(), left: most}
	if rate > 0 {
		t.every = time.Duration(float64(time.Second) / rate)
	}
	if most == 0 {
		t.left = -1
	}
	return t
}

// next waits for a turn; false: there is none any more.
func (t *turns) next(ctx context.Context) bool {
	t.mu.Lock()
	if t.left == 0 {
		t.mu.Unlock()
		return false
	}
	if t.left > 0 {
		t.left--
	}
	now := time.Now()
	if t.due.Before(now) {
		t.due = now // what was missed is not made up for
	}
	wait := t.due.Sub(now)
	t.due = t.due.Add(t.every)
	t.mu.Unlock()
	return rest(ctx, wait) && ctx.Err() == nil
}

// back gives a turn back: nobody was there to meet, as while a server starts.
func (t *turns) back() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.left >= 0 {
		t.left++
	}
}

// taken tells whether a source port is in use by another.
func taken(err error) bool {
	return errors.Is(err, syscall.EADDRINUSE) || errors.Is(err, syscall.EADDRNOTAVAIL)
}
