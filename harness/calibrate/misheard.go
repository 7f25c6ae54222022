package calibrate

import (
	"bufio"
	"net"
	"regexp"

	"maildrill/harness/identity"
)

// misheard is a listener whose server hears other commands than were sent.
type misheard struct {
	net.Listener
	hear func(line string) string
}

// Accept implements net.Listener.
func (m misheard) Accept() (net.Conn, error) {
	conn, err := m.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &mishearing{Conn: conn, lines: bufio.NewReader(conn), hear: m.hear}, nil
}

// mishearing is one connection of it.
type mishearing struct {
	net.Conn
	lines *bufio.Reader
	rest  []byte
	hear  func(line string) string
}

// Read implements net.Conn.
func (m *mishearing) Read(p []byte) (int, error) {
	if len(m.rest) == 0 {
		line, err := m.lines.ReadString('\n')
		if err != nil && line == "" {
			return 0, err
		}
		m.rest = []byte(m.hear(line))
	}
	n := copy(p, m.rest)
	m.rest = m.rest[n:]
	return n, nil
}

var (
	mailFrom = regexp.MustCompile(`^MAIL FROM:<[^>]*>`)
	rcptTo   = regexp.MustCompile(`^RCPT TO:<([^>]*)>`)
)

// nullSender hears the null reverse-path in every MAIL.
func nullSender(identity.Key) func(string) string {
	return func(line string) string { return mailFrom.ReplaceAllString(line, "MAIL FROM:<>") }
}

// anyRun hears an address of ours in every RCPT that names a copy of any run.
func anyRun(k identity.Key) func(string) string {
	return func(line string) string {
		to := rcptTo.FindStringSubmatch(line)
		if to == nil {
			return line
		}
		token, err := identity.FromAddress(to[1])
		if err != nil {
			return line
		}
		token.Run = k.Run
		return rcptTo.ReplaceAllLiteralString(line, "RCPT TO:<"+k.VERP(token, bounceDomain)+">")
	}
}
