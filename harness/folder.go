package harness

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Folder is the run folder: runs/<run-id>/.
type Folder string

// Files of the run folder.
func (f Folder) Record() string   { return filepath.Join(string(f), "record.json") }
func (f Folder) Scenario() string { return filepath.Join(string(f), "scenario.yaml") }
func (f Folder) Events() string   { return filepath.Join(string(f), "events.jsonl") }
func (f Folder) Ledger() string   { return filepath.Join(string(f), "ledger") }
func (f Folder) Logs() string     { return filepath.Join(string(f), "logs") }
func (f Folder) Journal() string  { return filepath.Join(string(f), "journal.jsonl") }
func (f Folder) JUnit() string    { return filepath.Join(string(f), "junit.xml") }
func (f Folder) Manifest() string { return filepath.Join(string(f), "manifest.json") }
func (f Folder) Summary() string  { return filepath.Join(string(f), "summary.md") }

// request is the file by which another terminal asks the run to end.
func (f Folder) request() string { return filepath.Join(string(f), "abort") }

// ID is the run id.
func (f Folder) ID() string { return filepath.Base(string(f)) }

// NewRunID gives an id that sorts by time and does not repeat:
// "20261123-184105-backup-mx-takes-over-3fa9".
func NewRunID(now time.Time, scenario string) string {
	tail := make([]byte, 2)
	if _, err := rand.Read(tail); err != nil {
		panic(err) // crypto/rand never fails on the platforms we support
	}
	return fmt.Sprintf("%s-%s-%s", now.UTC().Format("20060102-150405"), scenario, hex.EncodeToString(tail))
}

// CreateFolder makes the run folder under out. It must not exist yet.
func CreateFolder(out, id string) (Folder, error) {
	f := Folder(filepath.Join(out, id))
	if err := os.MkdirAll(out, 0o755); err != nil {
		return "", fmt.Errorf("create the folder of runs: %w", err)
	}
	if err := os.Mkdir(string(f), 0o755); err != nil {
		return "", fmt.Errorf("create the run folder: %w", err)
	}
	if err := os.Mkdir(f.Logs(), 0o755); err != nil {
		return "", fmt.Errorf("create the run folder: %w", err)
	}
	return f, nil
}

// Discard removes the folder of a run that has not begun. One with something in it
// stays.
func (f Folder) Discard() error {
	if err := os.Remove(f.Logs()); err != nil {
		return fmt.Errorf("remove the run folder: %w", err)
	}
	if err := os.Remove(string(f)); err != nil {
		return fmt.Errorf("remove the run folder: %w", err)
	}
	return nil
}

// RequestAbort asks a run, from another process, to revert, judge and end.
func (f Folder) RequestAbort(why string) error {
	if _, err := os.Stat(f.Events()); err != nil {
		return fmt.Errorf("%s is not a run folder: %w", f, err)
	}
	return os.WriteFile(f.request(), []byte(why+"\n"), 0o644)
}

// abortRequested tells whether somebody asked, and why.
func (f Folder) abortRequested() (string, bool) {
	why, err := os.ReadFile(f.request())
	return string(why), err == nil
}
