package servers

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"sync"
	"time"

	"maildrill/harness/agent/authority"
	"maildrill/harness/topology"
)

// AuthorityFile is where every server finds the certificate of the authority
// that has signed those of all servers, for who wants to verify them.
const AuthorityFile = "/etc/ssl/drill.pem"

// Authority is the name of that authority. Another one signs what faults show:
// nobody has its certificate.
const Authority = "Maildrill Servers CA"

// signer has signed the certificates of all systems of this process.
var signer = sync.OnceValues(func() (*authority.Authority, error) { return authority.New(Authority) })

// addAuthority gives a server what it can verify certificates with.
func addAuthority(c *Container) error {
	a, err := signer()
	if err != nil {
		return fmt.Errorf("make an authority: %w", err)
	}
	c.Files[AuthorityFile] = File{Content: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Root()})}
	return nil
}

// firstValid is how long the certificates of a new system are valid.
const firstValid = 30 * 24 * time.Hour

// addCertificate gives the node a certificate in a file with its key.
func addCertificate(c *Container, n topology.Node, file string) error {
	key, err := certificate(n.Host, firstValid)
	c.Files[file] = File{Content: key, Mode: 0o600}
	return err
}

// Renewed are the files of a node with a certificate that was made for it, with a
// new key and a new certificate. What the node brings itself is not ours.
func (c Container) Renewed(n topology.Node, valid time.Duration) (map[string]File, error) {
	key, err := certificate(n.Host, valid)
	if err != nil {
		return nil, err
	}
	files := map[string]File{}
	for _, file := range append([]string{keyFile, dovecotKeyFile}, n.Certificates...) {
		_, has := c.Files[file]
		if _, own := n.Files[file]; has && !own {
			files[file] = File{Content: key, Mode: 0o600}
		}
	}
	return files, nil
}

// certificate makes a key and a certificate for the host, as one PEM text
// (smtpd_tls_chain_files wants the key first).
func certificate(host string, valid time.Duration) ([]byte, error) {
	a, err := signer()
	if err != nil {
		return nil, fmt.Errorf("make an authority: %w", err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make a key for %s: %w", host, err)
	}
	chain, err := a.CertifyFor([]string{host}, key.Public(), valid)
	if err != nil {
		return nil, fmt.Errorf("certify %s: %w", host, err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("write the key of %s: %w", host, err)
	}
	blocks := []*pem.Block{{Type: "PRIVATE KEY", Bytes: private}}
	for _, signed := range chain {
		blocks = append(blocks, &pem.Block{Type: "CERTIFICATE", Bytes: signed})
	}
	var text bytes.Buffer
	for _, block := range blocks {
		if err := pem.Encode(&text, block); err != nil {
			return nil, fmt.Errorf("write the certificate of %s: %w", host, err)
		}
	}
	return text.Bytes(), nil
}
