package cgroups

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"maildrill/faults"
)

// Counter is one count of the kernel's: a file, and the key in it.
type Counter struct {
	File string `json:"file"`
	Key  string `json:"key"`
}

// OpenCounter is one that can be read again and again without a path being
// looked up, which takes memory.
type OpenCounter struct {
	file *os.File
	key  string
}

// Kills is the count of processes that the OOM killer has ended in the group.
func (g Group) Kills() Counter {
	rows := counters[faults.Memory].v1
	if g.unified {
		rows = counters[faults.Memory].v2
	}
	for _, row := range rows {
		if row[2] == oomKills {
			return Counter{File: g.file(row[0]), Key: row[1]}
		}
	}
	return Counter{}
}

// oomKills is our name of that count.
const oomKills = "oom_kills"

// Open opens the file.
func (c Counter) Open() (*OpenCounter, error) {
	f, err := os.Open(c.File)
	if err != nil {
		return nil, err
	}
	return &OpenCounter{f, c.Key}, nil
}

// Read reads the count as it is now.
func (c *OpenCounter) Read() (uint64, error) {
	var text [4096]byte
	n, err := c.file.ReadAt(text[:], 0)
	if n == 0 && err != nil {
		return 0, err
	}
	return keyedIn(c.file.Name(), string(text[:n]), c.key)
}

// Close closes the file.
func (c *OpenCounter) Close() error { return c.file.Close() }

// Join moves a process into the group, as far as memory is concerned. What it
// has taken before stays with the group that it came from.
func (g Group) Join(pid int) error {
	dir := g.dirs["memory"]
	if g.unified {
		dir = g.dirs[unified]
	}
	f, err := os.OpenFile(filepath.Join(dir, "cgroup.procs"), os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.WriteString(strconv.Itoa(pid)); err != nil {
		return fmt.Errorf("move process %d into %s: %w", pid, dir, err)
	}
	return nil
}
