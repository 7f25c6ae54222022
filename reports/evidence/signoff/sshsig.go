package signoff

import (
	"bytes"
	"crypto/rand"
	"crypto/sha512"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/ssh"
)

// Namespace keeps a signature under a sheet from being one under anything else.
const Namespace = "maildrill-signoff"

// blob is a signature (PROTOCOL.sshsig, section 2).
type blob struct {
	Magic     [6]byte
	Version   uint32
	PublicKey string
	Namespace string
	Reserved  string
	Hash      string
	Signature string
}

// signed is what a signature is of (section 3).
type signed struct {
	Magic     [6]byte
	Namespace string
	Reserved  string
	Hash      string
	Digest    string
}

var magic = [6]byte{'S', 'S', 'H', 'S', 'I', 'G'}

const (
	sigVersion = 1
	hashName   = "sha512"
	pemType    = "SSH SIGNATURE"
)

func toSign(message []byte) []byte {
	sum := sha512.Sum512(message)
	return ssh.Marshal(signed{magic, Namespace, "", hashName, string(sum[:])})
}

// sign gives the armoured signature of a message.
func sign(signer ssh.Signer, message []byte) ([]byte, error) {
	sig, err := signBytes(signer, toSign(message))
	if err != nil {
		return nil, fmt.Errorf("sign with %s: %w", ssh.FingerprintSHA256(signer.PublicKey()), err)
	}
	return armour(ssh.Marshal(blob{magic, sigVersion, string(signer.PublicKey().Marshal()), Namespace, "", hashName, string(ssh.Marshal(sig))})), nil
}

// signBytes: an RSA key must not sign with SHA-1 (section 4).
func signBytes(signer ssh.Signer, b []byte) (*ssh.Signature, error) {
	if signer.PublicKey().Type() != ssh.KeyAlgoRSA {
		return signer.Sign(rand.Reader, b)
	}
	chooser, ok := signer.(ssh.AlgorithmSigner)
	if !ok {
		return nil, errors.New("this RSA key can sign with SHA-1 only")
	}
	return chooser.SignWithAlgorithm(rand.Reader, b, ssh.KeyAlgoRSASHA512)
}

// lineWidth of the armour, as ssh-keygen writes it.
const lineWidth = 70

func armour(b []byte) []byte {
	var out bytes.Buffer
	out.WriteString("-----BEGIN " + pemType + "-----\n")
	for text := base64.StdEncoding.EncodeToString(b); text != ""; {
		n := min(lineWidth, len(text))
		out.WriteString(text[:n] + "\n")
		text = text[n:]
	}
	out.WriteString("-----END " + pemType + "-----\n")
	return out.Bytes()
}

// openArmour takes nothing that armour does not write.
func openArmour(text []byte) ([]byte, error) {
	block, rest := pem.Decode(text)
	if block == nil || block.Type != pemType || len(bytes.TrimSpace(rest)) > 0 || !bytes.Equal(armour(block.Bytes), text) {
		return nil, errors.New("it is no signature in the form that ssh-keygen writes")
	}
	return block.Bytes, nil
}

// check gives the key that has signed the message.
func check(armoured, message []byte) (ssh.PublicKey, error) {
	raw, err := openArmour(armoured)
	if err != nil {
		return nil, err
	}
	var b blob
	if err := ssh.Unmarshal(raw, &b); err != nil || !bytes.Equal(ssh.Marshal(b), raw) {
		return nil, errors.New("it is no SSH signature")
	}
	switch {
	case b.Magic != magic || b.Version != sigVersion || b.Reserved != "":
		return nil, errors.New("it is no SSH signature of version 1")
	case b.Namespace != Namespace:
		return nil, fmt.Errorf("it is a signature for %q, not for %q", b.Namespace, Namespace)
	case b.Hash != hashName:
		return nil, fmt.Errorf("its hash is %q, not %q", b.Hash, hashName)
	}
	key, err := ssh.ParsePublicKey([]byte(b.PublicKey))
	if err != nil {
		return nil, fmt.Errorf("its key cannot be read: %w", err)
	}
	var sig ssh.Signature
	if err := ssh.Unmarshal([]byte(b.Signature), &sig); err != nil || !bytes.Equal(ssh.Marshal(sig), []byte(b.Signature)) {
		return nil, errors.New("its signature cannot be read")
	}
	if key.Type() == ssh.KeyAlgoRSA && !strings.HasPrefix(sig.Format, "rsa-sha2-") {
		return nil, fmt.Errorf("it is signed with %s, which no longer counts", sig.Format)
	}
	if err := key.Verify(toSign(message), &sig); err != nil {
		return nil, fmt.Errorf("the signature of %s does not fit", ssh.FingerprintSHA256(key))
	}
	return key, nil
}
