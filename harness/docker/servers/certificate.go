package servers

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"

	"maildrill/harness/topology"
)

// validity of a certificate that lives for one drill. Clocks of containers are
// the host's.
const validity = 30 * 24 * time.Hour

// addCertificate gives the node a certificate in a file with its key.
func addCertificate(c *Container, n topology.Node, file string) error {
	key, err := certificate(n.Host)
	c.Files[file] = File{Content: key, Mode: 0o600}
	return err
}

// certificate makes a key and a self-signed certificate for the host, as one
// PEM text (smtpd_tls_chain_files wants the key first).
func certificate(host string) ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make a key for %s: %w", host, err)
	}
	now := time.Now()
	form := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(validity),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	signed, err := x509.CreateCertificate(rand.Reader, form, form, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("certify %s: %w", host, err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("write the key of %s: %w", host, err)
	}
	var text bytes.Buffer
	for _, block := range []*pem.Block{{Type: "PRIVATE KEY", Bytes: private}, {Type: "CERTIFICATE", Bytes: signed}} {
		if err := pem.Encode(&text, block); err != nil {
			return nil, fmt.Errorf("write the certificate of %s: %w", host, err)
		}
	}
	return text.Bytes(), nil
}
