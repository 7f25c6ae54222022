package faults

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// DrillAuthority is the name of the authority that signs what a proxy shows.
const DrillAuthority = "Maildrill Drill CA"

// OtherHost is the name in a certificate with a wrong one.
const OtherHost = "other.drill.invalid"

// certificateLook asks for TLS and reads the certificate, which TLS 1.2 sends in
// clear (RFC 5246, 7.4.2). The words after it end the dialogue, whoever hears
// them: they are no TLS.
func certificateLook(bad BadCertificate) (smtpLook, error) {
	hello, err := clientHello()
	if err != nil {
		return smtpLook{}, fmt.Errorf("make the beginning of TLS: %w", err)
	}
	return smtpLook{say: []string{sayStart, string(hello), "\r\n", sayQuit}, shows: func(s Sight, _ error) bool {
		_, records, ok := strings.Cut(string(s.Bytes), "220 2.0.0 Ready to start TLS\r\n")
		if !ok {
			return false
		}
		cert, err := firstCertificate([]byte(records))
		return err == nil && isBad(cert, bad)
	}}, nil
}

func isBad(c *x509.Certificate, bad BadCertificate) bool {
	if c.Issuer.CommonName != DrillAuthority {
		return false
	}
	expired, other := time.Now().After(c.NotAfter), c.VerifyHostname(OtherHost) == nil
	return expired == (bad == CertificateExpired) && other == (bad == CertificateWrongName)
}

// clientHello is what a client of TLS 1.2 says first.
func clientHello() ([]byte, error) {
	said := &mute{}
	c := tls.Client(said, &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS12}) // #nosec G402 -- the certificate is what is looked at
	if err := c.Handshake(); !errors.Is(err, io.EOF) || said.Len() == 0 {
		return nil, err
	}
	return said.Bytes(), nil
}

// mute is a connection on which nothing comes back.
type mute struct {
	net.Conn
	bytes.Buffer
}

func (m *mute) Read([]byte) (int, error)         { return 0, io.EOF }
func (m *mute) Write(b []byte) (int, error)      { return m.Buffer.Write(b) }
func (m *mute) Close() error                     { return nil }
func (m *mute) SetDeadline(time.Time) error      { return nil }
func (m *mute) SetWriteDeadline(time.Time) error { return nil }

// Of TLS: the type of a record that holds handshake messages, and the type of
// the message with the certificates (RFC 5246, 6.2.1 and 7.4).
const (
	handshakeRecord    = 22
	certificateMessage = 11
)

var errNoCertificate = errors.New("no certificate was shown")

// firstCertificate finds the server's own in what it said.
func firstCertificate(records []byte) (*x509.Certificate, error) {
	var messages []byte
	for len(records) >= 5 && records[0] == handshakeRecord {
		n := min(len(records)-5, int(records[3])<<8|int(records[4]))
		messages, records = append(messages, records[5:5+n]...), records[5+n:]
	}
	for len(messages) >= 4 {
		n := min(len(messages)-4, length(messages[1:]))
		body := messages[4 : 4+n]
		if messages[0] == certificateMessage && len(body) >= 6 {
			size := length(body[3:])
			if size > len(body)-6 {
				return nil, errNoCertificate
			}
			return x509.ParseCertificate(body[6 : 6+size])
		}
		messages = messages[4+n:]
	}
	return nil, errNoCertificate
}

// length reads a number of three bytes.
func length(b []byte) int { return int(b[0])<<16 | int(b[1])<<8 | int(b[2]) }
