package filework

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// Patch is a piece of a file that was changed.
type Patch struct {
	Path   string
	Inode  uint64
	Offset int64
	Before []byte
}

func (p Patch) String() string {
	return fmt.Sprintf("%s: bytes %d to %d", p.Path, p.Offset, p.Offset+int64(len(p.Before))-1)
}

// Corrupt inverts bytes in the middle of n files of a sort.
func (k *Keep) Corrupt(root *os.Root, sort string, n, size int) ([]Patch, error) {
	files, err := pick(root, sort, n)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if _, err := k.add(root, f, true); err != nil {
			return nil, err
		}
	}
	if err := k.seal(); err != nil {
		return nil, err
	}
	var done []Patch
	for _, f := range files {
		p, err := invert(root, f, size)
		if err != nil {
			return done, fmt.Errorf("corrupt %s: %w", f, err)
		}
		done = append(done, p)
	}
	return done, nil
}

// invert changes the file in place and leaves its times.
func invert(root *os.Root, path string, size int) (Patch, error) {
	f, err := root.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return Patch{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return Patch{}, err
	}
	n := min(int64(size), info.Size())
	p := Patch{Path: path, Inode: inode(info), Offset: (info.Size() - n) / 2, Before: make([]byte, n)}
	if _, err := f.ReadAt(p.Before, p.Offset); err != nil && !errors.Is(err, io.EOF) {
		return Patch{}, err
	}
	if _, err := f.WriteAt(inverted(p.Before), p.Offset); err != nil {
		return Patch{}, err
	}
	return p, errors.Join(f.Sync(), retime(f, info.ModTime()))
}

// retime sets the time of change of a file by its descriptor: a server may
// rename it at any moment.
func retime(f *os.File, modified time.Time) error {
	times := []unix.Timespec{{Nsec: unix.UTIME_OMIT}, unix.NsecToTimespec(modified.UnixNano())}
	return unix.UtimesNanoAt(unix.AT_FDCWD, fmt.Sprintf("/proc/self/fd/%d", f.Fd()), times, 0)
}

func inverted(b []byte) []byte {
	out := make([]byte, len(b))
	for i := range b {
		out[i] = ^b[i]
	}
	return out
}

// Own gives the path, and all below it, to somebody else. A mode of -1 stays.
func (k *Keep) Own(root *os.Root, path string, owner, group, mode int) error {
	if err := k.all(root, path); err != nil {
		return err
	}
	var errs []error
	for _, o := range k.Originals() {
		errs = append(errs, unlessGone(root.Lchown(o.Path, owner, group)))
		if mode >= 0 && o.Mode&fs.ModeSymlink == 0 {
			errs = append(errs, unlessGone(root.Chmod(o.Path, fs.FileMode(mode&0o777))))
		}
	}
	return errors.Join(errs...)
}

// unlessGone: the files of a queue come and go.
func unlessGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// all keeps what the path is, and all below it, without content.
func (k *Keep) all(root *os.Root, path string) error {
	files, err := below(root, path)
	if err != nil {
		return err
	}
	for _, f := range files {
		if _, err := k.add(root, f, false); unlessGone(err) != nil {
			return err
		}
	}
	return k.seal()
}

// Prey lists the files that can be encrypted, in the order of their names.
func Prey(root *os.Root) ([]string, error) {
	all, err := below(root, ".")
	var found []string
	for _, p := range all {
		if info, err := root.Lstat(p); err == nil && info.Mode().IsRegular() && info.Size() > 0 {
			found = append(found, p)
		}
	}
	return found, err
}

// Encrypt makes the content of one file unreadable, in place (AES in counter
// mode). The key is not kept: only the original brings it back.
func (k *Keep) Encrypt(root *os.Root, path string, key [32]byte) error {
	if _, err := k.add(root, path, true); err != nil {
		return err
	}
	if err := k.seal(); err != nil {
		return err
	}
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return err
	}
	f, err := root.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	if err != nil {
		return err
	}
	cipher.NewCTR(block, make([]byte, aes.BlockSize)).XORKeyStream(text, text)
	sum := sha256.Sum256(text)
	k.mu.Lock()
	k.originals[len(k.originals)-1].After = hex.EncodeToString(sum[:])
	k.mu.Unlock()
	_, err = f.WriteAt(text, 0)
	return errors.Join(err, f.Sync())
}

// Has tells whether a file is kept, under whatever name it is now.
func (k *Keep) Has(root *os.Root, path string) bool {
	hash := ""
	for _, o := range k.Originals() {
		if o.Path == path {
			return true
		}
	}
	for _, o := range k.Originals() {
		if o.After == "" {
			continue
		}
		if hash == "" {
			hash, _ = hashOf(root, path)
		}
		if o.After == hash {
			return true
		}
	}
	return false
}
