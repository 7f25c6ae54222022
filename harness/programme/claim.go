package programme

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Claimed is one attempt at an occurrence, as its files tell.
type Claimed struct {
	Item    string    `json:"item"`
	Planned string    `json:"planned"`
	Attempt int       `json:"attempt"`
	Start   time.Time `json:"start"`
	Started time.Time `json:"started"`
	Host    string    `json:"host"`
	PID     int       `json:"pid"`
	// Ended is zero while it runs, and for ever if its process died.
	Ended time.Time `json:"ended,omitzero"`
	Exit  int       `json:"exit"`
	// Lost: it never ended, and the process is gone.
	Lost bool `json:"lost,omitempty"`
}

// Key names the occurrence.
func (c Claimed) Key() Key { return Key{c.Item, c.Planned} }

// Claim is an attempt of this process.
type Claim struct {
	Claimed
	path string
	held *os.File // locked as long as the process lives
}

// Claim takes an attempt at an occurrence. mine is false if somebody has it.
//
// The file is written and locked under another name, and then linked: what can
// be seen is whole and held, and only one link can be made.
func (s *Folder) Claim(o Occurrence, attempt int, now time.Time) (c *Claim, mine bool, err error) {
	path := s.claimPath(o, attempt)
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, false, fmt.Errorf("claim %s: %w", o.Item, err)
	}
	host, _ := os.Hostname()
	c = &Claim{Claimed: Claimed{Item: o.Item, Planned: o.Planned, Attempt: attempt, Start: o.Start.UTC(), Started: now.UTC(), Host: host, PID: os.Getpid()},
		path: path}
	if c.held, err = written(folder, c.Claimed); err != nil {
		return nil, false, fmt.Errorf("claim %s: %w", o.Item, err)
	}
	err = errors.Join(flock(c.held, unix.LOCK_EX), os.Link(c.held.Name(), c.path+".json"))
	_ = os.Remove(c.held.Name())
	if err == nil {
		return c, true, synced(folder)
	}
	c.held.Close()
	if errors.Is(err, os.ErrExist) {
		return nil, false, nil
	}
	return nil, false, fmt.Errorf("claim %s: %w", o.Item, err)
}

// beginning is what came of trying to start an attempt: a claim and a place, or
// no place, or neither because somebody else has begun it.
type beginning struct {
	claim *Claim
	free  func()
	full  bool
}

// begin takes a place and the claim at once: whoever finds no place can tell
// whether it is taken by this very attempt.
func (s *Folder) begin(t Task, places int, now time.Time) (b beginning, err error) {
	unlock, err := s.lock("start.lock")
	if err != nil {
		return b, err
	}
	defer unlock()
	if _, err := os.Stat(s.claimPath(t.Occurrence, t.Attempt) + ".json"); err == nil {
		return b, nil
	}
	free, ok, err := s.slot(places)
	if err != nil || !ok {
		return beginning{full: err == nil}, err
	}
	claim, mine, err := s.Claim(t.Occurrence, t.Attempt, now)
	if err != nil || !mine {
		free()
		return b, err
	}
	return beginning{claim: claim, free: free}, nil
}

func (s *Folder) claimPath(o Occurrence, attempt int) string {
	return filepath.Join(s.folder, "claims", o.Item, claimName(o.Planned, attempt))
}

// End writes how the attempt ended, and lets go of it.
func (c *Claim) End(now time.Time, exit int) error {
	defer c.held.Close()
	c.Ended, c.Exit = now.UTC(), exit
	folder := filepath.Dir(c.path)
	f, err := written(folder, c.Claimed)
	if err != nil {
		return fmt.Errorf("end the claim of %s: %w", c.Item, err)
	}
	defer f.Close()
	if err := errors.Join(os.Rename(f.Name(), c.path+".end.json"), synced(folder)); err != nil {
		return fmt.Errorf("end the claim of %s: %w", c.Item, err)
	}
	return nil
}

// written writes a claim into a file of a name that nobody looks for.
func written(folder string, c Claimed) (*os.File, error) {
	text, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(folder, ".claim-*")
	if err != nil {
		return nil, err
	}
	if _, err := f.Write(append(text, '\n')); err != nil {
		return nil, errors.Join(err, f.Close(), os.Remove(f.Name()))
	}
	return f, f.Sync()
}

// synced makes sure that names in a folder outlive a power cut.
func synced(folder string) error {
	f, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func claimName(planned string, attempt int) string {
	return strings.ReplaceAll(planned, ":", "") + "." + strconv.Itoa(attempt)
}

var claimForm = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}T\d{4}\.\d+\.json$`)

// Claims lists all attempts, those of an occurrence in their order.
func (s *Folder) Claims() (all []Claimed, err error) {
	items, err := os.ReadDir(filepath.Join(s.folder, "claims"))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the claims: %w", err)
	}
	for _, item := range items {
		folder := filepath.Join(s.folder, "claims", item.Name())
		files, err := os.ReadDir(folder)
		if err != nil {
			return nil, fmt.Errorf("read the claims: %w", err)
		}
		for _, f := range files {
			if !claimForm.MatchString(f.Name()) {
				continue
			}
			c, err := s.readClaim(filepath.Join(folder, strings.TrimSuffix(f.Name(), ".json")))
			if err != nil {
				return nil, fmt.Errorf("read the claims: %w", err)
			}
			all = append(all, c)
		}
	}
	return all, nil
}

// readClaim looks for the end first, then for whoever holds the claim, then for
// the end again: it may have been written in between.
func (s *Folder) readClaim(path string) (c Claimed, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, known := s.over[path]
	if known {
		return c, nil
	}
	if ended(path, &c) {
		s.over[path] = c
		return c, nil
	}
	f, err := os.Open(path + ".json")
	if err != nil {
		return c, err
	}
	defer f.Close()
	if err := json.NewDecoder(f).Decode(&c); err != nil {
		return c, fmt.Errorf("%s.json: %w", path, err)
	}
	if flock(f, unix.LOCK_SH|unix.LOCK_NB) == nil && !ended(path, &c) {
		c.Lost = true
	}
	return c, nil
}

func ended(path string, c *Claimed) bool {
	text, err := os.ReadFile(path + ".end.json")
	return err == nil && json.Unmarshal(text, c) == nil && !c.Ended.IsZero()
}
