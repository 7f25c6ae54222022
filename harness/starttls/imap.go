package starttls

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"strings"
)

// greetingLimit is the longest line that is read before TLS, in bytes.
const greetingLimit = 8 << 10

// IMAP gives a connection on which an IMAP client can log in: the same one, or one
// inside TLS if the server says LOGINDISABLED (RFC 9051, sections 6.2.1 and 6.2.3).
// Either begins with the server's greeting, as if nothing had been read.
func IMAP(conn net.Conn) (net.Conn, error) {
	r := bufio.NewReaderSize(conn, greetingLimit)
	greeting, err := line(r)
	if err != nil {
		return nil, fmt.Errorf("read the IMAP greeting: %w", err)
	}
	whole := &begun{conn, io.MultiReader(strings.NewReader(greeting), r)}
	said := greeting
	if strings.HasPrefix(greeting, "* OK") && !strings.Contains(greeting, "[CAPABILITY") {
		if said, err = ask(conn, r, "CAPABILITY"); err != nil {
			return nil, err
		}
	}
	if !strings.Contains(said, "LOGINDISABLED") {
		return whole, nil
	}
	if _, err = ask(conn, r, "STARTTLS"); err != nil {
		return nil, err
	}
	private := tls.Client(whole.after(r), &tls.Config{InsecureSkipVerify: true}) // #nosec G402 -- see the package
	if err = private.Handshake(); err != nil {
		return nil, fmt.Errorf("begin TLS with the IMAP server: %w", err)
	}
	return &begun{private, io.MultiReader(strings.NewReader("* OK TLS is on\r\n"), private)}, nil
}

// ask sends a command and gives the lines of its answer, which must be OK.
func ask(conn net.Conn, r *bufio.Reader, command string) (string, error) {
	if _, err := io.WriteString(conn, "tls1 "+command+"\r\n"); err != nil {
		return "", fmt.Errorf("send %s to the IMAP server: %w", command, err)
	}
	var all strings.Builder
	for all.Len() < greetingLimit {
		text, err := line(r)
		if err != nil {
			return "", fmt.Errorf("read the answer to %s of the IMAP server: %w", command, err)
		}
		if state, tagged := strings.CutPrefix(text, "tls1 "); tagged && !strings.HasPrefix(state, "OK") {
			return "", fmt.Errorf("the IMAP server answers %s with %s", command, strings.TrimSpace(state))
		} else if tagged {
			return all.String(), nil
		}
		all.WriteString(text)
	}
	return "", fmt.Errorf("the IMAP server never ends its answer to %s", command)
}

// line reads one line, no longer than the limit.
func line(r *bufio.Reader) (string, error) {
	text, err := r.ReadSlice('\n')
	return string(text), err
}

// begun is a connection of which something was read before.
type begun struct {
	net.Conn
	rest io.Reader
}

func (b *begun) Read(p []byte) (int, error) { return b.rest.Read(p) }

// after is the connection without what was read of it.
func (b *begun) after(r *bufio.Reader) net.Conn { return &begun{b.Conn, r} }
