package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Events writes events.jsonl. After the first error of the disk nothing is
// written any more, and every call returns that error: a line after half a line
// would break the chain.
type Events struct {
	mu   sync.Mutex
	file *os.File
	n    int
	prev string
	err  error
}

// CreateEvents makes the file, which must not exist yet.
func CreateEvents(path string) (*Events, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return nil, fmt.Errorf("create the events: %w", err)
	}
	if err := syncFolder(filepath.Dir(path)); err != nil {
		return nil, errors.Join(fmt.Errorf("create the events: %w", err), f.Close())
	}
	return &Events{file: f}, nil
}

// Append implements [EventLog]. Events of faults, phases and the run itself are
// durable when it returns; readings, which come many times a second, are not
// worth a disk write of their own.
func (l *Events) Append(at time.Duration, kind, step, node string, data any) error {
	e := Event{At: Seconds(at), Kind: kind, Step: step, Node: node}
	if data != nil {
		b, err := json.Marshal(data)
		if err != nil {
			return fmt.Errorf("event %s: %w", kind, err)
		}
		e.Data = b
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		return l.err
	}
	e.N, e.Prev = l.n+1, l.prev
	line, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("event %s: %w", kind, err)
	}
	if err := l.write(line, durable(kind)); err != nil {
		l.err = fmt.Errorf("write the events: %w", err)
		return l.err
	}
	l.n, l.prev = e.N, digest(line)
	return nil
}

func (l *Events) write(line []byte, durable bool) error {
	if _, err := l.file.Write(append(line, '\n')); err != nil {
		return err
	}
	if !durable {
		return nil
	}
	return datasync(l.file)
}

// durable tells the events that the verdict cannot do without from readings.
func durable(kind string) bool {
	switch kind {
	case Probed, SecurityAsked, EffectSeen, QueueRead, Gap, LoadSampled, Note, StateDone, StateSynced:
		return false
	}
	return true
}

// Close makes the file durable and closes it.
func (l *Events) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return errors.Join(l.file.Sync(), l.file.Close())
}

func digest(line []byte) string {
	sum := sha256.Sum256(line)
	return hex.EncodeToString(sum[:])
}

// ErrTornEvents is wrapped by the error of [ReadEvents] if only the last line is
// incomplete, as a killed process or a full disk leaves it.
var ErrTornEvents = errors.New("the last line is cut short")

// ReadEvents reads events.jsonl and checks its chain. If only the last line is
// cut short, the events before it are returned with an error that wraps
// [ErrTornEvents]; any other line that does not fit is an error that names it,
// and there are no events.
func ReadEvents(path string) ([]Event, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the events: %w", err)
	}
	whole := bytes.LastIndexByte(b, '\n') + 1
	events, err := chain(b[:whole])
	if err != nil {
		return nil, fmt.Errorf("read the events: %w", err)
	}
	if whole < len(b) {
		return events, fmt.Errorf("read the events: line %d: %w", len(events)+1, ErrTornEvents)
	}
	return events, nil
}

// chain checks whole lines. The digest of a line stands in the one after it, so
// a change of the very last line does not show.
func chain(text []byte) ([]Event, error) {
	var events []Event
	prev := ""
	for line := range bytes.Lines(text) {
		line, n := bytes.TrimSuffix(line, []byte("\n")), len(events)+1
		var e Event
		if err := json.Unmarshal(line, &e); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		if e.Prev != prev || e.N != n {
			return nil, fmt.Errorf("line %d does not follow from line %d: something was changed or dropped", n, n-1)
		}
		prev = digest(line)
		events = append(events, e)
	}
	return events, nil
}
