package harness

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"

	"maildrill/harness/ledger"
	"maildrill/harness/measure"
	"maildrill/harness/record"
)

// Judge works out the record of a run from its folder: events.jsonl and the
// ledger, nothing else.
func Judge(f Folder) (*record.Record, error) {
	events, err := ledger.ReadEvents(f.Events())
	if err != nil && !errors.Is(err, ledger.ErrTornEvents) { // a torn last line is what a killed run leaves
		return nil, fmt.Errorf("judge %s: %w", f.ID(), err)
	}
	reader, err := ledger.Open(f.Ledger())
	if err != nil {
		return nil, fmt.Errorf("judge %s: %w", f.ID(), err)
	}
	reader.Terse(ledger.Outcome, ledger.Try) // what servers said is for people
	// Ten million copies are 80 MB that stay and little else: a collector at its
	// default would let that double.
	defer debug.SetGCPercent(debug.SetGCPercent(collectAt))
	rec, err := measure.Judge(measure.History{Events: events, Ledger: reader})
	if err != nil {
		return nil, fmt.Errorf("judge %s: %w", f.ID(), err)
	}
	return &rec, nil
}

// collectAt is the growth of memory, in percent, at which the judge collects.
const collectAt = 20

// WriteRecord writes record.json, whole or not at all.
func WriteRecord(f Folder, rec *record.Record) error {
	b, err := record.Marshal(*rec)
	if err != nil {
		return fmt.Errorf("write the record: %w", err)
	}
	tmp := filepath.Join(string(f), ".record.json")
	if err := os.WriteFile(tmp, b, 0o644); err != nil {
		return fmt.Errorf("write the record: %w", err)
	}
	if err := os.Rename(tmp, f.Record()); err != nil {
		return fmt.Errorf("write the record: %w", err)
	}
	return nil
}
