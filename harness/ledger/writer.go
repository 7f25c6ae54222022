package ledger

import (
	"errors"
	"fmt"
	"time"
)

// write is the only writer: what has gathered becomes one block, and if
// anybody waits for it, one fdatasync serves all.
func (l *Log) write() {
	defer close(l.done)
	tick := time.NewTicker(linger)
	defer tick.Stop()
	for last := false; !last; {
		select {
		case <-l.wake:
		case <-tick.C:
		}
		last = l.take()
		l.settle()
	}
	l.keep(l.end())
}

// take exchanges the batch for the empty one, and tells whether it is the last.
func (l *Log) take() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.batch, l.spare = l.spare, l.batch
	l.room.Broadcast()
	return l.closed
}

// settle writes the batch that was taken, and tells those who wait.
func (l *Log) settle() {
	b := &l.spare
	switch {
	case l.failure() != nil:
	case len(b.entries) > 0:
		l.keep(l.segment.append(l.encoder.encode(l.written, b.entries), b.commit != nil))
		l.written += uint64(len(b.entries))
	case b.commit != nil:
		l.keep(l.segment.disk.Datasync())
	}
	if b.commit != nil {
		b.commit.err = l.failure()
		close(b.commit.done)
	}
	clear(b.entries) // lets go of the texts
	*b = batch{entries: b.entries[:0]}
}

// end writes the end mark: a block without entries.
func (l *Log) end() error {
	if l.failure() != nil {
		return l.segment.disk.Close()
	}
	err := l.segment.append(l.encoder.encode(l.written, nil), true)
	return errors.Join(err, l.segment.disk.Close())
}

// keep remembers the first error; from then on nothing counts as durable.
func (l *Log) keep(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil && l.err == nil {
		l.err = fmt.Errorf("write the ledger: %w", err)
	}
}

func (l *Log) failure() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}
