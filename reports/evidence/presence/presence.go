// Package presence tells whether the maildrill that began a run is surely gone: it
// holds a lock on a file as long as it lives, which ends with the process however
// that ends. The files are of one user on one host and no part of any evidence.
//
// [Begin] marks a run, [Mark.End] takes the mark away, and [Find] says whose mark
// was left behind.
package presence

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// Room is the folder of the marks. The empty one has no marks: nobody is then
// known to be gone.
type Room string

// Mark says that a run goes on.
type Mark struct{ file *os.File }

// about is what a mark says to whoever finds it.
type about struct {
	Folder string `json:"folder"` // of the run, absolute
	Host   string `json:"host"`
}

func (r Room) path(run string) (string, error) {
	if run == "" || run != filepath.Base(run) || run == "." || run == ".." {
		return "", fmt.Errorf("%q is no run id", run)
	}
	return filepath.Join(string(r), run), nil
}

// Begin marks a run that starts now. Without a room it gives nil, which can be
// ended too.
func (r Room) Begin(run, folder string) (*Mark, error) {
	if r == "" {
		return nil, nil
	}
	path, err := r.path(run)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(string(r), 0o700); err != nil {
		return nil, fmt.Errorf("mark the run as going on: %w", err)
	}
	folder, err = filepath.Abs(folder)
	if err != nil {
		return nil, fmt.Errorf("mark the run as going on: %w", err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("mark the run as going on: %w", err)
	}
	host, _ := os.Hostname()
	b, err := json.Marshal(about{folder, host})
	if err == nil {
		err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	}
	if err == nil {
		_, err = f.Write(b)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("mark the run as going on: %w", err), f.Close(), os.Remove(path))
	}
	return &Mark{f}, nil
}

// End takes the mark away: the run is closed.
func (m *Mark) End() {
	if m == nil {
		return
	}
	_ = os.Remove(m.file.Name())
	_ = m.file.Close()
}

// Leave lets go of the mark as the end of the process would: the run is not
// closed, and somebody else will find it.
func (m *Mark) Leave() {
	if m != nil {
		_ = m.file.Close()
	}
}

// Find tells whether the process of a run is surely gone. If so, it gives the mark,
// which nobody else then has, and the run folder.
func (r Room) Find(run string) (m *Mark, folder string, gone bool) {
	path, err := r.path(run)
	if err != nil || r == "" {
		return nil, "", false
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, "", false
	}
	if unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) != nil {
		f.Close()
		return nil, "", false
	}
	var a about
	b, err := io.ReadAll(io.LimitReader(f, 64<<10))
	host, hostErr := os.Hostname()
	if err != nil || hostErr != nil || json.Unmarshal(b, &a) != nil || a.Host != host {
		f.Close()
		return nil, "", false
	}
	return &Mark{f}, a.Folder, true
}

// GoesOn tells whether a process of this host is at the run.
func (r Room) GoesOn(run string) bool {
	path, err := r.path(run)
	if err != nil || r == "" {
		return false
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return false
	}
	defer f.Close()
	return errors.Is(unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB), unix.EWOULDBLOCK)
}
