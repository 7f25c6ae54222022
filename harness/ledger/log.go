package ledger

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"time"
)

// ErrClosed is returned by a log that was closed.
var ErrClosed = errors.New("the ledger is closed")

// Log is the write side of the ledger. Callers fill a batch while one goroutine
// writes the batch before it as one block; a full batch makes the callers wait,
// and nothing is dropped. After the first error of the disk nothing is written
// any more, and every call returns that error.
type Log struct {
	mu     sync.Mutex
	room   sync.Cond // the batch was taken, or no other will be
	batch  batch
	closed bool
	err    error

	wake chan struct{} // the batch should not wait for the next tick
	done chan struct{} // closed when the writer has ended

	// The writer's own.
	spare   batch
	encoder encoder
	written uint64 // entries
	segment segment
}

// batch is what becomes one block.
type batch struct {
	entries []Entry
	text    int     // bytes
	commit  *commit // nil: nobody waits for it
}

// commit is one fdatasync, for all who wait for it.
type commit struct {
	done chan struct{}
	err  error // read only after done is closed
}

const (
	batchEntries = 1 << 14  // in one block at most
	batchText    = 1 << 20  // bytes: a batch with more texts is full
	entryMost    = 16 << 20 // bytes: an entry with more texts is refused

	// linger is how long an entry that nobody waits for may stay in memory, so
	// that it shares a block. A process that is killed loses what lingers.
	linger = 50 * time.Millisecond
)

// Create makes a ledger in a folder that has none yet.
func Create(dir string) (*Log, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("create the ledger: %w", err)
	}
	return create(dir, openDisk)
}

func create(dir string, open func(string) (disk, error)) (*Log, error) {
	l := &Log{wake: make(chan struct{}, 1), done: make(chan struct{}), segment: segment{dir: dir, goal: segmentGoal, open: open}}
	l.room.L = &l.mu
	if err := l.segment.begin(); err != nil {
		return nil, fmt.Errorf("create the ledger: %w", err)
	}
	go l.write()
	return l, nil
}

// Intend implements [Recorder].
func (l *Log) Intend(entries ...Entry) error {
	c, err := l.submit(entries, true)
	if err != nil || c == nil {
		return err
	}
	<-c.done
	return c.err
}

// Record implements [Recorder]. An error may be that of an earlier call.
func (l *Log) Record(entries ...Entry) error {
	_, err := l.submit(entries, false)
	return err
}

// submit adds the entries to the batch, or to several in turn; the commit is
// that of the last one, which is written after the others.
func (l *Log) submit(entries []Entry, durable bool) (*commit, error) {
	for i := range entries {
		if n := textOf(&entries[i]); n > entryMost {
			return nil, fmt.Errorf("write the ledger: an entry of %d bytes", n)
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range entries {
		for l.batch.full() && l.refuses() == nil {
			l.hurry()
			l.room.Wait()
		}
		if err := l.refuses(); err != nil {
			return nil, err
		}
		l.batch.add(&entries[i])
	}
	if !durable || len(entries) == 0 {
		return nil, l.refuses()
	}
	return l.committing(), nil
}

// committing is the commit of the batch that is being filled.
func (l *Log) committing() *commit {
	if l.batch.commit == nil {
		l.batch.commit = &commit{done: make(chan struct{})}
		l.hurry()
	}
	return l.batch.commit
}

// Sync returns when everything recorded so far is on stable storage, where it
// can be read.
func (l *Log) Sync() error {
	l.mu.Lock()
	if err := l.refuses(); err != nil {
		l.mu.Unlock()
		return err
	}
	c := l.committing()
	l.mu.Unlock()
	<-c.done
	return c.err
}

func (l *Log) refuses() error {
	if l.closed {
		return ErrClosed
	}
	return l.err
}

func textOf(e *Entry) int {
	return len(e.Node) + len(e.Enhanced) + len(e.Detail) + len(e.Mailbox) + len(e.Hops) + len(e.Foreign)
}

func (b *batch) add(e *Entry) {
	b.entries = append(b.entries, *e)
	b.text += textOf(e)
}

func (b *batch) full() bool { return len(b.entries) >= batchEntries || b.text >= batchText }

// hurry wakes the writer; once is enough.
func (l *Log) hurry() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// Close writes what waits and the end mark, makes it durable and ends the
// writer. It is idempotent.
func (l *Log) Close() error {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.room.Broadcast()
	l.hurry()
	<-l.done
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}
