package programme

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// toldFile remembers what calendars were told: sequences are in no other place.
const toldFile = "calendar.json"

// Publish makes the calendar, and remembers what it tells.
func (s *Folder) Publish(p *Plan, now time.Time) ([]byte, error) {
	unlock, err := s.lock("calendar.lock")
	if err != nil {
		return nil, err
	}
	defer unlock()
	before, err := s.told()
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	after, err := p.Calendar(&out, before, now)
	if err != nil {
		return nil, err
	}
	return out.Bytes(), s.tell(after)
}

func (s *Folder) told() (map[string]Told, error) {
	all := map[string]Told{}
	text, err := os.ReadFile(filepath.Join(s.folder, toldFile))
	if errors.Is(err, os.ErrNotExist) {
		return all, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &all)
	}
	if err != nil {
		return nil, fmt.Errorf("read what calendars were told: %w", err)
	}
	return all, nil
}

// tell is written before the calendar is given out: a sequence that nobody saw
// does no harm, one that is used twice does.
func (s *Folder) tell(all map[string]Told) error {
	text, err := json.MarshalIndent(all, "", " ")
	if err != nil {
		return fmt.Errorf("write what calendars are told: %w", err)
	}
	f, err := os.CreateTemp(s.folder, ".calendar-*")
	if err != nil {
		return fmt.Errorf("write what calendars are told: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(append(text, '\n'))
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write what calendars are told: %w", err)
	}
	return errors.Join(os.Rename(f.Name(), filepath.Join(s.folder, toldFile)), synced(s.folder))
}
