package programme

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// What is written of an occurrence.
const (
	Ran            = "ran"         // with its exit code
	WasLost        = "lost"        // its process died with it
	WasLate        = "late"        // its time was missed, and it is run all the same
	WasMissed      = "missed"      // nothing was there to run it, and the next date has come
	WasSkipped     = "skipped"     // it does not take place
	WasMoved       = "moved"       // it takes place later than it was planned
	WasOverlapping = "overlapping" // it waits for another drill
	WasMet         = "met"         // it was done by hand
)

// Entry is one line of the log. There is one of each kind for an attempt at an
// occurrence.
type Entry struct {
	At      time.Time `json:"at"`
	What    string    `json:"what"`
	Item    string    `json:"item"`
	Planned string    `json:"planned"`
	Start   time.Time `json:"start,omitzero"`
	Why     string    `json:"why,omitempty"`
	Attempt int       `json:"attempt,omitempty"`
	Exit    *int      `json:"exit,omitempty"`
}

// Key names the occurrence.
func (e Entry) Key() Key { return Key{e.Item, e.Planned} }

// same tells entries that say the same of the same attempt.
func (e Entry) same(o Entry) bool {
	return e.Key() == o.Key() && e.What == o.What && e.Attempt == o.Attempt
}

// entry starts one about an occurrence.
func (o Occurrence) entry(what, why string) Entry {
	return Entry{What: what, Item: o.Item, Planned: o.Planned, Start: o.Start, Why: why}
}

// logFile is the log in the state folder.
const logFile = "schedule.jsonl"

// Record appends entries to the log. Those that stand there are left out, so that
// two schedulers say everything once. It gives those that are new.
func (s *Folder) Record(now time.Time, entries ...Entry) (fresh []Entry, err error) {
	if len(entries) == 0 {
		return nil, nil
	}
	unlock, err := s.lock("schedule.lock")
	if err != nil {
		return nil, err
	}
	defer unlock()
	known, err := s.Log()
	if err != nil {
		return nil, err
	}
	var lines bytes.Buffer
	for _, e := range entries {
		if slices.ContainsFunc(known, e.same) {
			continue
		}
		e.At = now.UTC()
		line, err := json.Marshal(e)
		if err != nil {
			return nil, fmt.Errorf("write the log: %w", err)
		}
		lines.Write(append(line, '\n'))
		known, fresh = append(known, e), append(fresh, e)
	}
	return fresh, s.appendLog(lines.Bytes())
}

// appendLog writes whole lines, and first ends one that a killed process left.
func (s *Folder) appendLog(lines []byte) error {
	if len(lines) == 0 {
		return nil
	}
	f, err := os.OpenFile(filepath.Join(s.folder, logFile), os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return fmt.Errorf("write the log: %w", err)
	}
	last := make([]byte, 1)
	if size, err := f.Seek(0, io.SeekEnd); err == nil && size > 0 {
		if _, err := f.ReadAt(last, size-1); err == nil && last[0] != '\n' {
			lines = append([]byte{'\n'}, lines...)
		}
	}
	_, err = f.Write(lines)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write the log: %w", err)
	}
	return nil
}

// Log reads the log. A line that is none is left out: it is the last one of a
// process that was killed while it wrote.
func (s *Folder) Log() (all []Entry, err error) {
	text, err := os.ReadFile(filepath.Join(s.folder, logFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the log: %w", err)
	}
	for line := range bytes.Lines(text) {
		var e Entry
		if json.Unmarshal(line, &e) == nil && e.What != "" {
			all = append(all, e)
		}
	}
	return all, nil
}
