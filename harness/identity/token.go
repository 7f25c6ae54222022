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
	mark   string
}

// Seeking is the same key, whose inspections look for a header field of this name:
// by which a filter marks what it has looked at, for instance.
func (k Key) Seeking(mark string) Key {
	k.mark = mark
	return k
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
	macBytes   = 4
	// TokenLength is the length of a printed token.
	TokenLength = 23
)

// letters is base32 (RFC 4648, section 6) in lower case: safe in a local part,
// in a header, and where a server folds case.
var letters = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Encode prints a token.
func (k Key) Encode(t Token) string {
	var printed [TokenLength]byte
	return string(k.AppendToken(printed[:0], t))
}

// AppendToken prints a token at the end of b.
func (k Key) AppendToken(b []byte, t Token) []byte {
	var raw [tokenBytes]byte
	binary.BigEndian.PutUint32(raw[:], t.Run)
	binary.BigEndian.PutUint16(raw[4:], t.Stream)
	binary.BigEndian.PutUint32(raw[6:], t.Seq)
	sum := k.mac(raw[:tokenBytes-macBytes])
	copy(raw[tokenBytes-macBytes:], sum[:])
	return letters.AppendEncode(b, raw[:])
}

// mac is the first bytes of HMAC-SHA256 (RFC 2104). It is written out because
// the library's makes garbage for each message; a test holds both together.
func (k Key) mac(text []byte) (sum [macBytes]byte) {
	var stack [sha256.BlockSize + signedMost]byte
	inner := stack[:sha256.BlockSize]
	var outer [sha256.BlockSize + sha256.Size]byte
	for i := range inner {
		pad := byte(0)
		if i < len(k.secret) {
			pad = k.secret[i]
		}
		inner[i], outer[i] = pad^0x36, pad^0x5c
	}
	first := sha256.Sum256(append(inner, text...))
	copy(outer[sha256.BlockSize:], first[:])
	whole := sha256.Sum256(outer[:])
	copy(sum[:], whole[:])
	return sum
}

// Decode reads a printed token and checks its MAC. The error is [ErrNoToken]
// or [ErrForeign]; with the latter the token is what it claims to be.
func (k Key) Decode(s string) (Token, error) {
	t, b, err := parse(s)
	if err != nil {
		return Token{}, err
	}
	if sum := k.mac(b[:tokenBytes-macBytes]); !hmac.Equal(b[tokenBytes-macBytes:], sum[:]) {
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
