package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"maildrill/harness/campaign"
)

// notes are the files of a search: DIR/search.jsonl, what was tried and found as
// it happened; DIR/found/*.yaml, the findings; DIR/schedules/*.yaml, what was
// tried; DIR/search.json, the report.
type notes struct {
	dir    string
	base   *campaign.Base
	file   *os.File
	before campaign.Journal
	seed   uint64
}

// note is one line of search.jsonl; one of its fields is set.
type note struct {
	Digest string            `json:"search,omitempty"` // the first line: which search it is
	Seed   uint64            `json:"seed,omitempty"`
	Tried  *campaign.Tried   `json:"tried,omitempty"`
	Found  *campaign.Finding `json:"found,omitempty"`
}

// mostLine bounds a line of search.jsonl; a finding has its whole file in it.
const mostLine = 4 << 20

// openNotes begins the files, or goes on with those of the same search.
func openNotes(dir string, base *campaign.Base, o searchOptions) (*notes, error) {
	n := &notes{dir: dir, base: base, seed: o.seed}
	digest := base.Digest() + " " + o.runtime
	path := filepath.Join(dir, "search.jsonl")
	begun, err := n.read(path, digest)
	if err != nil {
		return nil, err
	}
	for _, sub := range []string{"found", "schedules", "runs"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			return nil, fmt.Errorf("make the folder of the search: %w", err)
		}
	}
	if n.file, err = os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644); err != nil {
		return nil, fmt.Errorf("open the notes of the search: %w", err)
	}
	if begun {
		return n, nil
	}
	return n, n.write(note{Digest: digest, Seed: o.seed})
}

// read takes in what an earlier part of the search did. A last line that was cut
// off by a kill is left out, and with it what it said.
func (n *notes) read(path, digest string) (begun bool, err error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	} else if err != nil {
		return false, err
	}
	defer f.Close()
	found := map[int]*campaign.Finding{}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, mostLine)
	for lines.Scan() {
		var l note
		switch err := json.Unmarshal(lines.Bytes(), &l); {
		case err != nil:
			continue
		case l.Digest != "" && (l.Digest != digest || l.Seed != n.seed):
			return false, fmt.Errorf("%s holds another search: another scenario, seed, mode or choice of faults", n.dir)
		case l.Digest != "":
			begun = true
		case l.Tried != nil:
			n.before.Tried = append(n.before.Tried, *l.Tried)
		case l.Found != nil:
			if found[l.Found.N] == nil {
				n.before.Findings = append(n.before.Findings, l.Found)
				found[l.Found.N] = l.Found
			}
			*found[l.Found.N] = *l.Found
		}
	}
	return begun, lines.Err()
}

func (n *notes) write(l note) error {
	text, err := json.Marshal(l)
	if err == nil {
		_, err = n.file.Write(append(text, '\n'))
	}
	if err != nil {
		return fmt.Errorf("write the notes of the search: %w", err)
	}
	return nil
}

// tried notes a schedule, and writes it as a scenario file.
func (n *notes) tried(t campaign.Tried) error {
	plan, err := n.base.Compile(t.Schedule)
	if err == nil {
		err = os.WriteFile(filepath.Join(n.dir, "schedules", plan.Scenario.Metadata.Name+".yaml"), plan.Source, 0o644)
	}
	if err != nil {
		return fmt.Errorf("write schedule %s: %w", t.Schedule.Label(), err)
	}
	return n.write(note{Tried: &t})
}

// found notes a finding, and writes its scenario file.
func (n *notes) found(f *campaign.Finding) error {
	f.File = filepath.Join(n.dir, "found", fmt.Sprintf("%s-found-%s.yaml", n.base.Name(), f.First.Label()))
	if err := os.WriteFile(f.File, []byte(f.Source), 0o644); err != nil {
		return fmt.Errorf("write finding %d: %w", f.N, err)
	}
	return n.write(note{Found: f})
}

// report writes the report beside.
func (n *notes) report(r campaign.Report) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err == nil {
		err = os.WriteFile(filepath.Join(n.dir, "search.json"), append(text, '\n'), 0o644)
	}
	if err != nil {
		return fmt.Errorf("write the report of the search: %w", err)
	}
	return nil
}

func (n *notes) close() { _ = n.file.Close() } // every line was written by itself
