package console

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"time"
)

// Config of a console. One of Board and Shelf must be there, and one of Tokens and
// Proxy.
type Config struct {
	Board  Board
	Shelf  Shelf
	Tokens []Token
	Proxy  *Proxy
	// Hosts are names under which the console may be asked for, beside loopback.
	Hosts []string
	// Allow lets Serve listen elsewhere than on loopback. It takes TLS or Proxy.
	Allow bool
	TLS   *tls.Config
	// Session is how long a log-in lasts. Default 12 h.
	Session time.Duration
	// Viewers are the most live views at the same time. Default 1000.
	Viewers int
	// Log is written a line for each request. Default: none.
	Log *slog.Logger
}

// Token lets in whoever has it.
type Token struct {
	Role Role
	// Name is who has it. Empty: the person states a name when logging in.
	Name string
	// SHA256 of the token, in hexadecimal.
	SHA256 string
}

// Proxy is a reverse proxy that knows the people.
type Proxy struct {
	// Header has the person's name.
	Header string
	// Trusted are the proxy's addresses. Header is ignored from any other.
	Trusted []netip.Prefix
	// Roles by name. "*" is everybody else; without it they are refused.
	Roles map[string]Role
}

// Digest is the SHA-256 of a token or a one-time code, in hexadecimal. White space
// around it does not count.
func Digest(secret string) string {
	sum := sha256.Sum256([]byte(strings.TrimSpace(secret)))
	return hex.EncodeToString(sum[:])
}

// NewToken makes a token of 256 random bits. Its [Digest] belongs into the
// configuration, the token itself to the person only.
func NewToken() string {
	b := make([]byte, 32)
	rand.Read(b) // never fails
	return base64.RawURLEncoding.EncodeToString(b)
}

func (c Config) check() error {
	var errs []error
	if c.Board == nil && c.Shelf == nil {
		errs = append(errs, errors.New("the console has nothing to show: give it an exercise or a folder of them"))
	}
	if len(c.Tokens) == 0 && c.Proxy == nil {
		errs = append(errs, errors.New("nobody could log in: give the console a token for each role, or the header of a reverse proxy"))
	}
	for i, t := range c.Tokens {
		errs = append(errs, t.check(i+1))
	}
	if c.Proxy != nil {
		errs = append(errs, c.Proxy.check())
	}
	return errors.Join(errs...)
}

func (t Token) check(n int) error {
	if err := t.Role.check(); err != nil {
		return fmt.Errorf("token %d: %w", n, err)
	}
	if sum, err := hex.DecodeString(t.SHA256); err != nil || len(sum) != sha256.Size {
		return fmt.Errorf("token %d of role %s: its SHA-256 must be 64 hexadecimal digits", n, t.Role)
	}
	return nil
}

func (p Proxy) check() error {
	if p.Header == "" || len(p.Trusted) == 0 {
		return errors.New("a reverse proxy needs the name of its header, and the addresses that it is trusted from")
	}
	for name, role := range p.Roles {
		if err := role.check(); err != nil {
			return fmt.Errorf("person %q of the reverse proxy: %w", name, err)
		}
	}
	return nil
}
