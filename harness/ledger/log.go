package ledger

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
)

// ErrClosed is returned by a log that was closed.
var ErrClosed = errors.New("the ledger is closed")

// Log is the write side of the ledger. One goroutine writes; a full queue makes
// the callers wait, and nothing is dropped. After the first error of the disk
// nothing is written any more, and every call returns that error.
type Log struct {
	queue chan request
	done  chan struct{} // closed when the writer has ended

	mu     sync.RWMutex // held for reading while sending, so that Close waits for senders
	closed bool

	failed sync.Mutex
	err    error

	segment segment // the writer's own
}

// request is a piece of payload, with an answer if it must be durable.
type request struct {
	payload []byte
	durable chan error
}

const (
	queueLength = 4096     // requests
	blockGoal   = 1 << 20  // bytes of payload: a block is not filled beyond it
	entryMost   = 16 << 20 // bytes: a longer entry is refused
)

// Create makes a ledger in a folder that has none yet.
func Create(dir string) (*Log, error) {
	s, err := createSegment(dir, 1)
	if err != nil {
		return nil, fmt.Errorf("create the ledger: %w", err)
	}
	l := &Log{queue: make(chan request, queueLength), done: make(chan struct{}), segment: s}
	go l.write()
	return l, nil
}

// Intend implements [Recorder].
func (l *Log) Intend(entries ...Entry) error { return l.submit(entries, make(chan error, 1)) }

// Record implements [Recorder]. An error may be that of an earlier call.
func (l *Log) Record(entries ...Entry) error { return l.submit(entries, nil) }

// Sync returns when everything recorded so far is on stable storage, and so
// can be read.
func (l *Log) Sync() error {
	durable := make(chan error, 1)
	if err := l.send([][]byte{nil}, durable); err != nil {
		return err
	}
	return <-durable
}

func (l *Log) submit(entries []Entry, durable chan error) error {
	pieces, err := encode(entries)
	if err != nil || len(pieces) == 0 {
		return err
	}
	if err := l.send(pieces, durable); err != nil {
		return err
	}
	if durable != nil {
		return <-durable
	}
	return l.failure()
}

// send queues the pieces in order; the answer is that of the last one, which is
// written after the others.
func (l *Log) send(pieces [][]byte, durable chan error) error {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if l.closed {
		return ErrClosed
	}
	for i, p := range pieces {
		r := request{payload: p}
		if i == len(pieces)-1 {
			r.durable = durable
		}
		l.queue <- r
	}
	return nil
}

// encode makes length-prefixed entries, cut into pieces that a block can hold.
func encode(entries []Entry) ([][]byte, error) {
	var pieces [][]byte
	var piece, one []byte
	for _, e := range entries {
		one = appendEntry(one[:0], e)
		if len(one) > entryMost {
			return nil, fmt.Errorf("write the ledger: an entry of %d bytes", len(one))
		}
		piece = binary.AppendUvarint(piece, uint64(len(one)))
		piece = append(piece, one...)
		if len(piece) >= blockGoal {
			pieces, piece = append(pieces, piece), nil
		}
	}
	if len(piece) > 0 {
		pieces = append(pieces, piece)
	}
	return pieces, nil
}

// Close writes what is queued, makes it durable and ends the writer. It is
// idempotent.
func (l *Log) Close() error {
	l.mu.Lock()
	if !l.closed {
		l.closed = true
		close(l.queue)
	}
	l.mu.Unlock()
	<-l.done
	return l.failure()
}

// write is the only writer. It gathers what waits into one block and, if any
// of it must be durable, makes one fdatasync for all.
func (l *Log) write() {
	defer close(l.done)
	for first := range l.queue {
		l.commit(l.gather(first))
	}
	l.keep(l.segment.close())
}

func (l *Log) gather(first request) []request {
	batch, size := []request{first}, len(first.payload)
	for size < blockGoal {
		select {
		case r, open := <-l.queue:
			if !open {
				return batch
			}
			batch, size = append(batch, r), size+len(r.payload)
		default:
			return batch
		}
	}
	return batch
}

func (l *Log) commit(batch []request) {
	durable := false
	for _, r := range batch {
		durable = durable || r.durable != nil
	}
	if l.failure() == nil {
		l.keep(l.segment.append(batch, durable))
	}
	for _, r := range batch {
		if r.durable != nil {
			r.durable <- l.failure()
		}
	}
}

// keep remembers the first error; from then on nothing counts as durable.
func (l *Log) keep(err error) {
	l.failed.Lock()
	defer l.failed.Unlock()
	if err != nil && l.err == nil {
		l.err = fmt.Errorf("write the ledger: %w", err)
	}
}

func (l *Log) failure() error {
	l.failed.Lock()
	defer l.failed.Unlock()
	return l.err
}
