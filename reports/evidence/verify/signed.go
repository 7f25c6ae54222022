package verify

import (
	"path/filepath"

	"golang.org/x/crypto/ssh"

	"maildrill/reports/evidence/register"
	"maildrill/reports/evidence/seal"
	"maildrill/reports/evidence/signoff"
)

// signed checks what people have put their keys to, and that nothing of it is
// missing that the register knows of.
func (i *inspection) signed() {
	all, err := signoff.Read(i.file(seal.SignoffFolder))
	if err != nil {
		i.fails("sign-off", seal.SignoffFolder, "%v", err)
		return
	}
	known := i.signoffs()
	for _, s := range all {
		i.signature(s)
		delete(known, s.SHA256)
	}
	for _, s := range known {
		i.fails("sign-off", seal.SignoffFolder, "the register has a signature of a %s (SHA-256 %s) that is not here: it was taken away or changed", s.Role, s.SHA256)
	}
}

// signoffs are those that the register knows of.
func (i *inspection) signoffs() map[string]register.Signoff {
	known := map[string]register.Signoff{}
	if i.o.Register == nil {
		return known
	}
	run, _ := i.o.Register.Run(i.run(), i.o.Now)
	for _, s := range run.Signoffs {
		known[s.SHA256] = s
	}
	return known
}

func (i *inspection) signature(s signoff.Signed) {
	about := filepath.ToSlash(filepath.Join(seal.SignoffFolder, s.File))
	switch {
	case s.Err != nil:
		i.fails("sign-off", about, "%v", s.Err)
		return
	case s.Sheet.Run != i.run():
		i.fails("sign-off", about, "it is about run %s, and this is run %s", s.Sheet.Run, i.run())
		return
	case i.manifestText != nil && s.Sheet.Manifest != digest(i.manifestText):
		i.fails("sign-off", about, "%s has signed the manifest %s, and this one is %s", s.Sheet.Name, s.Sheet.Manifest, digest(i.manifestText))
		return
	}
	print := ssh.FingerprintSHA256(s.Key)
	if i.o.Allowed == nil {
		i.open("sign-off", about, "the key %s has signed as %s of %s at %s; whose key it is says only a list of allowed signers (--allowed-signers)", print, s.Sheet.Role, s.Sheet.Name, s.Sheet.At)
		return
	}
	if err := i.o.Allowed.Allows(s); err != nil {
		i.fails("sign-off", about, "%v", err)
		return
	}
	i.fits("sign-off", about, "%s has signed as %s at %s, with the key %s", s.Sheet.Name, s.Sheet.Role, s.Sheet.At, print)
}
