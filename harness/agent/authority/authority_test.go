package authority

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"slices"
	"testing"
	"time"

	"maildrill/faults"
)

// file is a key and a certificate in one, as servers have it.
func file(t *testing.T) []byte {
	t.Helper()
	a, err := New(faults.DrillAuthority)
	if err != nil {
		t.Fatal(err)
	}
	chain, err := a.Certify([]string{"mx1.drill.test", "mx.drill.test"}, &a.key.PublicKey, "")
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.MarshalPKCS8PrivateKey(a.key)
	if err != nil {
		t.Fatal(err)
	}
	return slices.Concat(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}),
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: chain[0]}), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: chain[1]}))
}

func TestOneThingIsWrongWithACertificate(t *testing.T) {
	a, err := New(faults.DrillAuthority)
	if err != nil {
		t.Fatal(err)
	}
	old := file(t)
	for _, bad := range []faults.BadCertificate{faults.CertificateExpired, faults.CertificateWrongName, faults.CertificateUntrusted, faults.CertificateMisfit} {
		text, err := a.Replace(old, bad)
		if err != nil {
			t.Fatal(err)
		}
		if oldKey, _ := pem.Decode(old); !bytes.Contains(text, pem.EncodeToMemory(oldKey)) {
			t.Errorf("%s: the key is another", bad)
		}
		_, pairErr := tls.X509KeyPair(text, text)
		if (pairErr != nil) != (bad == faults.CertificateMisfit) {
			t.Errorf("%s: as a pair: %v", bad, pairErr)
		}
		c := first(t, text)
		if (c.VerifyHostname("mx.drill.test") != nil) != (bad == faults.CertificateWrongName) || time.Now().After(c.NotAfter) != (bad == faults.CertificateExpired) ||
			c.Issuer.CommonName != faults.DrillAuthority {
			t.Errorf("%s: for %v until %v by %v", bad, c.DNSNames, c.NotAfter, c.Issuer)
		}
	}
}

func first(t *testing.T, text []byte) *x509.Certificate {
	t.Helper()
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "CERTIFICATE" {
			c, err := x509.ParseCertificate(block.Bytes)
			if _, ok := c.PublicKey.(*ecdsa.PublicKey); err != nil || !ok {
				t.Fatalf("%v, %v", c, err)
			}
			return c
		}
	}
	t.Fatal("no certificate")
	return nil
}

func TestAFileWithoutACertificateIsRefused(t *testing.T) {
	a, err := New(faults.DrillAuthority)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"", "no PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"} {
		if out, err := a.Replace([]byte(text), faults.CertificateExpired); err == nil {
			t.Errorf("of %q was made %q", text, out)
		}
	}
}
