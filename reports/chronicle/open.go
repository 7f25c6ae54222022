package chronicle

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

// Names in a run folder.
const (
	recordFile   = "record.json"
	eventsFile   = "events.jsonl"
	ledgerFolder = "ledger"
)

// Run is all that a report is made from: reports are pure functions of it.
type Run struct {
	Bytes     []byte // record.json as it is
	Record    record.Record
	Chronicle Chronicle
}

// Open reads a run folder. Only a record must be there. Addresses are masked
// unless they are asked for.
func Open(folder string, addresses bool) (Run, error) {
	b, err := os.ReadFile(filepath.Join(folder, recordFile))
	if errors.Is(err, fs.ErrNotExist) {
		return Run{}, fmt.Errorf("%s has no %s: it is no run folder, or the run was killed before it was judged (maildrill judge makes it): %w", folder, recordFile, err)
	}
	if err != nil {
		return Run{}, fmt.Errorf("read the record: %w", err)
	}
	r, err := record.Unmarshal(b)
	if err != nil {
		return Run{}, fmt.Errorf("%s: %w", filepath.Join(folder, recordFile), err)
	}
	s := Sources{Record: r, Addresses: addresses}
	if s.Events, s.Torn, err = eventsOf(folder); err != nil {
		return Run{}, err
	}
	if err := s.open(filepath.Join(folder, ledgerFolder)); err != nil {
		return Run{}, err
	}
	c, err := Read(s)
	if err != nil {
		return Run{}, fmt.Errorf("%s: %w", folder, err)
	}
	return Run{Bytes: b, Record: r, Chronicle: c}, nil
}

// eventsOf reads the events as far as they can be trusted. Of a chain that is
// broken in the middle nothing can be.
func eventsOf(folder string) (events []ledger.Event, torn string, err error) {
	events, err = ledger.ReadEvents(filepath.Join(folder, eventsFile))
	var path *fs.PathError
	switch {
	case err == nil:
		return events, "", nil
	case errors.Is(err, fs.ErrNotExist):
		return nil, "there are no events", nil
	case errors.As(err, &path):
		return nil, "", err // the disk, not the history
	case errors.Is(err, ledger.ErrTornEvents):
		return events, "the events are cut short: " + err.Error(), nil
	}
	return nil, "the events cannot be trusted, and none is shown: " + err.Error(), nil
}

// open finds the ledger. A run that never started has none.
func (s *Sources) open(folder string) error {
	segments, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(segments) == 0 {
		s.missing("there is no ledger")
		return nil
	}
	if err != nil {
		return fmt.Errorf("open the ledger: %w", err)
	}
	l, err := ledger.Open(folder)
	if err != nil {
		s.missing(err.Error())
		return nil
	}
	s.Ledger = l
	return nil
}

func (s *Sources) missing(what string) {
	if s.Torn != "" {
		s.Torn += "; "
	}
	s.Torn += what
}
