package filework

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"syscall"
)

// Restore puts back what was kept, and leaves what came meanwhile. A file that
// was made anew at the same path is replaced; one whose changed content is found
// under another name is put right there.
func (k *Keep) Restore(root *os.Root) error {
	var errs []error
	all := k.Originals()
	follow(root, all)
	for _, o := range all {
		errs = append(errs, restore(root, o))
	}
	// Times last, the inner ones first: whatever is put into a folder changes
	// that of the folder.
	for _, o := range slices.Backward(all) {
		if o.Mode&fs.ModeSymlink == 0 {
			errs = append(errs, root.Chtimes(o.Path, o.Accessed, o.Modified))
		}
	}
	return errors.Join(errs...)
}

// follow finds files that a server has renamed since: by their changed content,
// because the number of an inode is soon given to another file.
func follow(root *os.Root, all []Original) {
	places := map[string]string{} // by hash
	for i, o := range all {
		if _, err := root.Lstat(o.Path); o.After == "" || !errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if len(places) == 0 {
			prey, _ := Prey(root)
			for _, p := range prey {
				if hash, err := hashOf(root, p); err == nil {
					places[hash] = p
				}
			}
		}
		if place := places[o.After]; place != "" {
			all[i].Path = place
		}
	}
}

func restore(root *os.Root, o Original) error {
	err := remake(root, o)
	if err == nil {
		err = root.Lchown(o.Path, o.Owner, o.Group)
	}
	// After the owner, because a change of owner takes the set-id bits away.
	if err == nil && o.Mode&fs.ModeSymlink == 0 {
		err = root.Chmod(o.Path, o.Mode)
	}
	if err != nil {
		return fmt.Errorf("put %s back: %w", o.Path, err)
	}
	return nil
}

// remake makes a file again, if it is not there as it was.
func remake(root *os.Root, o Original) error {
	switch {
	case o.Mode.IsDir():
		if err := root.Mkdir(o.Path, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	case o.Link != "":
		if _, err := root.Lstat(o.Path); errors.Is(err, fs.ErrNotExist) {
			return root.Symlink(o.Link, o.Path)
		}
	case o.Blob != "":
		if hash, err := hashOf(root, o.Path); err == nil && hash == o.Hash {
			return nil
		}
		if o.Same != "" && root.Link(o.Same, o.Path) == nil {
			return nil
		}
		return rewrite(root, o)
	}
	return nil
}

// rewrite writes in place, so that who has the file open sees it too.
func rewrite(root *os.Root, o Original) error {
	from, err := os.Open(o.Blob)
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := root.OpenFile(o.Path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	return errors.Join(err, to.Sync(), to.Close())
}

// Heal puts changed bytes back, also if a server has renamed the file. Where the
// bytes are not what they were changed to, the server has written them anew, and
// they stay.
func Heal(root *os.Root, patches []Patch) error {
	var errs []error
	for _, p := range patches {
		if path, ok := findInode(root, p); ok {
			errs = append(errs, heal(root, path, p))
		}
	}
	return errors.Join(errs...)
}

func heal(root *os.Root, path string, p Patch) error {
	f, err := root.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	now := make([]byte, len(p.Before))
	if _, err := f.ReadAt(now, p.Offset); err != nil || !bytes.Equal(now, inverted(p.Before)) {
		return nil
	}
	if _, err := f.WriteAt(p.Before, p.Offset); err != nil {
		return fmt.Errorf("heal %s: %w", path, err)
	}
	return errors.Join(f.Sync(), retime(f, info.ModTime()))
}

// findInode finds the file of a patch, under whatever name.
func findInode(root *os.Root, p Patch) (string, bool) {
	is := func(path string) bool {
		info, err := root.Lstat(path)
		return err == nil && info.Mode().IsRegular() && inode(info) == p.Inode
	}
	if is(p.Path) {
		return p.Path, true
	}
	all, _ := below(root, ".")
	i := slices.IndexFunc(all, is)
	if i < 0 {
		return "", false
	}
	return all[i], true
}

func inode(info fs.FileInfo) uint64 {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return s.Ino
	}
	return 0
}

// GiveBack takes a change of owner and permissions back. A file that somebody
// has removed since stays removed, and one that came since stays as it is. One
// that was renamed is found.
func (k *Keep) GiveBack(root *os.Root) error {
	var errs []error
	all := k.Originals()
	pursue(root, all)
	for _, o := range all {
		if _, err := root.Lstat(o.Path); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		errs = append(errs, restore(root, o))
	}
	return errors.Join(errs...)
}

// pursue finds files that a server has renamed since, by inode. One that was
// written meanwhile is another.
func pursue(root *os.Root, all []Original) {
	places := map[uint64]string{}
	for i, o := range all {
		if _, err := root.Lstat(o.Path); !errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if len(places) == 0 {
			now, _ := below(root, ".")
			for _, p := range now {
				if info, err := root.Lstat(p); err == nil {
					places[inode(info)] = p
				}
			}
		}
		place := places[o.Inode]
		if info, err := root.Lstat(place); err == nil && info.ModTime().Equal(o.Modified) {
			all[i].Path = place
		}
	}
}
