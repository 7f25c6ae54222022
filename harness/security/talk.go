package security

import (
	"bufio"
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"maildrill/harness/ledger"
)

// Bounds of what a server may say.
const (
	lineMost  = 4096 // bytes of a line
	linesMost = 100  // lines of a reply
	saidMost  = 600  // bytes of a dialogue that are kept
)

// talk is one dialogue. After broken is set nothing is sent or read any more.
type talk struct {
	Interview
	ctx     context.Context
	conn    net.Conn
	stop    func() bool
	in      *bufio.Reader
	began   ledger.Seconds
	said    []string
	broken  error
	answers []ledger.SecurityAnswer
}

// on begins the dialogue on a connection, which ends with the context.
func (t *talk) on(conn net.Conn) {
	if deadline, ok := t.ctx.Deadline(); ok {
		t.broken = conn.SetDeadline(deadline)
	}
	t.stop = context.AfterFunc(t.ctx, func() { _ = conn.Close() })
	t.conn, t.in = conn, bufio.NewReaderSize(conn, lineMost)
}

func (t *talk) hangUp() {
	if t.conn == nil {
		return
	}
	t.stop()
	_ = t.conn.Close() // nothing depends on it any more
}

// found answers a question. Without an answer why says what came in between.
func (t *talk) found(question, what string) {
	said := strings.Join(t.said, "\n")
	if what == "" {
		said = strings.TrimPrefix(said+"\n"+fmt.Sprint(cmp.Or(t.broken, errUnasked)), "\n")
	}
	if over := len(said) - saidMost; over > 0 {
		said = "..." + strings.ToValidUTF8(said[over:], "")
	}
	now := ledger.Seconds(t.Clock())
	t.answers = append(t.answers, ledger.SecurityAnswer{Question: question, Service: string(t.Service),
		Began: t.began, Ended: now, Found: what, Said: said})
}

var (
	errUnasked = errors.New("the server did not let us come to the question")
	errLong    = errors.New("a line or a reply without end")
)

// say sends a line. What is shown of it is another text where it has a secret.
func (t *talk) say(line, shown string) {
	if t.broken != nil {
		return
	}
	t.began = ledger.Seconds(t.Clock())
	t.said = append(t.said, "C: "+cmp.Or(shown, line))
	if _, err := io.WriteString(t.conn, line+"\r\n"); err != nil {
		t.broken = fmt.Errorf("write: %w", err)
	}
}

// line reads one line.
func (t *talk) line() string {
	if t.broken != nil {
		return ""
	}
	raw, err := t.in.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		err = errLong
	}
	if err != nil {
		t.broken = fmt.Errorf("read: %w", err)
		return ""
	}
	text := strings.TrimRight(string(raw), "\r\n")
	t.said = append(t.said, "S: "+text)
	return text
}

// secure does the TLS handshake and gives the digest of the certificate. Who
// vouches for it does not matter: it has to be the one of before.
func (t *talk) secure() string {
	if t.broken != nil {
		return ""
	}
	secured := tls.Client(t.conn, &tls.Config{InsecureSkipVerify: true})
	if err := secured.HandshakeContext(t.ctx); err != nil {
		t.broken = fmt.Errorf("TLS handshake: %w", err)
		return ""
	}
	t.conn, t.in = secured, bufio.NewReaderSize(secured, lineMost)
	sum := sha256.Sum256(secured.ConnectionState().PeerCertificates[0].Raw)
	t.said = append(t.said, "(TLS)")
	return hex.EncodeToString(sum[:])
}

// either is one finding or the other.
func either(is bool, yes, no string) string {
	if is {
		return yes
	}
	return no
}
