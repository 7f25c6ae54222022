package visit_test

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/harness/agent/authority"
	"maildrill/harness/agent/visit"
)

// A visit that comes to TLS keeps the certificate; one that does not says why.
func TestAVisitComesToTLS(t *testing.T) {
	needRoot(t)
	signer, err := authority.New(faults.DrillAuthority)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := signer.Issue("mx1.drill.test", faults.CertificateExpired)
	if err != nil {
		t.Fatal(err)
	}
	shake := func(c net.Conn) { _ = tls.Server(c, &tls.Config{Certificates: []tls.Certificate{cert}}).Handshake() }
	starts := &faults.Handshake{Agreed: "220", Refused: []string{"4"}}
	answers := func(text string, then func(net.Conn)) func(net.Conn) {
		return func(c net.Conn) {
			_, _ = c.Write([]byte("220 here\r\n"))
			_, _ = bufio.NewReader(c).ReadString('\n')
			_, _ = c.Write([]byte(text))
			then(c)
		}
	}
	for name, c := range map[string]struct {
		play   func(net.Conn)
		secure *faults.Handshake
		want   error
	}{
		"implicit":            {shake, &faults.Handshake{}, nil},
		"implicit, cut":       {func(c net.Conn) { _ = c.Close() }, &faults.Handshake{}, faults.ErrNoHandshake},
		"started":             {answers("250 hello\r\n220 go\r\n", shake), starts, nil},
		"refused":             {answers("250 hello\r\n454 no\r\n", func(net.Conn) {}), starts, faults.ErrNoHandshake},
		"agreed, then no TLS": {answers("220 go\r\n* BYE no\r\n", func(net.Conn) {}), starts, faults.ErrNoHandshake},
		"silent":              {answers("250 hello\r\n", func(net.Conn) {}), starts, faults.ErrNoGreeting},
	} {
		t.Run(name, func(t *testing.T) {
			v := faults.Visit{Network: "tcp", To: serve(t, c.play), Secure: c.secure, Timeout: 2 * time.Second}
			if c.secure.Agreed != "" {
				v.Greeting, v.Say = "220", []byte("STARTTLS\r\n")
			}
			s, err := visit.From(t.Context(), own, v)
			if !errors.Is(err, c.want) {
				t.Fatalf("saw %+v, %v; want %v", s, err, c.want)
			}
			if c.want != nil {
				return
			}
			if shown, err := x509.ParseCertificate(s.Certificate); err != nil || shown.VerifyHostname("mx1.drill.test") != nil {
				t.Errorf("the certificate: %v, %v", shown, err)
			}
		})
	}
}
