package visit

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"

	"maildrill/faults"
)

// secure comes to TLS, and keeps the certificate that the server shows.
func secure(conn net.Conn, from *bufio.Reader, v faults.Visit, s *faults.Sight) error {
	if err := agreed(from, *v.Secure, s); err != nil {
		return err
	}
	c := tls.Client(unread{conn, from}, &tls.Config{InsecureSkipVerify: true}) // #nosec G402 -- the certificate is what is looked at
	if err := c.Handshake(); err != nil {
		return unsecured(err)
	}
	s.Certificate = c.ConnectionState().PeerCertificates[0].Raw
	return nil
}

// agreed hears the server out until it lets TLS begin.
func agreed(from *bufio.Reader, h faults.Handshake, s *faults.Sight) error {
	for h.Agreed != "" {
		line, err := from.ReadString('\n')
		s.Bytes = append(s.Bytes, line...)
		if err != nil {
			return unsecured(err)
		}
		for _, no := range h.Refused {
			if strings.HasPrefix(line, no) {
				return fmt.Errorf("%w: %s", faults.ErrNoHandshake, strings.TrimSpace(line))
			}
		}
		if strings.HasPrefix(line, h.Agreed) {
			return nil
		}
	}
	return nil
}

// unsecured: who is silent may be slow; who ends the connection, or says
// something else, will not.
func unsecured(err error) error {
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return fmt.Errorf("%w: %v", faults.ErrNoGreeting, err)
	}
	return fmt.Errorf("%w: %v", faults.ErrNoHandshake, err)
}

// unread is a connection of which something was read already.
type unread struct {
	net.Conn
	r *bufio.Reader
}

func (u unread) Read(b []byte) (int, error) { return u.r.Read(b) }
