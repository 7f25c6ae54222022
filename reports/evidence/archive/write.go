package archive

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"maildrill/reports/evidence/register"
)

// RegisterFolder is where the register is in an archive.
const RegisterFolder = "register"

// commentStart is followed by the digest, in hex, to the end of the file.
const commentStart = "maildrill/bundle/v1 sha256:"

// entry is one file to be written.
type entry struct {
	name string
	open func() (io.ReadCloser, error)
}

// Write makes the archive of a run folder. It never writes over a file. The register
// may be nil.
func Write(path, folder, run string, reg *register.View) error {
	entries, err := list(folder, run)
	if err != nil {
		return fmt.Errorf("bundle the run: %w", err)
	}
	if reg != nil {
		f := reg.Files()
		entries = append(entries, fixed(RegisterFolder+"/"+register.LeavesFile, f.Leaves), fixed(RegisterFolder+"/"+register.CheckpointFile, f.Checkpoint))
	}
	slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.name, b.name) })
	out, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o644)
	if err != nil {
		return fmt.Errorf("bundle the run: %w", err)
	}
	err = errors.Join(fill(out, entries), out.Sync(), out.Close())
	if err != nil {
		return fmt.Errorf("bundle the run: %w", errors.Join(err, os.Remove(path)))
	}
	return nil
}

// passing are the folders of a run folder that go away with the run.
var passing = []string{"scratch", "control"}

func list(folder, run string) (all []entry, err error) {
	if run == RegisterFolder || run == "." || !fs.ValidPath(run) || strings.Contains(run, "/") {
		return nil, fmt.Errorf("%q cannot be the name of a run", run)
	}
	err = filepath.WalkDir(folder, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(folder, file)
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains(passing, rel):
			return fs.SkipDir
		case d.IsDir():
			return nil
		case !d.Type().IsRegular():
			return fmt.Errorf("%s is no plain file", rel)
		}
		all = append(all, entry{run + "/" + filepath.ToSlash(rel), func() (io.ReadCloser, error) { return os.Open(file) }})
		return nil
	})
	return all, err
}

func fixed(name string, text []byte) entry {
	return entry{name, func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(string(text))), nil }}
}

// fill writes the entries, and the digest of it all behind them.
func fill(out *os.File, entries []entry) error {
	w := zip.NewWriter(out)
	for _, e := range entries {
		if err := put(w, e); err != nil {
			return fmt.Errorf("%s: %w", e.name, err)
		}
	}
	if err := w.SetComment(commentStart + strings.Repeat("0", 2*sha256.Size)); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	digest, size, err := digestOf(out)
	if err != nil {
		return err
	}
	_, err = out.WriteAt([]byte(digest), size)
	return err
}

// noTime is the first that the format has.
var noTime = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

func put(w *zip.Writer, e entry) error {
	in, err := e.open()
	if err != nil {
		return err
	}
	defer in.Close()
	h := &zip.FileHeader{Name: e.name, Method: zip.Deflate, Modified: noTime}
	h.SetMode(0o644)
	to, err := w.CreateHeader(h)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, in)
	return err
}

// digestOf gives the digest of all bytes but those of the digest itself, and how
// many they are.
func digestOf(f *os.File) (digest string, size int64, err error) {
	info, err := f.Stat()
	if err != nil {
		return "", 0, err
	}
	size = info.Size() - 2*sha256.Size
	h := sha256.New()
	_, err = io.Copy(h, io.NewSectionReader(f, 0, max(size, 0)))
	return hex.EncodeToString(h.Sum(nil)), size, err
}
