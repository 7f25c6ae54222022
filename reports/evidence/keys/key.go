package keys

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/note"
)

// Key is a private key. However it is printed, only its public name shows.
type Key struct {
	signer note.Signer
	public Public
}

// Generate makes a key of that name; the line is what [Parse] reads.
func Generate(name string) (key *Key, line string, err error) {
	if err := CheckName(name); err != nil {
		return nil, "", err
	}
	line, _, err = note.GenerateKey(rand.Reader, name)
	if err != nil {
		return nil, "", fmt.Errorf("make a key: %w", err)
	}
	key, err = Parse(line)
	return key, line, err
}

// errNoKey says nothing of the text that is no key, which may be a good one with
// a letter missing.
var errNoKey = errors.New("this is no private key of maildrill: one line that begins with PRIVATE+KEY+")

// Parse reads the line of a private key.
func Parse(line string) (*Key, error) {
	line = strings.TrimSpace(line)
	signer, err := note.NewSigner(line)
	if err != nil {
		return nil, errNoKey
	}
	if err := CheckName(signer.Name()); err != nil {
		return nil, errNoKey
	}
	k := &Key{signer: signer}
	k.public, err = publicOf(line)
	return k, err
}

// Public is the half that others may have.
func (k *Key) Public() Public { return k.public }

// Note signs notes with the key.
func (k *Key) Note() note.Signer { return k.signer }

// Sign signs bytes (RFC 8032, Ed25519).
func (k *Key) Sign(message []byte) ([]byte, error) { return k.signer.Sign(message) }

// String implements [fmt.Stringer].
func (k *Key) String() string { return "private key of " + k.public.ID() }

// Format implements [fmt.Formatter]: no verb shows more.
func (k *Key) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(k.String())) }

// MarshalText implements [encoding.TextMarshaler].
func (k *Key) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// longestName of a key, in bytes.
const longestName = 100

// CheckName refuses a name that cannot be the first line of a checkpoint: spaces,
// "+", and what people cannot read (c2sp.org/tlog-checkpoint).
func CheckName(name string) error {
	bad := func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) || r == '+' }
	switch {
	case name == "":
		return errors.New("a key has a name, such as example.org/drills")
	case len(name) > longestName:
		return fmt.Errorf("the name of a key has at most %d bytes, and this one %d", longestName, len(name))
	case !utf8.ValidString(name) || strings.ContainsFunc(name, bad):
		return fmt.Errorf("%q cannot be the name of a key: it has spaces, a plus, or what cannot be printed; one such as example.org/drills can", name)
	}
	return nil
}
