package netqueue

import (
	"container/heap"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"maildrill/faults"
)

// Queue treats the packets of one rule.
type Queue struct {
	number uint16
	conn   *netlink.Conn
	treat  treatment
	// done is closed when no more packets come.
	done chan struct{}
	end  func() error

	mu    sync.Mutex
	held  waiting
	order uint64
	ended bool
	wake  chan struct{}

	treated, overflown atomic.Uint64
}

// receiveBuffer holds bursts, in bytes.
const receiveBuffer = 8 << 20

// Open listens on a queue of the network namespace at the path, before the rule
// that feeds it stands. No other listener may have the number.
func Open(namespace string, number uint16, s faults.PacketSpec) (*Queue, error) {
	treat, err := treatmentOf(namespace, number, s)
	if err != nil {
		return nil, err
	}
	ns, err := os.Open(namespace)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open network namespace: %w", err), treat.close())
	}
	defer ns.Close()
	conn, err := netlink.Dial(unix.NETLINK_NETFILTER, &netlink.Config{NetNS: int(ns.Fd())})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open netlink: %w", err), treat.close())
	}
	q := &Queue{number: number, conn: conn, treat: treat, done: make(chan struct{}), wake: make(chan struct{}, 1)}
	if err := q.bind(); err != nil {
		return nil, errors.Join(fmt.Errorf("listen on queue %d: %w", number, err), conn.Close(), treat.close())
	}
	q.end = sync.OnceValue(q.close)
	go q.listen()
	go q.release()
	return q, nil
}

func (q *Queue) bind() error {
	if err := errors.Join(q.conn.SetReadBuffer(receiveBuffer), q.conn.SetOption(netlink.NoENOBUFS, true)); err != nil {
		return err
	}
	all, err := bind(q.number, q.treat.whole)
	if err != nil {
		return err
	}
	for _, m := range all {
		if _, err := q.conn.Execute(m); err != nil {
			return err
		}
	}
	return nil
}

// listen takes packets until the connection is closed. Whatever else ends it, the
// kernel must not go on to hand over what nobody takes.
func (q *Queue) listen() {
	defer close(q.done)
	defer q.conn.Close()
	for {
		all, err := q.conn.Receive()
		var refused *netlink.OpError
		if err != nil && errors.As(err, &refused) && errors.Is(err, unix.ENOENT) {
			continue // a verdict came too late for its packet
		}
		if err != nil {
			return
		}
		for _, m := range all {
			if p, err := parse(m); err == nil {
				q.take(p, time.Now())
			}
		}
	}
}

// take decides on a packet, or keeps it until it is due.
func (q *Queue) take(p packet, now time.Time) {
	f := q.treat.apply(p, now)
	if f.drop {
		q.overflown.Add(1)
		q.answer(p.id, verdictDrop, nil)
		return
	}
	q.treated.Add(1)
	if !f.due.After(now) {
		q.answer(p.id, verdictAccept, f.bytes)
		return
	}
	q.mu.Lock()
	q.order++
	heap.Push(&q.held, kept{p.id, f.due, q.order})
	q.mu.Unlock()
	q.nudge()
}

func (q *Queue) nudge() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

func (q *Queue) answer(id, kind uint32, bytes []byte) {
	if m, err := verdict(q.number, id, kind, bytes); err == nil {
		_, _ = q.conn.Send(m) // a connection that is closed has released its packets
	}
}

// release lets packets go when they are due, in the order of their times.
func (q *Queue) release() {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		timer.Reset(q.flush(time.Now()))
		select {
		case <-timer.C:
		case <-q.wake:
		case <-q.done:
			return
		}
	}
}

// flush lets those go that are due, and tells when the next one is.
func (q *Queue) flush(now time.Time) (wait time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.held) > 0 {
		if wait := q.held[0].due.Sub(now); wait > 0 && !q.ended {
			return wait
		}
		q.answer(heap.Pop(&q.held).(kept).id, verdictAccept, nil)
	}
	return time.Hour
}

// Alive tells whether packets are treated.
func (q *Queue) Alive() bool {
	select {
	case <-q.done:
		return false
	default:
		return true
	}
}

// Counts tells how many packets were treated, and how many a full line has
// dropped.
func (q *Queue) Counts() (treated, overflown uint64) { return q.treated.Load(), q.overflown.Load() }

// Close lets go whatever waits, and ends the queue. The rule must be gone, or
// it lets everything pass. It may be called again.
func (q *Queue) Close() error { return q.end() }

func (q *Queue) close() error {
	q.mu.Lock()
	q.ended = true
	q.mu.Unlock()
	q.flush(time.Now())
	err := q.conn.Close()
	if errors.Is(err, os.ErrClosed) { // by the listener, whose end was another's doing
		err = nil
	}
	<-q.done
	return errors.Join(err, q.treat.close())
}

// kept is a packet that is not due yet.
type kept struct {
	id    uint32
	due   time.Time
	order uint64
}

// waiting is a heap of those, the first one due on top.
type waiting []kept

func (w waiting) Len() int { return len(w) }
func (w waiting) Less(i, j int) bool {
	if w[i].due.Equal(w[j].due) {
		return w[i].order < w[j].order
	}
	return w[i].due.Before(w[j].due)
}
func (w waiting) Swap(i, j int) { w[i], w[j] = w[j], w[i] }
func (w *waiting) Push(x any)   { *w = append(*w, x.(kept)) }
func (w *waiting) Pop() any {
	last := (*w)[len(*w)-1]
	*w = (*w)[:len(*w)-1]
	return last
}
