package keys

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// Public is a public key.
type Public struct {
	verifier note.Verifier
	line     string
	key      ed25519.PublicKey
}

var errNoPublic = errors.New("this is no public key of maildrill: one line NAME+HASH+KEY, as `maildrill keys show` prints it")

// ParsePublic reads the line of a public key. A private one is refused, and not
// repeated.
func ParsePublic(line string) (Public, error) {
	line = strings.TrimSpace(line)
	if strings.HasPrefix(line, "PRIVATE+KEY+") {
		return Public{}, errors.New("this is a private key: nobody but you may have it; the public one is in signing.pub, and `maildrill keys show` prints it")
	}
	v, err := note.NewVerifier(line)
	if err != nil || CheckName(v.Name()) != nil {
		return Public{}, errNoPublic
	}
	b, err := base64.StdEncoding.Strict().DecodeString(strings.SplitN(line, "+", 3)[2]) // base64 has a plus too
	if err != nil || len(b) != 1+ed25519.PublicKeySize {
		return Public{}, errNoPublic
	}
	return Public{verifier: v, line: line, key: b[1:]}, nil
}

// publicOf gives the public half of a private line, whose form was checked.
func publicOf(private string) (Public, error) {
	fields := strings.SplitN(strings.TrimPrefix(private, "PRIVATE+KEY+"), "+", 3)
	if len(fields) != 3 {
		return Public{}, errNoKey
	}
	seed, err := base64.StdEncoding.DecodeString(fields[2])
	if err != nil || len(seed) != 1+ed25519.SeedSize {
		return Public{}, errNoKey
	}
	key := ed25519.NewKeyFromSeed(seed[1:]).Public().(ed25519.PublicKey)
	line, err := note.NewEd25519VerifierKey(fields[0], key)
	if err != nil {
		return Public{}, errNoKey
	}
	return ParsePublic(line)
}

// Name is the name of the key, and the origin of its register.
func (p Public) Name() string { return p.verifier.Name() }

// ID tells the key from others of its name: "example.org/drills+1f9c03d2".
func (p Public) ID() string { return fmt.Sprintf("%s+%08x", p.verifier.Name(), p.verifier.KeyHash()) }

// Line is the whole public key in one line.
func (p Public) Line() string { return p.line }

// Note verifies signed notes.
func (p Public) Note() note.Verifier { return p.verifier }

// Verify tells whether the key has signed the message (RFC 8032).
func (p Public) Verify(message, signature []byte) bool { return p.verifier.Verify(message, signature) }

// PEM is the key as SubjectPublicKeyInfo (RFC 8410), which openssl reads.
func (p Public) PEM() ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(p.key)
	if err != nil {
		return nil, fmt.Errorf("write the public key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), nil
}

// largestKeyFile is how much of a file is read that should hold one line.
const largestKeyFile = 64 << 10

// Trusted reads a public key from a line, or from a file with one.
func Trusted(lineOrFile string) (Public, error) {
	if p, err := ParsePublic(lineOrFile); err == nil || strings.HasPrefix(lineOrFile, "PRIVATE+KEY+") {
		return p, err
	}
	b, err := readSmall(lineOrFile)
	if errors.Is(err, os.ErrNotExist) {
		return Public{}, fmt.Errorf("%q is neither a file nor a public key: one line NAME+HASH+KEY, as `maildrill keys show` prints it", lineOrFile)
	}
	if err != nil {
		return Public{}, fmt.Errorf("read the public key: %w", err)
	}
	p, err := ParsePublic(string(b))
	if err != nil {
		return Public{}, fmt.Errorf("%s: %w", lineOrFile, err)
	}
	return p, nil
}
