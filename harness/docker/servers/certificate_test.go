package servers

import (
	"crypto/x509"
	"encoding/pem"
	"testing"

	"maildrill/faults"
)

// TestServersAreNotSignedAsFaultsAre: a certificate of the authority that faults
// sign with is told from a server's own by the name of the issuer.
func TestServersAreNotSignedAsFaultsAre(t *testing.T) {
	text, err := certificate("mx1.drill.test")
	if err != nil {
		t.Fatal(err)
	}
	_, rest := pem.Decode(text) // the key
	block, _ := pem.Decode(rest)
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil || c.Issuer.CommonName == faults.DrillAuthority || c.Issuer.CommonName != Authority {
		t.Errorf("issued by %v, %v", c.Issuer, err)
	}
}
