package blockdev

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// spareRoom is what a copy must leave free where it is put, in bytes.
const spareRoom = 64 << 20

// Flush writes everything to the disk that the file system still has in memory.
// The log of XFS may hold some of it.
func Flush(root string) error { return flush(root) }

// Copy copies an image of a file system on which nobody writes meanwhile. What is
// zero takes no room in the copy. There must be room for all that the image takes.
func Copy(image, to string) error {
	if err := roomFor(image, filepath.Dir(to)); err != nil {
		return err
	}
	from, err := os.Open(image)
	if err != nil {
		return err
	}
	defer from.Close()
	copied, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	size, err := copySparse(copied, from)
	if err == nil {
		err = copied.Truncate(size)
	}
	if err := errors.Join(err, copied.Close()); err != nil {
		return errors.Join(fmt.Errorf("copy %s: %w", image, err), os.Remove(to))
	}
	return nil
}

// roomFor tells whether a folder has room for a copy of a file.
func roomFor(file, folder string) error {
	var is unix.Stat_t
	if err := unix.Stat(file, &is); err != nil {
		return err
	}
	room, err := Room(folder)
	if err == nil && room < is.Blocks*512+spareRoom {
		err = fmt.Errorf("a copy of %d bytes does not fit into the %d that are free where the images are: make room, or give the volume less", is.Blocks*512, room)
	}
	return err
}
