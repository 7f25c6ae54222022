package gameday

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"maildrill/harness"
	"maildrill/harness/exercise"
	"maildrill/scenarios"
)

// Folder is the folder of one exercise.
type Folder string

// Files of the folder.
func (f Folder) GameDay() string  { return filepath.Join(string(f), "gameday.yaml") }
func (f Folder) Log() string      { return filepath.Join(string(f), "log.jsonl") }
func (f Folder) Record() string   { return filepath.Join(string(f), "exercise.json") }
func (f Folder) Manifest() string { return filepath.Join(string(f), "manifest.json") }
func (f Folder) Runs() string     { return filepath.Join(string(f), "runs") }
func (f Folder) live() string     { return filepath.Join(string(f), "live.json") }
func (f Folder) lock() string     { return filepath.Join(string(f), "lock") }
func (f Folder) leader() string   { return filepath.Join(string(f), "leader") }

// ID is the id of the exercise.
func (f Folder) ID() string { return filepath.Base(filepath.Clean(string(f))) }

// Options are what one says when an exercise is made.
type Options struct {
	Planned *time.Time // nil: not said
	Set     []string   // values of the scenario, "path=value"
	Base    string     // folder that paths of the file are relative to
}

// Create makes the folder of an exercise of a document of kind GameDay.
func Create(out string, doc *scenarios.Document, who exercise.Actor, o Options) (Folder, error) {
	now := time.Now()
	f := Folder(filepath.Join(out, harness.NewRunID(now, doc.GameDay.Metadata.Name)))
	if err := os.MkdirAll(f.Runs(), 0o755); err != nil {
		return "", fmt.Errorf("make the folder of the exercise: %w", err)
	}
	if err := os.WriteFile(f.GameDay(), doc.Source, 0o644); err != nil {
		return "", fmt.Errorf("make the folder of the exercise: %w", err)
	}
	sum := sha256.Sum256(doc.Source)
	log, err := Open(f)
	if err != nil {
		return "", err
	}
	_, err = log.Append(who, exercise.Created, exercise.Making{ID: f.ID(), SHA256: hex.EncodeToString(sum[:]), Planned: o.Planned, Set: o.Set, Base: o.Base, Seed: seed()})
	return f, err
}

func seed() uint64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // it never fails on the platforms we support
	return binary.LittleEndian.Uint64(b[:])
}

// load reads the game day as it was when the exercise was made.
func (f Folder) load() (*scenarios.GameDay, error) {
	doc, problems, err := scenarios.Load(f.GameDay())
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, fmt.Errorf("%s is not the folder of an exercise", f)
	case err != nil:
		return nil, err
	case len(problems) > 0:
		return nil, fmt.Errorf("the game day of %s: %w", f, problems)
	case doc.GameDay == nil:
		return nil, fmt.Errorf("%s is no game day", f.GameDay())
	}
	return doc.GameDay, nil
}

// List gives the folders of exercises below out, the oldest first.
func List(out string) ([]Folder, error) {
	logs, err := filepath.Glob(filepath.Join(out, "*", "log.jsonl"))
	if err != nil {
		return nil, err
	}
	slices.Sort(logs)
	var all []Folder
	for _, l := range logs {
		all = append(all, Folder(filepath.Dir(l)))
	}
	return all, nil
}

// Find gives the folder that a name stands for: a path, an id, the name of a game
// day whose newest exercise is meant. Without a name it is the only one that is not
// closed, or the newest if all are.
func Find(out, name string) (Folder, error) {
	for _, path := range []string{name, filepath.Join(out, name)} {
		if _, err := os.Stat(Folder(path).Log()); name != "" && err == nil {
			return Folder(path), nil
		}
	}
	all, err := List(out)
	if err != nil {
		return "", err
	}
	var open []Folder
	if name == "" && len(all) > 0 {
		open = all[len(all)-1:] // if all are closed it is the newest
	}
	var unclosed []Folder
	for _, f := range all {
		log, err := Open(f)
		if err != nil {
			continue
		}
		if r, _, err := log.Read(); err == nil && (name == r.Name || name == "" && r.State != exercise.Closed) {
			unclosed = append(unclosed, f)
		}
	}
	if len(unclosed) > 0 {
		open = unclosed
	}
	switch {
	case len(open) == 1 || name != "" && len(open) > 0:
		return open[len(open)-1], nil
	case len(open) > 1:
		return "", fmt.Errorf("%d exercises are not closed; say which: %s", len(open), ids(open))
	case name == "":
		return "", fmt.Errorf("there is no exercise below %s; `maildrill gameday new` makes one", out)
	}
	return "", fmt.Errorf("there is no exercise %q below %s; `maildrill gameday list` shows what there is", name, out)
}

func ids(folders []Folder) string {
	text := ""
	for i, f := range folders {
		if i > 0 {
			text += ", "
		}
		text += f.ID()
	}
	return text
}

// WriteRecord keeps the record of an exercise beside its log.
func WriteRecord(f Folder, r exercise.Record) error {
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	if err := replace(f.Record(), append(b, '\n')); err != nil {
		return fmt.Errorf("write the record of the exercise: %w", err)
	}
	return nil
}
