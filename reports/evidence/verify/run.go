package verify

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"maildrill/harness/record"
	"maildrill/reports/evidence/register"
	"maildrill/reports/evidence/seal"
)

// inspection is one run folder under examination.
type inspection struct {
	Findings
	dir string
	o   Options

	manifest     seal.Manifest
	manifestText []byte // nil: there is none that can be read
	record       *record.Record
	recordText   []byte
	close        *register.Leaf // as the proof or the register has it
	closedAt     int64
}

// Run checks a run folder.
func Run(dir string, o Options) *Findings {
	i := &inspection{Findings: Findings{Subject: dir, Kind: "run", Checks: []Check{}}, dir: dir, o: o}
	if err := plainFiles(dir); err != nil {
		i.fails("artefacts", "", "%v; nothing was read", err)
		return i.conclude()
	}
	for _, look := range []func(){
		i.trust, i.list, i.artefacts, i.sums, i.events, i.numbers, i.scenario, i.reports,
		i.statement, i.proof, i.started, i.closed, i.named, i.signed, i.registered, i.complete,
	} {
		look()
	}
	i.tell()
	return i.conclude()
}

// tell says which run it was. Where something does not fit, it is what the run says
// of itself.
func (i *inspection) tell() {
	i.Findings.Run = Plain(i.run())
	switch {
	case i.record != nil:
		i.Ending, i.Simulated = Plain(string(i.record.Verdict)), i.record.Simulated
		if i.close != nil && i.close.Close != nil {
			i.Ending = Plain(i.close.Close.Ending())
		}
		if i.record.Dirty {
			i.Ending += ", DIRTY"
		}
	case i.close != nil && i.close.Close != nil:
		i.Ending = Plain(i.close.Close.Ending())
		if i.o.Register != nil {
			run, _ := i.o.Register.Run(i.run(), i.o.Now)
			i.Simulated = run.Start.Simulated
		}
	}
}

func (i *inspection) file(name string) string { return filepath.Join(i.dir, filepath.FromSlash(name)) }

// read gives a file; ok is false, and why was told, if it cannot be read.
func (i *inspection) read(check, name string) (text []byte, ok bool) {
	text, err := readPlain(i.file(name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		i.fails(check, name, "it is missing")
	case err != nil:
		i.fails(check, name, "%v", err)
	}
	return text, err == nil
}

// plainFiles refuses a folder with something in it that is not a file: a pipe would
// be waited for, a link followed.
func plainFiles(dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "scratch" || d.Name() == "control") && filepath.Dir(path) == filepath.Clean(dir):
			return fs.SkipDir
		case !d.IsDir() && !d.Type().IsRegular():
			return fmt.Errorf("%s is no plain file", path)
		}
		return nil
	})
}

// readPlain reads a file that is one.
func readPlain(path string) ([]byte, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is no plain file")
	}
	return os.ReadFile(path)
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// trust says whose signature counts. The key that a bundle names itself proves
// nothing.
func (i *inspection) trust() {
	if i.o.Key != nil {
		i.fits("key", "", "%s, from %s", i.o.Key.ID(), i.o.KeyWhy)
		return
	}
	text, err := readPlain(i.file(seal.AttestationFile))
	if err == nil && seal.Signer(text) != "" {
		i.fails("key", "", "nobody is trusted (%s); the run says that %q signed it, which proves nothing: get the public key over another way, and name it with --key", i.o.KeyWhy, seal.Signer(text))
		return
	}
	i.fails("key", "", "nobody is trusted: %s; name a public key with --key", i.o.KeyWhy)
}

// list reads the manifest.
func (i *inspection) list() {
	text, ok := i.read("manifest", seal.ManifestFile)
	if !ok {
		return
	}
	m, err := seal.ReadManifest(text)
	if err != nil {
		i.fails("manifest", seal.ManifestFile, "%v", err)
		return
	}
	i.manifest, i.manifestText = m, text
	i.fits("manifest", seal.ManifestFile, "it lists %d artefacts of run %s", len(m.Artefacts), m.Run)
}

// artefacts compares every file with the manifest, in both directions.
func (i *inspection) artefacts() {
	if i.manifestText == nil {
		i.open("artefacts", "", "there is no manifest to compare with")
		return
	}
	found, err := seal.Artefacts(i.dir)
	if err != nil {
		i.fails("artefacts", "", "%v", err)
		return
	}
	have := map[string]seal.Artefact{}
	for _, a := range found {
		have[a.Path] = a
	}
	before := len(i.Checks)
	for _, want := range i.manifest.Artefacts {
		a, ok := have[want.Path]
		delete(have, want.Path)
		switch {
		case !ok:
			i.fails("artefacts", want.Path, "it is missing; the manifest lists it with %d bytes", want.Size)
		case a.Size != want.Size:
			i.fails("artefacts", want.Path, "it has %d bytes, the manifest says %d", a.Size, want.Size)
		case a.SHA256 != want.SHA256:
			i.fails("artefacts", want.Path, "its SHA-256 is %s, the manifest says %s", a.SHA256, want.SHA256)
		}
	}
	for _, a := range found {
		if _, extra := have[a.Path]; extra {
			i.fails("artefacts", a.Path, "the manifest does not list it: it was added later")
		}
	}
	if len(i.Checks) == before {
		i.fits("artefacts", "", "all %d are what the manifest says, and there are no others", len(found))
	}
}

func (i *inspection) sums() {
	text, ok := i.read("checksums", seal.SumsFile)
	switch {
	case !ok:
	case i.manifestText == nil:
		i.open("checksums", seal.SumsFile, "there is no manifest to compare with")
	case string(text) != string(i.manifest.Sums(i.manifestText)):
		i.fails("checksums", seal.SumsFile, "%s", differs(text, i.manifest.Sums(i.manifestText), "the manifest gives"))
	default:
		i.fits("checksums", seal.SumsFile, "they are those of the manifest")
	}
}

// readRecord reads record.json once.
func (i *inspection) readRecord(text []byte) error {
	r, err := record.Unmarshal(text)
	if err != nil {
		return err
	}
	i.record, i.recordText = &r, text
	return nil
}

// sameTool tells whether the maildrill that ran is the one that verifies.
func (i *inspection) sameTool() bool {
	return i.record != nil && i.record.Run.Tool == i.o.Tool
}

func valid(text []byte) (any, error) {
	var v any
	err := json.Unmarshal(text, &v)
	return v, err
}
