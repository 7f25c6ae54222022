package servers

import (
	"crypto/x509"
	"encoding/pem"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/harness/topology"
)

// TestServersAreNotSignedAsFaultsAre: a certificate of the authority that faults
// sign with is told from a server's own by the name of the issuer.
func TestServersAreNotSignedAsFaultsAre(t *testing.T) {
	text, err := certificate("mx1.drill.test", firstValid)
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

// What says which nodes have a certificate to renew is what gives it to them.
func TestWhoHasACertificateCanRenewIt(t *testing.T) {
	shapes := shapes()
	for _, n := range append(shapes.Nodes, topology.Node{Name: "tls1", Host: "tls1.drill.test", Server: "dovecot", Services: map[topology.Service]int{topology.IMAPS: 993}}) {
		if n.Server == "outside" {
			continue
		}
		c, err := Render(shapes, n, addresses())
		if err != nil {
			t.Fatal(err)
		}
		files, err := c.Renewed(n, time.Hour)
		if err != nil || (len(files) > 0) != n.HasCertificate() {
			t.Errorf("%s: %d files, %v, and a certificate: %v", n.Name, len(files), err, n.HasCertificate())
		}
		for name, f := range files {
			_, rest := pem.Decode(f.Content)
			block, _ := pem.Decode(rest)
			signed, err := x509.ParseCertificate(block.Bytes)
			if err != nil || signed.VerifyHostname(n.Host) != nil || time.Until(signed.NotAfter) > time.Hour || f.Mode != c.Files[name].Mode {
				t.Errorf("%s: for %v until %v, %v", name, signed.DNSNames, signed.NotAfter, err)
			}
		}
	}
}
