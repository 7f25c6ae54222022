package signoff

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

// Signer signs with an SSH key.
type Signer = ssh.Signer

// OpenKey finds a key to sign with: a private key file without a passphrase, or a
// public key file (or the private one beside it) whose key the agent at the socket
// holds. done ends the talk with the agent.
func OpenKey(path, socket string) (signer Signer, done func(), err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, fmt.Errorf("read the key: %w", err)
	}
	public, err := publicIn(text)
	if err == nil {
		return fromAgent(public, socket)
	}
	signer, err = ssh.ParsePrivateKey(text)
	if locked := new(ssh.PassphraseMissingError); errors.As(err, &locked) {
		public, err := beside(path, locked)
		if err != nil {
			return nil, nil, err
		}
		return fromAgent(public, socket)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%s is no SSH key that can be read", path) // the error could hold some of it
	}
	return signer, func() {}, nil
}

func publicIn(text []byte) (ssh.PublicKey, error) {
	key, _, _, _, err := ssh.ParseAuthorizedKey(text)
	return key, err
}

// beside is the public half of a key that is locked.
func beside(path string, locked *ssh.PassphraseMissingError) (ssh.PublicKey, error) {
	if locked.PublicKey != nil {
		return locked.PublicKey, nil
	}
	text, err := os.ReadFile(path + ".pub")
	if err != nil {
		return nil, fmt.Errorf("%s has a passphrase: ssh-add it, and name %s.pub", path, path)
	}
	return publicIn(text)
}

func fromAgent(want ssh.PublicKey, socket string) (ssh.Signer, func(), error) {
	print := ssh.FingerprintSHA256(want)
	if socket == "" {
		return nil, nil, fmt.Errorf("the private key of %s is not at hand: no agent runs (SSH_AUTH_SOCK), or name a private key without a passphrase", print)
	}
	conn, err := net.Dial("unix", socket)
	if err != nil {
		return nil, nil, fmt.Errorf("ask the SSH agent: %w", err)
	}
	signers, err := agent.NewClient(conn).Signers()
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("ask the SSH agent: %w", err), conn.Close())
	}
	for _, s := range signers {
		if bytes.Equal(s.PublicKey().Marshal(), want.Marshal()) {
			return s, func() { conn.Close() }, nil
		}
	}
	return nil, nil, errors.Join(fmt.Errorf("the SSH agent does not hold %s: ssh-add adds it", print), conn.Close())
}
