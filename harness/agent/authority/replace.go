package authority

import (
	"bytes"
	"cmp"
	"encoding/pem"
	"errors"

	"crypto/x509"

	"maildrill/faults"
)

// Replace writes a PEM file anew with a bad certificate in place of its own, for
// the same names. Keys in it stay, and so the new certificate fits the key,
// wherever that is, unless it is to be a misfit.
func (a *Authority) Replace(file []byte, bad faults.BadCertificate) ([]byte, error) {
	var out bytes.Buffer
	var old *x509.Certificate
	for block, rest := pem.Decode(file); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			if err := pem.Encode(&out, block); err != nil {
				return nil, err
			}
			continue
		}
		if old != nil {
			continue // of the old chain
		}
		var err error
		if old, err = x509.ParseCertificate(block.Bytes); err != nil {
			return nil, err
		}
	}
	if old == nil {
		return nil, errors.New("there is no certificate in it")
	}
	chain, err := a.Certify(namesOf(old), old.PublicKey, bad)
	if err != nil {
		return nil, err
	}
	for _, der := range chain {
		if err := pem.Encode(&out, &pem.Block{Type: "CERTIFICATE", Bytes: der}); err != nil {
			return nil, err
		}
	}
	return out.Bytes(), nil
}

func namesOf(c *x509.Certificate) []string {
	if len(c.DNSNames) > 0 {
		return c.DNSNames
	}
	return []string{cmp.Or(c.Subject.CommonName, "localhost")}
}
