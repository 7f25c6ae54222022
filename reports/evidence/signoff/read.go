package signoff

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/crypto/ssh"
)

// Signed is one signature of a run folder, as it was found.
type Signed struct {
	File   string // of the signature, or of whatever does not belong there
	SHA256 string // of the signature file
	Sheet  Sheet
	Key    ssh.PublicKey
	// Err is what does not fit; nil: the key has signed this sheet.
	Err error
}

// Read reads all that is in the folder of signatures. A folder that is not there
// has none.
func Read(folder string) ([]Signed, error) {
	files, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the signatures: %w", err)
	}
	var all []Signed
	for _, f := range files {
		name, isSig := strings.CutSuffix(f.Name(), signatureEnd)
		sheet, isSheet := strings.CutSuffix(f.Name(), sheetEnd)
		switch {
		case isSig:
			all = append(all, readSigned(folder, name))
		case !isSheet:
			all = append(all, Signed{File: f.Name(), Err: errors.New("it is no signature and no sheet")})
		case !exists(filepath.Join(folder, sheet+signatureEnd)):
			all = append(all, Signed{File: f.Name(), Err: errors.New("nobody has signed it")})
		}
	}
	return all, nil
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func readSigned(folder, name string) Signed {
	s := Signed{File: name + signatureEnd}
	sig, err := os.ReadFile(filepath.Join(folder, name+signatureEnd))
	if err != nil {
		s.Err = err
		return s
	}
	s.SHA256 = hexDigest(sig)
	text, err := os.ReadFile(filepath.Join(folder, name+sheetEnd))
	if err != nil {
		s.Err = err
		return s
	}
	if s.Key, s.Err = check(sig, text); s.Err != nil {
		return s
	}
	if s.Sheet, s.Err = readSheet(text); s.Err != nil {
		s.Err = fmt.Errorf("the sheet: %w", s.Err)
		return s
	}
	if want := base(s.Sheet.Role, s.Key); want != name {
		s.Err = fmt.Errorf("its name should be %s%s: it was renamed", want, signatureEnd)
	}
	return s
}
