package gameday

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"maildrill/harness/exercise"
	"maildrill/scenarios"
)

// Log is the log of one exercise. It may be used by several goroutines, and several
// processes may have it open.
type Log struct {
	folder Folder
	plan   *scenarios.GameDay

	mu     sync.Mutex
	read   int64 // bytes that are folded
	prev   string
	events []exercise.Event
	record exercise.Record
}

// ErrBroken is wrapped by the errors of a log in which a line was changed or
// dropped.
var ErrBroken = errors.New("something was changed or dropped")

// Open opens the log of an exercise.
func Open(f Folder) (*Log, error) {
	plan, err := f.load()
	if err != nil {
		return nil, err
	}
	l := &Log{folder: f, plan: plan}
	l.forget()
	return l, nil
}

// Plan is the game day as it was when the exercise was made.
func (l *Log) Plan() scenarios.GameDay { return *l.plan }

// Folder is where the log is.
func (l *Log) Folder() Folder { return l.folder }

func (l *Log) forget() {
	l.read, l.prev, l.events, l.record = 0, "", nil, exercise.Begin(*l.plan)
}

// Read gives the exercise as it stands now, and all of its lines.
func (l *Log) Read() (exercise.Record, []exercise.Event, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	err := l.refresh()
	return l.record, l.events, err
}

// refresh reads on from where it stopped. A line that is not whole yet is left for
// later.
func (l *Log) refresh() error {
	f, err := os.Open(l.folder.Log())
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the log: %w", err)
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.Size() < l.read {
		l.forget()
	}
	text, err := io.ReadAll(io.NewSectionReader(f, l.read, 1<<40))
	if err != nil {
		return fmt.Errorf("read the log: %w", err)
	}
	for len(text) > 0 {
		line, rest, whole := bytes.Cut(text, []byte("\n"))
		if !whole {
			return nil
		}
		if err := l.take(line); err != nil {
			l.forget()
			return err
		}
		l.read += int64(len(line)) + 1
		text = rest
	}
	return nil
}

// take folds one whole line.
func (l *Log) take(line []byte) error {
	var e exercise.Event
	n := len(l.events) + 1
	if err := json.Unmarshal(line, &e); err != nil {
		return fmt.Errorf("line %d of the log: %w", n, err)
	}
	if e.N != n || e.Prev != l.prev {
		return fmt.Errorf("line %d of the log does not follow from line %d: %w", n, n-1, ErrBroken)
	}
	if err := exercise.Apply(&l.record, *l.plan, e); err != nil {
		return fmt.Errorf("line %d of the log: %w", n, err)
	}
	sum := sha256.Sum256(line)
	l.prev = hex.EncodeToString(sum[:])
	l.record.Head = l.prev
	l.events = append(l.events, e)
	return nil
}

// Append writes a line, if the exercise allows it now. It is durable when Append
// returns; the record is that after it.
func (l *Log) Append(who exercise.Actor, kind string, data any) (exercise.Record, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	unlock, err := hold(l.folder.lock(), unix.LOCK_EX)
	if err != nil {
		return exercise.Record{}, err
	}
	defer unlock()
	if err := l.refresh(); err != nil {
		return exercise.Record{}, err
	}
	line, err := l.line(who, kind, data)
	if err != nil {
		return exercise.Record{}, err
	}
	from := l.read
	if err := l.take(line); err != nil {
		l.forget() // what was refused may have left its marks
		return exercise.Record{}, refusal(err)
	}
	if err := write(l.folder.Log(), from, line); err != nil {
		l.forget()
		return exercise.Record{}, err
	}
	l.read = from + int64(len(line)) + 1
	return l.record, nil
}

// line is an event as it is written. Clocks that were put back do not put the log
// out of order.
func (l *Log) line(who exercise.Actor, kind string, data any) ([]byte, error) {
	raw, err := json.Marshal(data)
	if err != nil {
		return nil, fmt.Errorf("event %s: %w", kind, err)
	}
	now := time.Now().UTC()
	if n := len(l.events); n > 0 && now.Before(l.events[n-1].At) {
		now = l.events[n-1].At
	}
	return json.Marshal(exercise.Event{N: len(l.events) + 1, At: now, By: who.Name, Role: who.Role, Via: who.Via, Kind: kind, Data: raw, Prev: l.prev})
}

// refusal takes the line's number off an error: the line was never written.
func refusal(err error) error {
	if inner := errors.Unwrap(err); inner != nil {
		return inner
	}
	return err
}

// write puts a line after the whole ones. Half a line after them is what a killed
// process left; it was never answered for.
func write(path string, at int64, line []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("write the log: %w", err)
	}
	err = f.Truncate(at)
	if err == nil {
		_, err = f.WriteAt(append(line, '\n'), at)
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write the log: %w", err)
	}
	return nil
}

// hold takes a lock that ends with the process.
func hold(path string, how int) (release func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("lock the exercise: %w", err)
	}
	if err := unix.Flock(int(f.Fd()), how); err != nil {
		return nil, errors.Join(fmt.Errorf("lock the exercise: %w", err), f.Close())
	}
	return func() { _ = f.Close() }, nil
}
