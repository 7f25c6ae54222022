package filework

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// OursPrefix begins the names of what maildrill itself puts into a volume.
const OursPrefix = ".maildrill-"

// below lists the path and all that is below it, folders before what they hold,
// each in the order of names. What vanishes meanwhile is left out.
func below(root *os.Root, path string) ([]string, error) {
	var found []string
	err := fs.WalkDir(root.FS(), filepath.Clean(path), func(at string, d fs.DirEntry, err error) error {
		if err != nil && at != filepath.Clean(path) && errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		if strings.HasPrefix(d.Name(), OursPrefix) {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		found = append(found, at)
		return nil
	})
	return found, err
}

// keywords is where Dovecot keeps the names of keywords in a Maildir, and nowhere
// else: it cannot make them anew, as it can its index.
const keywords = "dovecot-keywords"

// sorts tells files by where they are: those of Dovecot's index
// (dovecot.index, dovecot-uidlist), its names of keywords, messages of a Maildir,
// and the queue files of Postfix.
var sorts = map[string]func(path string) bool{
	"index": func(p string) bool {
		name := filepath.Base(p)
		return strings.HasPrefix(name, "dovecot") && !strings.HasSuffix(p, ".lock") && name != keywords
	},
	"keywords": func(p string) bool { return filepath.Base(p) == keywords },
	"message":  func(p string) bool { return slices.Contains([]string{"cur", "new"}, filepath.Base(filepath.Dir(p))) },
	"queue": func(p string) bool {
		first, _, nested := strings.Cut(p, "/")
		return nested && slices.Contains(resting, first)
	},
}

// resting are the queues whose files stay where they are for a while: the queue
// manager opens those of the others at once (qmgr(8)).
var resting = []string{"deferred", "hold"}

// pick finds files of a sort that have a content: the first n by name. A file of
// several names is found once.
func pick(root *os.Root, sort string, n int) ([]string, error) {
	is, ok := sorts[sort]
	if !ok {
		return nil, fmt.Errorf("nobody knows files of the sort %q", sort)
	}
	all, err := below(root, ".")
	if err != nil {
		return nil, err
	}
	var found []string
	seen := map[uint64]bool{}
	for _, p := range all {
		info, err := root.Lstat(p)
		if err == nil && info.Mode().IsRegular() && info.Size() > 0 && is(p) && len(found) < n && !seen[inode(info)] {
			found = append(found, p)
			seen[inode(info)] = true
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("there is no %s file on the volume: let mail come first", sort)
	}
	return found, nil
}
