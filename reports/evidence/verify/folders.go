package verify

import (
	"errors"
	"io/fs"
	"path/filepath"

	"maildrill/reports/evidence/register"
	"maildrill/reports/evidence/seal"
)

// folders compares the run folders that are at hand with the register: each closed
// run has the manifest of its close, and no folder is of a run that the register
// does not know.
func (f *Findings) folders(o Options) {
	if o.Folders == "" {
		f.open("folders", "", "nobody has said where the run folders are (--runs), so that they were not looked at")
		return
	}
	same, missing := 0, 0
	for _, r := range o.Register.Runs(o.Now) {
		if r.Close == nil || r.Close.Manifest == "" {
			continue
		}
		text, err := readPlain(filepath.Join(o.Folders, filepath.Base(r.ID), seal.ManifestFile))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			missing++
			f.open("folders", r.ID, "the run is not in %s", o.Folders)
		case err != nil:
			f.fails("folders", r.ID, "%v", err)
		case digest(text) != r.Close.Manifest:
			f.fails("folders", r.ID, "the SHA-256 of its manifest is %s, leaf %d says %s", digest(text), r.ClosedBy, r.Close.Manifest)
		default:
			same++
		}
	}
	f.unknown(o)
	f.fits("folders", o.Folders, "%d runs are there with the manifest that the register has, %d are not there", same, missing)
}

// unknown finds folders of runs that say they are in this register.
func (f *Findings) unknown(o Options) {
	found, err := filepath.Glob(filepath.Join(o.Folders, "*", seal.ManifestFile))
	if err != nil {
		f.fails("folders", o.Folders, "%v", err)
	}
	for _, file := range found {
		text, err := readPlain(file)
		if err != nil {
			f.fails("folders", file, "%v", err)
			continue
		}
		m, err := seal.ReadManifest(text)
		if err != nil || m.Register == nil || m.Register.Origin != o.Key.Name() {
			continue // another register's, or none's; verify of the run tells more
		}
		run, ok := o.Register.Run(m.Run, o.Now)
		if !ok || run.Index != m.Register.Index {
			f.fails("folders", m.Run, "the run took leaf %d, and the register %s: it was dropped or moved", m.Register.Index, has(run, ok))
		}
		if why := parts(o.Register, m.Register.Size, m.Register.Root); why != "" {
			f.fails("folders", m.Run, "seen from this run, the register %s", why)
		}
	}
}

func has(r register.Run, ok bool) string {
	if !ok {
		return "does not have it"
	}
	return "has it elsewhere"
}
