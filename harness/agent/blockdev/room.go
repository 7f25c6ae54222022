package blockdev

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// Fill leaves about free bytes of room: a file with the name takes the rest. The
// file is on the disk when Fill returns, so that a power cut does not free it.
func Fill(root, name string, free int64) error {
	f, err := os.OpenFile(filepath.Join(root, name), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	size, err := f.Seek(0, 2)
	if err != nil {
		return err
	}
	// What a file system needs for the file itself is not known: smaller pieces
	// follow until nothing is left to take.
	for piece := int64(64 << 20); piece >= leastPiece; {
		room, err := Room(root)
		if err != nil {
			return err
		}
		if piece = min(piece, room-free); piece < leastPiece {
			break
		}
		switch err := unix.Fallocate(int(f.Fd()), 0, size, piece); {
		case errors.Is(err, unix.ENOSPC):
			piece /= 2
		case err != nil:
			return fmt.Errorf("take %d bytes: %w", piece, err)
		default:
			size += piece
		}
	}
	return f.Sync()
}

// leastPiece is the size of a block.
const leastPiece = 4096

// Room is how many bytes anybody may still take.
func Room(root string) (int64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(root, &s); err != nil {
		return 0, fmt.Errorf("ask for the room: %w", err)
	}
	return int64(s.Bavail) * s.Bsize, nil
}

// Filled tells whether the file that fills the file system is there.
func Filled(root, name string) (bool, error) {
	_, err := os.Lstat(filepath.Join(root, name))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// Free removes what Fill or Exhaust have made.
func Free(root, name string) error { return os.RemoveAll(filepath.Join(root, name)) }

// perFolder is how many empty files are put into one folder.
const perFolder = 4096

// Exhaust leaves no inode: empty files in a folder with the name take all.
func Exhaust(root, name string) error {
	folder := filepath.Join(root, name)
	if err := os.Mkdir(folder, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	for n := 0; ; n++ {
		within := filepath.Join(folder, fmt.Sprint(n/perFolder))
		var err error
		if n%perFolder == 0 {
			if err = os.Mkdir(within, 0o700); errors.Is(err, fs.ErrExist) {
				err = nil
			}
		}
		if err == nil {
			err = empty(filepath.Join(within, fmt.Sprint(n%perFolder)))
		}
		if errors.Is(err, unix.ENOSPC) {
			return flush(root)
		}
		if err != nil {
			return err
		}
	}
}

func empty(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// flush writes to the disk what the file system still has in memory.
func flush(root string) error {
	dir, err := os.Open(root)
	if err != nil {
		return err
	}
	defer dir.Close()
	return unix.Syncfs(int(dir.Fd()))
}
