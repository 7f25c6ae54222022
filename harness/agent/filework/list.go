package filework

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"syscall"
)

// List is what a folder holds: by path below it, all that makes an entry what it
// is, but for its times.
type List map[string]string

// ListOf reads a folder with everything below.
func ListOf(dir string) (List, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	list := List{}
	err = fs.WalkDir(root.FS(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		list[path], err = entry(root, path)
		return err
	})
	return list, err
}

func entry(root *os.Root, path string) (string, error) {
	info, err := root.Lstat(path)
	if err != nil {
		return "", err
	}
	is := info.Mode().String()
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		is += fmt.Sprintf(" %d:%d", s.Uid, s.Gid)
	}
	content := ""
	switch {
	case info.Mode()&fs.ModeSymlink != 0:
		content, err = root.Readlink(path)
	case info.Mode().IsRegular():
		content, err = hashOf(root, path)
	}
	return is + " " + content, err
}

// Equal tells whether nothing differs.
func (l List) Equal(o List) bool { return maps.Equal(l, o) }

// Without lists the paths that the other one lacks, in order.
func (l List) Without(o List) []string {
	var missing []string
	for path := range l {
		if _, ok := o[path]; !ok {
			missing = append(missing, path)
		}
	}
	slices.Sort(missing)
	return missing
}
