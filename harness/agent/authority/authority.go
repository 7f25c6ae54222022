// Package authority makes the certificates of a drill, good and bad. Nobody
// trusts who signs them.
package authority

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"time"

	"maildrill/faults"
)

// Authority signs certificates. It is made at the start of whoever needs one,
// and its key is never written.
type Authority struct {
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
}

// New makes one of that name.
func New(name string) (*Authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	made := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: now.AddDate(-2, 0, 0), NotAfter: now.AddDate(1, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, made, made, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	return &Authority{key, cert}, err
}

// Root is the authority's own certificate, for who is to trust it (DER).
func (a *Authority) Root() []byte { return a.cert.Raw }

// Certify makes a certificate for the holder of a key that is bad in one way
// besides that nobody trusts its issuer, or in none. One that does not fit is for a key that
// nobody has. The answer is the chain, the holder's own first.
func (a *Authority) Certify(names []string, holder crypto.PublicKey, bad faults.BadCertificate) ([][]byte, error) {
	now := time.Now()
	c := described(names, now, now.AddDate(0, 1, 0))
	switch bad {
	case faults.CertificateExpired:
		c.NotBefore, c.NotAfter = now.AddDate(-1, 0, 0), now.AddDate(0, 0, -1)
	case faults.CertificateWrongName:
		c.Subject.CommonName, c.DNSNames = faults.OtherHost, []string{faults.OtherHost}
	case faults.CertificateMisfit:
		other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return nil, err
		}
		holder = &other.PublicKey
	}
	return a.sign(c, holder)
}

// CertifyFor makes a good certificate that ends after so long.
func (a *Authority) CertifyFor(names []string, holder crypto.PublicKey, valid time.Duration) ([][]byte, error) {
	now := time.Now()
	return a.sign(described(names, now, now.Add(valid)), holder)
}

// described is the certificate of a server. It has begun before, as clocks differ.
func described(names []string, now, end time.Time) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: names[0]}, DNSNames: names,
		NotBefore: now.AddDate(0, 0, -1), NotAfter: end,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
}

func (a *Authority) sign(c *x509.Certificate, holder crypto.PublicKey) ([][]byte, error) {
	der, err := x509.CreateCertificate(rand.Reader, c, a.cert, holder, a.key)
	return [][]byte{der, a.cert.Raw}, err
}

// Issue makes a bad certificate with a key, for who ends TLS itself.
func (a *Authority) Issue(host string, bad faults.BadCertificate) (tls.Certificate, error) {
	chain, err := a.Certify([]string{host}, &a.key.PublicKey, bad)
	return tls.Certificate{Certificate: chain, PrivateKey: a.key}, err
}
