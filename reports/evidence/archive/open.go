package archive

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// Limits of what is unpacked. Text of servers packs a hundred to one at best.
const (
	mostFiles  = 10_000
	mostBytes  = 16 << 30
	freeBytes  = 64 << 20 // so much is unpacked whatever the proportion
	proportion = 200
)

// ErrDamaged is wrapped if the bytes of the archive are not those that were
// written.
var ErrDamaged = errors.New("the bytes of the archive are not those that were written: it was damaged or changed")

// Bundle is an archive that was unpacked into a folder of its own.
type Bundle struct {
	Run    string // id, as the archive says
	Folder string // run folder
	// Register is the folder of the register; empty: the archive has none.
	Register string
	dir      string
}

// Close removes what was unpacked.
func (b *Bundle) Close() error { return os.RemoveAll(b.dir) }

// Open checks and unpacks an archive.
func Open(path string) (*Bundle, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open the bundle: %w", err)
	}
	defer f.Close()
	r, size, err := reader(f)
	if err != nil {
		return nil, err
	}
	b, err := check(r.File, size)
	if err != nil {
		return nil, fmt.Errorf("open the bundle: %w", err)
	}
	if b.dir, err = os.MkdirTemp("", "maildrill-bundle-"); err != nil {
		return nil, fmt.Errorf("unpack the bundle: %w", err)
	}
	for _, e := range r.File {
		if err := unpack(b.dir, e); err != nil {
			return nil, errors.Join(fmt.Errorf("unpack the bundle: %s: %w", e.Name, err), b.Close())
		}
	}
	b.Folder = filepath.Join(b.dir, b.Run)
	if b.Register != "" {
		b.Register = filepath.Join(b.dir, b.Register)
	}
	return b, nil
}

// reader compares the digest in the comment before it reads anything else.
func reader(f *os.File) (*zip.Reader, int64, error) {
	digest, size, err := digestOf(f)
	if err != nil {
		return nil, 0, fmt.Errorf("open the bundle: %w", err)
	}
	tail := make([]byte, len(commentStart)+2*sha256.Size)
	if _, err := f.ReadAt(tail, size-int64(len(commentStart))); err != nil || !bytes.HasPrefix(tail, []byte(commentStart)) {
		return nil, 0, fmt.Errorf("open the bundle: it does not end as one that maildrill wrote: %w", ErrDamaged)
	}
	if said := string(tail[len(commentStart):]); said != digest {
		return nil, 0, fmt.Errorf("open the bundle: its SHA-256 is %s, its end says %q: %w", digest, said, ErrDamaged)
	}
	r, err := zip.NewReader(f, size+2*sha256.Size)
	if err != nil {
		return nil, 0, fmt.Errorf("open the bundle: %w", err)
	}
	return r, size, nil
}

// check looks at all entries before the first is unpacked.
func check(files []*zip.File, size int64) (*Bundle, error) {
	b := &Bundle{}
	seen := map[string]bool{}
	var total uint64
	if len(files) > mostFiles {
		return nil, fmt.Errorf("it has %d files, more than %d", len(files), mostFiles)
	}
	for _, e := range files {
		first, _, inFolder := strings.Cut(e.Name, "/")
		switch {
		case !fs.ValidPath(e.Name) || path.Clean(e.Name) != e.Name || strings.ContainsAny(e.Name, "\\\x00") || !inFolder:
			return nil, fmt.Errorf("its entry %q has a name that leads elsewhere", e.Name)
		case !e.Mode().IsRegular():
			return nil, fmt.Errorf("its entry %q is no plain file", e.Name)
		case seen[e.Name]:
			return nil, fmt.Errorf("its entry %q comes twice", e.Name)
		case first == RegisterFolder:
			b.Register = RegisterFolder
		case b.Run != "" && first != b.Run:
			return nil, fmt.Errorf("it has two runs, %q and %q", b.Run, first)
		default:
			b.Run = first
		}
		seen[e.Name] = true
		total += e.UncompressedSize64
		if e.UncompressedSize64 > mostBytes || total > mostBytes || total > freeBytes && total/proportion > uint64(size) {
			return nil, fmt.Errorf("it would unpack to more than %d bytes, out of proportion to its own %d", total, size)
		}
	}
	if b.Run == "" {
		return nil, errors.New("it has no run")
	}
	return b, nil
}

// unpack writes one entry, and not a byte more than it says.
func unpack(dir string, e *zip.File) error {
	in, err := e.Open()
	if err != nil {
		return err
	}
	defer in.Close()
	to := filepath.Join(dir, filepath.FromSlash(e.Name))
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	n, err := io.Copy(out, io.LimitReader(in, int64(e.UncompressedSize64)+1))
	if err == nil && n != int64(e.UncompressedSize64) {
		err = fmt.Errorf("it has %d bytes, and says %d", n, e.UncompressedSize64)
	}
	return errors.Join(err, out.Close())
}
