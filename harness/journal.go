package harness

import (
	"encoding/json"
	"fmt"
	"os"
	"sync"

	"maildrill/faults"
)

// journal is the write-ahead list of inverses: a line is on stable storage
// before its fault is injected, and another when the fault was proven gone.
type journal struct {
	mu   sync.Mutex
	file *os.File
}

// JournalLine is one line of journal.jsonl.
type JournalLine struct {
	ID    string        `json:"id"`
	State string        `json:"state"` // "held" or "clean"
	Undo  []faults.Undo `json:"undo,omitempty"`
}

func createJournal(path string) (*journal, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return nil, fmt.Errorf("create the journal: %w", err)
	}
	return &journal{file: f}, nil
}

func (j *journal) write(line JournalLine) error {
	b, err := json.Marshal(line)
	if err != nil {
		return fmt.Errorf("journal %s: %w", line.ID, err)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if _, err := j.file.Write(append(b, '\n')); err != nil {
		return fmt.Errorf("journal %s: %w", line.ID, err)
	}
	if err := j.file.Sync(); err != nil {
		return fmt.Errorf("journal %s: %w", line.ID, err)
	}
	return nil
}

func (j *journal) Close() error { return j.file.Close() }
