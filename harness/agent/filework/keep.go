package filework

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// Original is a file as it was.
type Original struct {
	Path     string      `json:"path"` // below the volume
	Mode     fs.FileMode `json:"mode"`
	Owner    int         `json:"owner"`
	Group    int         `json:"group"`
	Inode    uint64      `json:"inode"`
	Accessed time.Time   `json:"accessed"`
	Modified time.Time   `json:"modified"`
	Link     string      `json:"link,omitempty"`  // of a symbolic link
	Hash     string      `json:"hash,omitempty"`  // SHA-256 of a file's content
	Blob     string      `json:"blob,omitempty"`  // where the content is kept
	Same     string      `json:"same,omitempty"`  // another name of the file (link(2)), kept before
	After    string      `json:"after,omitempty"` // SHA-256 of what was made of the content
}

// Keep is the memory of one disturbance: what was there before it.
type Keep struct {
	folder string
	kept   func() // in tests: called when all of a list is kept

	mu        sync.Mutex
	originals []Original
}

// NewKeep begins a memory in a folder of its own.
func NewKeep(folder string) (*Keep, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	return &Keep{folder: folder}, nil
}

// Originals are what is kept, in the order in which it was.
func (k *Keep) Originals() []Original {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.originals)
}

// Forget removes the memory.
func (k *Keep) Forget() error { return os.RemoveAll(k.folder) }

// add keeps a file as it is now, with its content if asked for. What is no file,
// folder or link is left alone: nobody keeps mail in it.
func (k *Keep) add(root *os.Root, path string, content bool) (Original, error) {
	info, err := root.Lstat(path)
	if err != nil {
		return Original{}, err
	}
	o := Original{Path: path, Mode: info.Mode(), Modified: info.ModTime()}
	links := false
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		o.Owner, o.Group, o.Inode, o.Accessed = int(s.Uid), int(s.Gid), s.Ino, time.Unix(s.Atim.Unix())
		links = s.Nlink > 1
	}
	switch twin, ok := k.twin(o); {
	case o.Mode&fs.ModeSymlink != 0:
		o.Link, err = root.Readlink(path)
	case o.Mode.IsRegular() && content && links && ok:
		o.Same, o.Hash, o.Blob = twin.Path, twin.Hash, twin.Blob
	case o.Mode.IsRegular() && content:
		o.Hash, o.Blob, err = k.copy(root, path)
	}
	if err != nil {
		return o, fmt.Errorf("keep %s: %w", path, err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.originals = append(k.originals, o)
	return o, nil
}

// twin finds the file under another name.
func (k *Keep) twin(o Original) (Original, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	i := slices.IndexFunc(k.originals, func(t Original) bool {
		return t.Inode == o.Inode && t.Blob != "" && t.After == "" && t.Modified.Equal(o.Modified)
	})
	if i < 0 {
		return Original{}, false
	}
	return k.originals[i], true
}

// seal writes the list to the disk.
func (k *Keep) seal() error {
	text, err := json.Marshal(k.Originals())
	if err != nil {
		return err
	}
	f, err := os.Create(filepath.Join(k.folder, "originals.json"))
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	err = errors.Join(err, f.Sync(), f.Close())
	if k.kept != nil {
		k.kept()
	}
	return err
}

// copy keeps the content of a file.
func (k *Keep) copy(root *os.Root, path string) (hash, blob string, err error) {
	from, err := root.Open(path)
	if err != nil {
		return "", "", err
	}
	defer from.Close()
	k.mu.Lock()
	blob = filepath.Join(k.folder, strconv.Itoa(len(k.originals)))
	k.mu.Unlock()
	to, err := os.Create(blob)
	if err != nil {
		return "", "", err
	}
	sum := sha256.New()
	_, err = io.Copy(io.MultiWriter(to, sum), from)
	return hex.EncodeToString(sum.Sum(nil)), blob, errors.Join(err, to.Sync(), to.Close())
}

// Changed lists what is not as it was kept.
func (k *Keep) Changed(root *os.Root) []string {
	var changed []string
	for _, o := range k.Originals() {
		if what := differs(root, o); what != "" {
			changed = append(changed, o.Path+": "+what)
		}
	}
	return changed
}

// differs says in what a file is not what it was; empty: in nothing.
func differs(root *os.Root, o Original) string {
	info, err := root.Lstat(o.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return "gone"
	}
	if err != nil {
		return err.Error()
	}
	s, _ := info.Sys().(*syscall.Stat_t)
	switch {
	case info.Mode() != o.Mode:
		return fmt.Sprintf("mode %v, not %v", info.Mode(), o.Mode)
	case s != nil && (int(s.Uid) != o.Owner || int(s.Gid) != o.Group):
		return fmt.Sprintf("owner %d:%d, not %d:%d", s.Uid, s.Gid, o.Owner, o.Group)
	case o.Hash == "":
		return ""
	}
	if hash, err := hashOf(root, o.Path); err != nil || hash != o.Hash {
		return "content"
	}
	return ""
}

func hashOf(root *os.Root, path string) (string, error) {
	f, err := root.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
