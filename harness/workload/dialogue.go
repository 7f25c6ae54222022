package workload

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"maildrill/harness/ledger"
)

// dialogue is the client's side of one SMTP session. After the first ending
// nothing but quit is of use.
type dialogue struct {
	conn    net.Conn
	r       *bufio.Reader
	timeout time.Duration
	offers  map[string]string // EHLO keyword in capitals, and its parameters
}

func newDialogue(conn net.Conn, timeout time.Duration) *dialogue {
	return &dialogue{conn: conn, r: bufio.NewReaderSize(conn, replyLine), timeout: timeout}
}

// opening is how a session begins.
type opening struct {
	hello          string
	tls            string // a TLS* constant
	config         *tls.Config
	user, password string // no AUTH if user is empty
}

// open takes the session up to where MAIL may be sent. Nil is success.
func (d *dialogue) open(ctx context.Context, o opening) *ending {
	if _, end := d.expect(ledger.PhaseGreeting, 2); end != nil {
		return end
	}
	if end := d.hello(o.hello); end != nil {
		return end
	}
	if end := d.secure(ctx, o); end != nil {
		return end
	}
	return d.auth(o)
}

// hello says EHLO, and HELO to a server that does not know it (RFC 5321,
// section 3.2).
func (d *dialogue) hello(name string) *ending {
	got, end := d.ask(ledger.PhaseHello, 2, "EHLO "+name)
	if end != nil && end.class() == permanent {
		d.offers = nil
		_, end = d.ask(ledger.PhaseHello, 2, "HELO "+name)
		return end
	}
	if end != nil {
		return end
	}
	d.offers = map[string]string{}
	for _, line := range strings.Split(got.text, "\n")[1:] {
		keyword, parameters, _ := strings.Cut(line, " ")
		d.offers[strings.ToUpper(keyword)] = parameters
	}
	return nil
}

func (d *dialogue) offered(keyword string) bool {
	_, ok := d.offers[keyword]
	return ok
}

// secure starts TLS if it is wanted and offered (RFC 3207).
func (d *dialogue) secure(ctx context.Context, o opening) *ending {
	if o.tls == TLSNone || (o.tls == TLSOpportunistic && !d.offered("STARTTLS")) {
		return nil
	}
	if !d.offered("STARTTLS") {
		return &ending{phase: ledger.PhaseTLS, err: errors.New("STARTTLS is not offered")}
	}
	if _, end := d.ask(ledger.PhaseTLS, 2, "STARTTLS"); end != nil {
		return end
	}
	// What came before the handshake was not protected by it.
	if d.r.Buffered() > 0 {
		return &ending{phase: ledger.PhaseTLS, err: errors.New("the server spoke between STARTTLS and the handshake")}
	}
	secured := tls.Client(d.conn, o.config)
	ctx, cancel := context.WithTimeout(ctx, d.timeout)
	defer cancel()
	if err := secured.HandshakeContext(ctx); err != nil {
		return &ending{phase: ledger.PhaseTLS, err: fmt.Errorf("TLS handshake: %w", err)}
	}
	d.conn, d.r = secured, bufio.NewReaderSize(secured, replyLine)
	return d.hello(o.hello)
}

// auth logs in by AUTH PLAIN with an initial response (RFC 4954, section 4).
func (d *dialogue) auth(o opening) *ending {
	if o.user == "" {
		return nil
	}
	if !strings.Contains(" "+strings.ToUpper(d.offers["AUTH"])+" ", " PLAIN ") {
		return &ending{phase: ledger.PhaseAuth, err: errors.New("AUTH PLAIN is not offered")}
	}
	secret := base64.StdEncoding.EncodeToString([]byte("\x00" + o.user + "\x00" + o.password))
	_, end := d.ask(ledger.PhaseAuth, 2, "AUTH PLAIN "+secret)
	return end
}

// ask sends one command and reads its reply.
func (d *dialogue) ask(p ledger.Phase, want int, command string) (reply, *ending) {
	if err := d.write([]byte(command + "\r\n")); err != nil {
		return reply{}, &ending{phase: p, err: err}
	}
	return d.expect(p, want)
}

// expect reads a reply whose first digit should be want.
func (d *dialogue) expect(p ledger.Phase, want int) (reply, *ending) {
	got, err := d.read(d.timeout)
	switch {
	case err != nil:
		return got, &ending{phase: p, err: err}
	case got.code/100 == want:
		return got, nil
	case got.code < 400:
		return got, &ending{phase: p, reply: got, err: got.unexpected()}
	}
	return got, &ending{phase: p, reply: got}
}

func (d *dialogue) read(patience time.Duration) (reply, error) {
	if err := d.conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return reply{}, fmt.Errorf("read a reply: %w", err)
	}
	got, err := readReply(d.r)
	if err != nil {
		return reply{}, fmt.Errorf("read a reply: %w", err)
	}
	return got, nil
}

func (d *dialogue) write(b []byte) error {
	if err := d.conn.SetWriteDeadline(time.Now().Add(d.timeout)); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	if _, err := d.conn.Write(b); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}

// quitPatience bounds the wait for the reply to QUIT, which changes nothing.
const quitPatience = time.Second

// quit ends the session politely (RFC 5321, section 4.1.1.10).
func (d *dialogue) quit() {
	if d.write([]byte("QUIT\r\n")) == nil {
		_, _ = d.read(quitPatience)
	}
}
