package filework

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"golang.org/x/sys/unix"
)

// mostPasses bounds how often something may come while a copy is made.
const mostPasses = 100

// deletion is one that is under way.
type deletion struct {
	*Keep
	root *os.Root
	at   map[string]int // which original is of a path
	gone map[uint64]int // originals that were gone before their turn, by inode
}

// Delete removes the path and all below it. What comes while a copy is made is
// kept too before it goes.
func (k *Keep) Delete(root *os.Root, path string) error {
	d := deletion{k, root, map[string]int{}, map[uint64]int{}}
	for range mostPasses {
		files, err := below(root, path)
		if errors.Is(err, fs.ErrNotExist) && len(d.at) > 0 {
			return nil
		}
		if err == nil {
			err = d.keep(files)
		}
		if err == nil {
			err = k.seal()
		}
		if err == nil {
			err = d.remove(files)
		}
		if err != nil {
			return err
		}
	}
	return fmt.Errorf("files come to %s faster than they can be kept", path)
}

// keep keeps what is not kept yet. A file that a server has renamed since is not
// kept twice.
func (d deletion) keep(files []string) error {
	for _, f := range files {
		info, err := d.root.Lstat(f)
		_, known := d.at[f]
		if known || errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if info.Mode()&^(fs.ModePerm|fs.ModeDir|fs.ModeSymlink|fs.ModeSetuid|fs.ModeSetgid|fs.ModeSticky) != 0 {
			return fmt.Errorf("%s is no file: who uses it would not find it again after it was put back", f)
		}
		if i, ok := d.gone[inode(info)]; ok && d.renamed(i, f, info) {
			delete(d.gone, inode(info))
			d.at[f] = i
			continue
		}
		if _, err := d.add(d.root, f, true); errors.Is(err, fs.ErrNotExist) {
			continue
		} else if err != nil {
			return err
		}
		d.at[f] = len(d.Originals()) - 1
	}
	return nil
}

// renamed notes the new name of an original, if the file is that.
func (d deletion) renamed(i int, path string, info fs.FileInfo) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.originals[i].Modified.Equal(info.ModTime()) {
		return false
	}
	d.originals[i].Path = path
	return true
}

// remove removes what is kept, and no folder into which something came.
func (d deletion) remove(files []string) error {
	all := d.Originals()
	for _, f := range slices.Backward(files) {
		i, known := d.at[f]
		if !known {
			continue
		}
		switch err := d.root.Remove(f); {
		case errors.Is(err, fs.ErrNotExist):
			d.gone[all[i].Inode] = i
		case err != nil && !errors.Is(err, unix.ENOTEMPTY):
			return err
		}
	}
	return nil
}
