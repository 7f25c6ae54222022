package signoff

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"maildrill/reports/evidence"

	"golang.org/x/crypto/ssh"
)

// Schema is the value of Sheet.Schema.
const Schema = "maildrill/signoff/v1"

// Sheet is what is signed.
type Sheet struct {
	Schema   string `json:"schema"`
	Run      string `json:"run"`
	Manifest string `json:"manifest_sha256"` // of manifest.json
	Role     string `json:"role"`            // "reviewer"
	Name     string `json:"name"`            // as the list of allowed signers has it
	At       string `json:"at"`              // RFC 3339
	Remark   string `json:"remark,omitempty"`
}

// Ends of the names of a sheet and of its signature.
const (
	sheetEnd     = ".json"
	signatureEnd = ".json.sig"
)

var role = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`)

// Limits of what people write, in bytes.
const (
	longestName   = 200
	longestRemark = 2000
)

// check refuses what could be taken for something else when it is read.
func (s Sheet) check() error {
	switch {
	case !role.MatchString(s.Role):
		return fmt.Errorf("%q is no role: one word of small letters, such as reviewer, approver or owner", s.Role)
	case s.Name == "" || len(s.Name) > longestName || !readable(s.Name) || strings.ContainsAny(s.Name, " ,\""):
		return fmt.Errorf("%q is no name that a list of allowed signers could have: one word, such as jane@example.org", s.Name)
	case len(s.Remark) > longestRemark || !readable(s.Remark):
		return fmt.Errorf("the remark has what cannot be read, or more than %d bytes", longestRemark)
	}
	_, err := time.Parse(time.RFC3339, s.At)
	return err
}

func readable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
}

func readSheet(text []byte) (Sheet, error) {
	var s Sheet
	if err := json.Unmarshal(text, &s); err != nil {
		return Sheet{}, fmt.Errorf("it cannot be read: %w", err)
	}
	again, err := evidence.Marshal(s)
	switch {
	case s.Schema != Schema:
		return Sheet{}, fmt.Errorf("its schema is %q, not %q", s.Schema, Schema)
	case err != nil || !bytes.Equal(again, text):
		return Sheet{}, errors.New("it is not in the form that maildrill writes")
	}
	return s, s.check()
}

// base is the name of a sheet without its end: role and key.
func base(role string, key ssh.PublicKey) string {
	sum := sha256.Sum256(key.Marshal())
	return role + "-" + hex.EncodeToString(sum[:4])
}

// Sign writes a sheet and its signature into a folder, and gives the path of the
// signature and its SHA-256. It never writes over a signature.
func Sign(folder string, s Sheet, signer ssh.Signer) (path, digest string, err error) {
	s.Schema = Schema
	if err := s.check(); err != nil {
		return "", "", err
	}
	text, err := evidence.Marshal(s)
	if err != nil {
		return "", "", fmt.Errorf("write the sheet: %w", err)
	}
	sig, err := sign(signer, text)
	if err != nil {
		return "", "", err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", "", fmt.Errorf("write the signature: %w", err)
	}
	name := filepath.Join(folder, base(s.Role, signer.PublicKey()))
	path = name + signatureEnd
	for _, file := range []string{path, name + sheetEnd} {
		if _, err := os.Lstat(file); err == nil {
			return "", "", fmt.Errorf("%s is there already: this key has signed in this role", file)
		}
	}
	if err := write(name+sheetEnd, text); err != nil {
		return "", "", err
	}
	return path, hexDigest(sig), write(path, sig)
}

func write(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("write the signature: %w", err)
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write the signature: %w", errors.Join(err, os.Remove(path)))
	}
	return nil
}

func hexDigest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
