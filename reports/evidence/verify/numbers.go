package verify

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"maildrill/harness/ledger"
	"maildrill/reports/evidence/seal"
)

const eventsFile = "events.jsonl"

// events follows the chain of the events.
func (i *inspection) events() {
	if i.never(eventsFile) {
		i.open("events", eventsFile, "there are none: the run was killed before it wrote anything")
		return
	}
	all, err := ledger.ReadEvents(i.file(eventsFile))
	switch {
	case errors.Is(err, ledger.ErrTornEvents):
		i.fits("events", eventsFile, "%d events follow from each other; the line after them is cut short, as a run that was killed leaves it", len(all))
	case err != nil:
		i.fails("events", eventsFile, "%v", err)
	default:
		i.fits("events", eventsFile, "%d events follow from each other", len(all))
	}
}

// numbers works out the record again, and compares it number by number.
func (i *inspection) numbers() {
	if i.never(seal.RecordFile) {
		i.open("numbers", seal.RecordFile, "the run has no record: it did not come to its end")
		return
	}
	if text, ok := i.read("numbers", seal.RecordFile); ok {
		i.recompute(text)
	}
}

// never tells of a file that was not there either when the run was sealed.
func (i *inspection) never(name string) bool {
	_, err := os.Lstat(i.file(name))
	return errors.Is(err, fs.ErrNotExist) && i.manifestText != nil && !i.listed(name)
}

func (i *inspection) listed(name string) bool {
	for _, a := range i.manifest.Artefacts {
		if a.Path == name {
			return true
		}
	}
	return false
}

func (i *inspection) recompute(text []byte) {
	if err := i.readRecord(text); err != nil {
		i.fails("numbers", seal.RecordFile, "%v", err)
	}
	again, err := unharmed(func() ([]byte, error) { return i.o.Judge(i.dir) })
	if err != nil {
		i.fails("numbers", seal.RecordFile, "it cannot be worked out again: %v", err)
		return
	}
	if bytes.Equal(text, again) {
		i.fits("numbers", seal.RecordFile, "the ledger and the events give the same record, byte for byte")
		return
	}
	i.compareRecords(text, again)
}

// unharmed calls what may not expect that somebody has made up a whole history.
func unharmed(work func() ([]byte, error)) (text []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("it is so odd that maildrill stumbles over it: %v", p)
		}
	}()
	return work()
}

// mostDifferences are told of one record.
const mostDifferences = 20

// compareRecords names each value that is another. A later maildrill may know more
// keys, but no other values of those that were there.
func (i *inspection) compareRecords(text, again []byte) {
	old, err := valid(text)
	if err != nil {
		i.fails("numbers", seal.RecordFile, "it is no JSON: %v", err)
		return
	}
	fresh, err := valid(again)
	if err != nil {
		i.fails("numbers", seal.RecordFile, "it cannot be worked out again: %v", err)
		return
	}
	before, news, told := len(i.Checks), 0, 0
	for _, d := range compare(old, fresh) {
		switch {
		case d.added && !i.sameTool():
			news++
		case told == mostDifferences:
			i.fails("numbers", seal.RecordFile, "there are more differences than these %d", told)
			return
		default:
			told++
			i.fails("numbers", seal.RecordFile, "%s", d.text)
		}
	}
	switch {
	case len(i.Checks) > before:
	case news > 0:
		i.fits("numbers", seal.RecordFile, "every value is what the ledger and the events give; this maildrill (%s) says %d things more than the one that ran (%s)", i.o.Tool.Version, news, i.record.Run.Tool.Version)
	default:
		i.fails("numbers", seal.RecordFile, "it has the values that the ledger gives, and other bytes: %s", differs(text, again, "the ledger gives"))
	}
}

// scenario.yaml is what was run.
func (i *inspection) scenario() {
	const name = "scenario.yaml"
	if i.never(name) {
		i.open("scenario", name, "there is none: the run was killed before it wrote anything")
		return
	}
	text, ok := i.read("scenario", name)
	if !ok || i.record == nil {
		return
	}
	if got := digest(text); got != i.record.Scenario.SHA256 {
		i.fails("scenario", name, "its SHA-256 is %s, the events of the run say %s", got, i.record.Scenario.SHA256)
		return
	}
	i.fits("scenario", name, "it is the one that was run")
}

// reports makes each report again.
func (i *inspection) reports() {
	if i.record == nil {
		return
	}
	for _, r := range i.o.Reports {
		text, err := readPlain(i.file(r.File))
		if errors.Is(err, fs.ErrNotExist) && !i.listed(r.File) {
			continue // a maildrill that did not know it
		}
		if err != nil {
			i.fails("reports", r.File, "%v", err)
			continue
		}
		again, err := unharmed(func() ([]byte, error) { return r.Render(i.dir, *i.record) })
		switch {
		case err != nil:
			i.fails("reports", r.File, "it cannot be made again: %v", err)
		case bytes.Equal(text, again):
			i.fits("reports", r.File, "it is what the record gives, byte for byte")
		case i.sameTool():
			i.fails("reports", r.File, "%s", differs(text, again, "the record gives"))
		default:
			i.open("reports", r.File, "this maildrill (%s) makes other bytes of the record than the one that ran (%s)", i.o.Tool.Version, i.record.Run.Tool.Version)
		}
	}
}
