package seal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"maildrill/harness/record"
	"maildrill/reports/evidence"
)

// Names of the files that a seal is made of. The manifest does not list them.
const (
	ManifestFile    = "manifest.json"
	SumsFile        = "SHA256SUMS"
	AttestationFile = "attestation.json"
	ProofFile       = "run.tlog-proof"
	SignoffFolder   = "signoff"
	RecordFile      = "record.json"
)

// ManifestSchema is the value of Manifest.Schema.
const ManifestSchema = "maildrill/manifest/v1"

// Manifest is manifest.json.
type Manifest struct {
	Schema    string           `json:"schema"`
	Run       string           `json:"run"`
	Tool      record.Tool      `json:"tool"`               // that wrote it
	Register  *record.Register `json:"register,omitempty"` // nil: the run is in none
	Artefacts []Artefact       `json:"artefacts"`          // by path
}

// Artefact is one file of the run folder.
type Artefact struct {
	Path   string `json:"path"` // with slashes
	Size   int64  `json:"size"` // bytes
	SHA256 string `json:"sha256"`
}

// outside are what the manifest cannot or need not speak of: the seal itself, what
// is added later, and what goes away with the run.
func outside(name string) bool {
	first, _, _ := strings.Cut(name, "/")
	switch first {
	case ManifestFile, SumsFile, AttestationFile, ProofFile, SignoffFolder, "scratch", "control":
		return true
	}
	return false
}

// Artefacts digests every file of a run folder that a manifest speaks of. What is
// no plain file is refused: nobody could say what it will be tomorrow.
func Artefacts(dir string) ([]Artefact, error) {
	all := []Artefact{}
	err := filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, file)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(rel)
		switch {
		case name == ".":
			return nil
		case outside(name) && d.IsDir():
			return fs.SkipDir
		case outside(name) || d.IsDir():
			return nil
		case !d.Type().IsRegular():
			return fmt.Errorf("%s is no plain file", name)
		case !utf8.ValidString(name):
			return fmt.Errorf("%q is no UTF-8, and cannot stand in a manifest", name)
		}
		a, err := artefact(file, name)
		all = append(all, a)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look through the run folder: %w", err)
	}
	slices.SortFunc(all, func(a, b Artefact) int { return strings.Compare(a.Path, b.Path) })
	return all, nil
}

func artefact(file, name string) (Artefact, error) {
	f, err := os.Open(file)
	if err != nil {
		return Artefact{}, err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, f)
	return Artefact{Path: name, Size: n, SHA256: hex.EncodeToString(h.Sum(nil))}, err
}

// Marshal writes the manifest.
func (m Manifest) Marshal() ([]byte, error) {
	b, err := evidence.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("write the manifest: %w", err)
	}
	return b, nil
}

// ReadManifest takes nothing that Marshal does not write, and no path that leads
// out of the folder.
func ReadManifest(text []byte) (Manifest, error) {
	var m Manifest
	if err := json.Unmarshal(text, &m); err != nil {
		return Manifest{}, fmt.Errorf("it cannot be read: %w", err)
	}
	again, err := m.Marshal()
	switch {
	case m.Schema != ManifestSchema:
		return Manifest{}, fmt.Errorf("its schema is %q, not %q", m.Schema, ManifestSchema)
	case err != nil || !bytes.Equal(again, text):
		return Manifest{}, errors.New("it is not in the form that maildrill writes")
	}
	last := ""
	for _, a := range m.Artefacts {
		if !fs.ValidPath(a.Path) || path.Clean(a.Path) != a.Path || a.Path <= last || outside(a.Path) {
			return Manifest{}, fmt.Errorf("it names %q, which cannot be there or stands in the wrong place", a.Path)
		}
		last = a.Path
	}
	return m, nil
}

// Sums is SHA256SUMS: what sha256sum(1) prints for all artefacts and for the
// manifest.
func (m Manifest) Sums(manifest []byte) []byte {
	sum := sha256.Sum256(manifest)
	files := append(slices.Clone(m.Artefacts), Artefact{Path: ManifestFile, SHA256: hex.EncodeToString(sum[:])})
	slices.SortFunc(files, func(a, b Artefact) int { return strings.Compare(a.Path, b.Path) })
	var out bytes.Buffer
	for _, a := range files {
		// coreutils marks a name with escapes by a backslash before the digest.
		if name := escapes.Replace(a.Path); name != a.Path {
			fmt.Fprintf(&out, "\\%s  %s\n", a.SHA256, name)
		} else {
			fmt.Fprintf(&out, "%s  %s\n", a.SHA256, name)
		}
	}
	return out.Bytes()
}

var escapes = strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`)
