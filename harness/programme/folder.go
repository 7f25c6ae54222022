package programme

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"golang.org/x/sys/unix"
)

// Folder is the folder in which a scheduler remembers:
//
//	claims/ITEM/PLANNED.ATTEMPT.json      a run, written before it starts
//	claims/ITEM/PLANNED.ATTEMPT.end.json  how it ended
//	schedule.jsonl                        the log, append-only
//	slots/N                               locked by each drill that runs
//	calendar.json                         what calendars were told
type Folder struct {
	folder string

	mu   sync.Mutex
	over map[string]Claimed // attempts that have ended change no more, by path
}

// OpenFolder makes the folder if it is not there.
func OpenFolder(folder string) (*Folder, error) {
	for _, sub := range []string{"claims", "slots"} {
		if err := os.MkdirAll(filepath.Join(folder, sub), 0o755); err != nil {
			return nil, fmt.Errorf("make the state folder: %w", err)
		}
	}
	return SeeFolder(folder), nil
}

// SeeFolder is the folder for those who only look: a folder that is not there is
// one in which nothing stands.
func SeeFolder(folder string) *Folder { return &Folder{folder: folder, over: map[string]Claimed{}} }

// lock waits for a lock that ends with the process.
func (s *Folder) lock(name string) (unlock func(), err error) {
	f, err := os.OpenFile(filepath.Join(s.folder, name), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("lock the state folder: %w", err)
	}
	if err := flock(f, unix.LOCK_EX); err != nil {
		f.Close()
		return nil, fmt.Errorf("lock the state folder: %w", err)
	}
	return func() { f.Close() }, nil
}

func flock(f *os.File, how int) error {
	for {
		if err := unix.Flock(int(f.Fd()), how); !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}

// slot takes one of so many places for drills that run at the same time, over all
// schedulers of the folder. free gives it back; ok is false if all are taken.
func (s *Folder) slot(places int) (free func(), ok bool, err error) {
	for i := range max(1, places) {
		f, err := os.OpenFile(filepath.Join(s.folder, "slots", strconv.Itoa(i)), os.O_RDWR|os.O_CREATE, 0o644)
		if err != nil {
			return nil, false, fmt.Errorf("take a place: %w", err)
		}
		switch err := flock(f, unix.LOCK_EX|unix.LOCK_NB); {
		case err == nil:
			return func() { f.Close() }, true, nil
		case !errors.Is(err, unix.EWOULDBLOCK):
			f.Close()
			return nil, false, fmt.Errorf("take a place: %w", err)
		}
		f.Close()
	}
	return nil, false, nil
}
