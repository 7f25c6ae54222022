package faults

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
)

// newFiles makes a fault of the mechanism [Files]: it shows by files that are
// not what they were.
func newFiles(kind, volume string, params any, spec FileSpec) (Fault, error) {
	return newOnVolume(params, onVolume{
		kind: kind, mechanism: Files, volume: volume,
		spec: func(v Volume) any { spec.Volume = v.Name; return spec },
		try:  func(v Volume, rule string) Touch { return Touch{Volume: v.Name, Try: TryCompare, Rule: rule} },
		shows: func(e *Evidence, f Felt, _ error) bool {
			if n := len(f.Changed); n > 0 && spec.Files > 0 {
				e.Measured = []Measured{{What: "files", Unit: "1", Asked: float64(spec.Files), Seen: float64(n), Within: n >= spec.Files}}
			}
			return len(f.Changed) > 0
		},
	})
}

// mostID is the largest id of a user or a group: the one after it stands for none
// (chown(2)).
const mostID = 1<<32 - 2

// corruptible are the sorts of files that storage.corrupt knows.
var corruptible = []string{"index", "keywords", "message", "queue"}

func newStorageCorrupt(decode func(any) error) (Fault, error) {
	with := struct {
		Volume string `yaml:"volume"`
		What   string `yaml:"what"`
		Files  int    `yaml:"files"`
		Bytes  int    `yaml:"bytes"`

		Lasting bool `yaml:"lasting"`
	}{Files: 1, Bytes: 16}
	if err := decode(&with); err != nil {
		return nil, err
	}
	if !slices.Contains(corruptible, with.What) {
		return nil, fmt.Errorf("what is %q; valid: %v", with.What, corruptible)
	}
	if with.Files < 1 || with.Bytes < 1 {
		return nil, errors.New("files and bytes must be at least 1")
	}
	return newFiles("storage.corrupt", with.Volume, with, FileSpec{Do: FileCorrupt, What: with.What, Files: with.Files, Bytes: with.Bytes, Lasting: with.Lasting})
}

func newStoragePermissions(decode func(any) error) (Fault, error) {
	with := struct {
		Volume string `yaml:"volume"`
		Path   string `yaml:"path"`
		Owner  int    `yaml:"owner"`
		Group  int    `yaml:"group"`
		Mode   string `yaml:"mode"`
	}{Path: ".", Mode: "keep"}
	if err := decode(&with); err != nil {
		return nil, err
	}
	if min(with.Owner, with.Group) < 0 || int64(max(with.Owner, with.Group)) > mostID {
		return nil, fmt.Errorf("owner is %d, group %d; valid: 0 to %d", with.Owner, with.Group, mostID)
	}
	mode := -1
	if with.Mode != "keep" {
		bits, err := strconv.ParseUint(with.Mode, 8, 12)
		if err != nil {
			return nil, fmt.Errorf("mode is %q; valid: permission bits in octal, \"0600\"", with.Mode)
		}
		mode = int(bits)
	}
	if !filepath.IsLocal(with.Path) {
		return nil, fmt.Errorf("path is %q; valid: a path below the volume", with.Path)
	}
	return newFiles("storage.permissions", with.Volume, with, FileSpec{Do: FileOwn, Path: with.Path, Owner: with.Owner, Group: with.Group, Mode: mode})
}

func newStorageDelete(decode func(any) error) (Fault, error) {
	var with struct {
		Volume  string `yaml:"volume"`
		Path    string `yaml:"path"`
		Lasting bool   `yaml:"lasting"`
	}
	if err := decode(&with); err != nil {
		return nil, err
	}
	if path := filepath.Clean(with.Path); with.Path == "" || path == "." || !filepath.IsLocal(path) {
		return nil, fmt.Errorf("path is %q; valid: a path below the volume, for instance that of a mailbox", with.Path)
	}
	return newFiles("storage.delete", with.Volume, with, FileSpec{Do: FileDelete, Path: with.Path, Lasting: with.Lasting})
}

func newStorageRansom(decode func(any) error) (Fault, error) {
	with := struct {
		Volume  string `yaml:"volume"`
		Rate    int    `yaml:"rate"`
		Lasting bool   `yaml:"lasting"`
	}{Rate: 10}
	if err := decode(&with); err != nil {
		return nil, err
	}
	if with.Rate < 1 || with.Rate > 10000 {
		return nil, fmt.Errorf("rate is %v; valid: 1 to 10000 files a second", with.Rate)
	}
	return newFiles("storage.ransom", with.Volume, with, FileSpec{Do: FileLock, Rate: with.Rate, Lasting: with.Lasting})
}
