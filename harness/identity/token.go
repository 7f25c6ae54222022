package identity

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// Token names one message of one run.
type Token struct {
	Run    uint32
	Stream uint16
	Seq    uint32 // dense within the stream, from 1
}

// Key signs the tokens of one run.
type Key struct {
	Run    uint32
	secret [sha256.Size]byte
}

// NewKey derives the key from what the run folder keeps: the run's id and seed.
// It guards against confusion, not against an attacker.
func NewKey(runID string, seed int64) Key {
	k := Key{secret: sha256.Sum256(fmt.Appendf(nil, "maildrill token %s %d", runID, seed))}
	k.Run = binary.BigEndian.Uint32(k.secret[:4])
	return k
}

// ErrNoToken is returned where a text holds no token.
var ErrNoToken = errors.New("no token")

// ErrForeign is returned for a well-formed token that another key signed.
var ErrForeign = errors.New("token of another run")

const (
	tokenBytes = 14 // run 4, stream 2, seq 4, MAC 4
	// TokenLength is the length of a printed token.
	TokenLength = 23
)

// letters is base32 (RFC 4648, section 6) in lower case: safe in a local part,
// in a header, and where a server folds case.
var letters = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Encode prints a token.
func (k Key) Encode(t Token) string {
	b := make([]byte, 0, tokenBytes)
	b = binary.BigEndian.AppendUint32(b, t.Run)
	b = binary.BigEndian.AppendUint16(b, t.Stream)
	b = binary.BigEndian.AppendUint32(b, t.Seq)
	b = append(b, k.mac(b)...)
	return letters.EncodeToString(b)
}

func (k Key) mac(b []byte) []byte {
	m := hmac.New(sha256.New, k.secret[:])
	m.Write(b)
	return m.Sum(nil)[:4]
}

// Decode reads a printed token and checks its MAC. The error is [ErrNoToken]
// or [ErrForeign]; with the latter the token is what it claims to be.
func (k Key) Decode(s string) (Token, error) {
	t, b, err := parse(s)
	if err != nil {
		return Token{}, err
	}
	if !hmac.Equal(b[tokenBytes-4:], k.mac(b[:tokenBytes-4])) {
		return t, ErrForeign
	}
	return t, nil
}

func parse(s string) (Token, []byte, error) {
	if len(s) != TokenLength {
		return Token{}, nil, ErrNoToken
	}
	b, err := letters.DecodeString(strings.ToLower(s))
	if err != nil || len(b) != tokenBytes {
		return Token{}, nil, ErrNoToken
	}
	return Token{
		Run:    binary.BigEndian.Uint32(b),
		Stream: binary.BigEndian.Uint16(b[4:]),
		Seq:    binary.BigEndian.Uint32(b[6:]),
	}, b, nil
}

// VERP is the envelope sender of a message: bounces are matched by it, whatever
// their form. For instance b.<token>@bounce.test.
func (k Key) VERP(t Token, domain string) string { return VERP(k.Encode(t), domain) }

// VERP is the same for a token that was printed already.
func VERP(token, domain string) string { return "b." + token + "@" + domain }

// FromAddress reads the token of an envelope sender and checks its MAC.
func (k Key) FromAddress(address string) (Token, error) {
	return k.Decode(localToken(address))
}

// FromAddress reads the token of an envelope sender without a key, for those
// who only need to tell messages apart.
func FromAddress(address string) (Token, error) {
	t, _, err := parse(localToken(address))
	return t, err
}

func localToken(address string) string {
	local, _, _ := strings.Cut(strings.Trim(address, "<>"), "@")
	token, ok := strings.CutPrefix(local, "b.")
	if !ok {
		return ""
	}
	return token
}
