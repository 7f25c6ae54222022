package store

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"maildrill/harness/record"
	"maildrill/reports/history"
)

// folder is one run folder as it lies there.
type folder struct {
	name  string
	size  int64 // of record.json; -1: there is none
	stamp time.Time
	wrong string // why record.json cannot be read
}

func (f folder) hasRecord() bool { return f.size >= 0 }

// scan lists the run folders, and the folders that hold no drill; those of
// suites, sweeps and the scheduler are maildrill's own, and neither.
func scan(root string) (found []folder, others []string, err error) {
	entries, err := os.ReadDir(root)
	if err != nil {
		return nil, nil, fmt.Errorf("read the folder of runs: %w", err)
	}
	for _, e := range entries {
		info, err := os.Stat(filepath.Join(root, e.Name())) // through links too
		if err != nil || !info.IsDir() || e.Name() == history.Suites || e.Name() == history.Sweeps || e.Name() == history.Programme {
			continue
		}
		f := look(root, e.Name(), info)
		switch {
		case f.hasRecord() || f.wrong != "" || planned(root, e.Name()):
			found = append(found, f)
		default:
			others = append(others, e.Name())
		}
	}
	return found, others, nil
}

// look finds the record of a folder.
func look(root, name string, info fs.FileInfo) folder {
	f := folder{name: name, size: -1, stamp: info.ModTime()}
	rec, err := os.Stat(filepath.Join(root, name, "record.json"))
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		f.wrong = "record.json: " + reason(err)
	case !rec.Mode().IsRegular():
		f.wrong = "record.json is no file"
	default:
		f.size, f.stamp = rec.Size(), rec.ModTime()
	}
	return f
}

// planned tells whether a folder without a record is that of a drill: a run
// writes its scenario down first. A folder with a run's name and nothing of a
// run in it is one that was killed before that; with events and no scenario it
// is of a topology that was only kept up.
func planned(root, name string) bool {
	has := func(file string) bool {
		_, err := os.Lstat(filepath.Join(root, name, file))
		return err == nil
	}
	if has("scenario.yaml") || has("ledger") {
		return true
	}
	return history.IsRunID(name) && !has("events.jsonl")
}

// most is the largest record that is read, in bytes.
const most = 64 << 20

// read makes the row of a folder. It does not fail: what cannot be read is an
// outcome too.
func (f folder) read(root string) file {
	row := file{size: max(f.size, 0), stamp: f.stamp.UnixNano()}
	switch {
	case f.wrong != "":
		row.run = history.Without(f.name, history.Unreadable, f.wrong, f.stamp)
		return row
	case !f.hasRecord():
		row.run = history.Without(f.name, history.NoRecord, "there is no record.json: the run is still going, or was killed", f.stamp)
		return row
	}
	data, err := readAtMost(filepath.Join(root, f.name, "record.json"), most)
	var rec record.Record
	if err == nil {
		rec, err = record.Unmarshal(data)
	}
	if err != nil {
		row.run = history.Without(f.name, history.Unreadable, "record.json: "+reason(err), f.stamp)
	} else {
		row.run = history.Of(f.name, rec, f.stamp)
	}
	sum := sha256.Sum256(data)
	row.run.SHA256 = hex.EncodeToString(sum[:])
	return row
}

// reason is an error without the path, which the reader knows.
func reason(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}

func readAtMost(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	err = cmp.Or(err, f.Close())
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("it is larger than %d bytes", limit)
	}
	return data, err
}
