package reports

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"maildrill/harness/record"
	"maildrill/reports/chronicle"
	"maildrill/reports/dossier"
)

// Run is all that a report is made from.
type Run struct {
	Bytes     []byte // record.json as it is; empty: as it would be written
	Record    record.Record
	Chronicle chronicle.Chronicle // the ledger and the events, as far as reports draw them
	Scenario  string              // scenario.yaml as run; empty: not there
}

// Open reads a run folder. Only record.json must be there.
func Open(folder string) (Run, error) {
	read, err := chronicle.Open(folder, false)
	if err != nil {
		return Run{}, err
	}
	text, err := os.ReadFile(filepath.Join(folder, "scenario.yaml"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Run{}, fmt.Errorf("read the scenario: %w", err)
	}
	return Run{Bytes: read.Bytes, Record: read.Record, Chronicle: read.Chronicle, Scenario: string(text)}, nil
}

// dossier is what the long reports say.
func (r Run) dossier() dossier.Document {
	return dossier.Of(dossier.Source{Record: r.Record, JSON: r.json(), Scenario: r.Scenario, Chronicle: r.Chronicle})
}

// json is record.json: as it is on disk, else as it would be written. A record
// that cannot be written (a number that is none) has no bytes.
func (r Run) json() []byte {
	if len(r.Bytes) > 0 {
		return r.Bytes
	}
	made, err := record.Marshal(r.Record)
	if err != nil {
		return nil
	}
	return made
}
