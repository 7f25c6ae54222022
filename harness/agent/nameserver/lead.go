package nameserver

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"maildrill/harness/topology"
)

// Lead has every name that leads to one node lead to another, from the next
// question on and for good, and gives the names. Of names that are the other's own
// and were led away before it gives back only those: a fail-back undoes a
// fail-over. Time to live stays as declared, so that caches go on as long as they
// may. The addresses keep their names (PTR).
func (s *Server) Lead(from, to string) ([]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	zones, moved := redirect(s.declared, s.led, from, to)
	switch {
	case len(s.addresses[to]) == 0:
		return nil, fmt.Errorf("node %s has no address", to)
	case len(moved) == 0:
		return nil, fmt.Errorf("no name leads to %s", from)
	}
	return moved, s.serve(zones)
}

// serve answers for other records. The reverse zones stay. s.mu is held.
func (s *Server) serve(zones []topology.Zone) error {
	loaded, err := loadZones(zones, s.addresses)
	if err != nil {
		return err
	}
	loaded = append(loaded, (*s.zones.Load())[len(loaded):]...)
	s.led = zones
	s.zones.Store(&loaded)
	return nil
}

// redirect is a copy of the zones as they are now with names led elsewhere.
func redirect(declared, now []topology.Zone, from, to string) (zones []topology.Zone, moved []string) {
	back := func(i, j int) bool { return now[i].Records[j].Node == from && declared[i].Records[j].Node == to }
	some := slices.ContainsFunc(indexes(now), func(at [2]int) bool { return back(at[0], at[1]) })
	for i, z := range now {
		z.Records = slices.Clone(z.Records)
		for j := range z.Records {
			r := &z.Records[j]
			if r.Node != from || some && !back(i, j) {
				continue
			}
			r.Node = to
			if name := nameOf(*r, z.Name); !slices.Contains(moved, name) {
				moved = append(moved, name)
			}
		}
		zones = append(zones, z)
	}
	return zones, moved
}

// indexes of all records.
func indexes(zones []topology.Zone) (all [][2]int) {
	for i, z := range zones {
		for j := range z.Records {
			all = append(all, [2]int{i, j})
		}
	}
	return all
}

func nameOf(r topology.Record, zone string) string {
	if r.Name == "" || r.Name == "@" {
		return zone
	}
	if name, whole := strings.CutSuffix(r.Name, "."); whole {
		return name
	}
	return r.Name + "." + zone
}

// LedFile is where a name server in a container keeps what names were led
// elsewhere, so that it still knows after it was killed.
const LedFile = "/led.json"

// Keep writes down where names lead.
func (s *Server) Keep(path string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := json.Marshal(s.led)
	if err != nil {
		return err
	}
	draft := path + ".new"
	if err := os.WriteFile(draft, b, 0o644); err != nil {
		return err
	}
	return os.Rename(draft, path)
}

// Recall reads what an earlier server kept there; nothing is no mistake.
func (s *Server) Recall(path string) error {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var zones []topology.Zone
	if err == nil {
		err = json.Unmarshal(b, &zones)
	}
	if err != nil {
		return fmt.Errorf("recall where names lead: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.serve(zones)
}
