package channel

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"strings"
	"unicode"

	"github.com/emersion/go-message/mail"
	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"maildrill/scenarios"
)

// email goes through a provider that is independent of the system under test.
type email struct {
	server, host, port string
	from, domain       string
	user, password     string
	trust              *tls.Config
	hide               redactor
}

const (
	implicitTLS = "465"
	maxAnswers  = 4 * maxAnswer // bytes, certificates among them
)

func openEmail(c scenarios.Channel, secrets Secrets, trusted *x509.CertPool) (carrier, error) {
	if strings.TrimSpace(c.Provider) == "" {
		return nil, errors.New("e-mail needs a `provider` that does not pass the system under test: name it, or take another kind")
	}
	host, port, err := net.SplitHostPort(c.Server)
	if err != nil || host == "" || port == "" {
		return nil, errors.New("server: give HOST:PORT of the provider's submission, port 465 or 587")
	}
	from, err := plainAddress(c.From)
	if err != nil {
		return nil, fmt.Errorf("from: %w", err)
	}
	e := email{server: c.Server, host: host, port: port, from: from, domain: domainOf(from),
		trust: &tls.Config{ServerName: host, RootCAs: trusted, MinVersion: tls.VersionTLS12}}
	if c.TokenFrom == "" {
		return e, nil
	}
	login, err := secrets.resolve(c.TokenFrom)
	if err != nil {
		return nil, fmt.Errorf("token_from: %w", err)
	}
	var ok bool
	if e.user, e.password, ok = strings.Cut(login, ":"); !ok || e.user == "" || e.password == "" {
		return nil, fmt.Errorf("token_from: %s is not user:password", c.TokenFrom)
	}
	e.hide.addLogin(e.user, e.password)
	return e, nil
}

// plainAddress takes one address without a name, in ASCII and in one line.
func plainAddress(s string) (string, error) {
	parsed, err := netmail.ParseAddress(s)
	if err != nil || parsed.Address != s || strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII || r <= ' ' || r == '"' }) {
		return "", fmt.Errorf("%q is no e-mail address such as ops@provider.example", cutRunes(line(s), 80))
	}
	return s, nil
}

func domainOf(address string) string {
	return strings.ToLower(strings.TrimSuffix(address[strings.LastIndexByte(address, '@')+1:], "."))
}

func (e email) carry(ctx context.Context, n note) (Receipt, error) {
	receipt := Receipt{Tries: 1}
	if len(n.to) == 0 {
		return receipt, errors.New("e-mail needs an address: give the role's `address`")
	}
	for _, to := range n.to {
		if _, err := plainAddress(to); err != nil {
			return receipt, err
		}
	}
	content, err := e.write(n)
	if err == nil {
		receipt.ID = n.id + "@" + e.domain
		err = e.submit(ctx, n.to, content, &receipt)
	}
	if err != nil {
		return receipt, e.hide.failed(e.server, err, context.DeadlineExceeded, context.Canceled)
	}
	return receipt, nil
}

// write makes the message: the subject is one line, so it cannot become a header.
func (e email) write(n note) ([]byte, error) {
	var h mail.Header
	h.SetDate(n.at)
	h.SetMessageID(n.id + "@" + e.domain)
	h.SetAddressList("From", []*mail.Address{{Name: "maildrill", Address: e.from}})
	if len(n.to) == 1 {
		h.SetAddressList("To", []*mail.Address{{Address: n.to[0]}})
	} else { // they need not know of each other
		h.Set("To", "undisclosed-recipients:;")
	}
	// A word that looks encoded would be read as what it is not.
	h.SetSubject(strings.ReplaceAll(n.title(maxSubject), "=?", "= ?"))
	h.Set("Auto-Submitted", "auto-generated")
	h.SetContentType("text/plain", map[string]string{"charset": "utf-8"})
	h.Set("Content-Transfer-Encoding", "quoted-printable")
	var b bytes.Buffer
	w, err := mail.CreateSingleInlineWriter(&b, h)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write([]byte(strings.ReplaceAll(n.body(maxText), "\n", "\r\n") + "\r\n")); err != nil {
		return nil, err
	}
	err = w.Close()
	return b.Bytes(), err
}

// submit gives it to the server. If some of the addresses are refused the others
// get it all the same.
func (e email) submit(ctx context.Context, to []string, content []byte, receipt *Receipt) error {
	client, err := e.connect(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	if e.user != "" {
		if err := client.Auth(sasl.NewPlainClient("", e.user, e.password)); err != nil {
			return fmt.Errorf("it refused the log-in: %w", err)
		}
	}
	if err := client.Mail(e.from, nil); err != nil {
		return fmt.Errorf("it refused the sender: %w", err)
	}
	for _, address := range to {
		if err = client.Rcpt(address, nil); err != nil {
			receipt.Refused = append(receipt.Refused, address)
		}
	}
	if len(receipt.Refused) == len(to) {
		return fmt.Errorf("it refused every address: %w", err)
	}
	data, err := client.Data()
	if err != nil {
		return err
	}
	if _, err := data.Write(content); err != nil {
		return err
	}
	answer, err := data.CloseWithResponse()
	if err != nil {
		return fmt.Errorf("it refused the message: %w", err)
	}
	receipt.Status = e.hide.excerpt("250 " + answer.StatusText)
	_ = client.Quit() // the message was taken
	return nil
}

// connect makes a connection under TLS. The end of the context closes it, since
// the client keeps deadlines of its own.
func (e email) connect(ctx context.Context) (*smtp.Client, error) {
	open, err := new(net.Dialer).DialContext(ctx, "tcp", e.server)
	if err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, func() { open.Close() })
	conn := &sparing{Conn: open, left: maxAnswers}
	if e.port == implicitTLS {
		secure := tls.Client(conn, e.trust)
		if err := secure.HandshakeContext(ctx); err != nil {
			conn.Close()
			return nil, err
		}
		return smtp.NewClient(secure), nil
	}
	client, err := smtp.NewClientStartTLS(conn, e.trust)
	if err != nil {
		return nil, fmt.Errorf("no message is sent without TLS: %w", err)
	}
	return client, nil
}

// sparing is a connection that ends when the other side talks too much.
type sparing struct {
	net.Conn
	left int
}

func (s *sparing) Read(p []byte) (int, error) {
	if s.left <= 0 {
		return 0, errors.New("its answers have no end")
	}
	n, err := s.Conn.Read(p[:min(len(p), s.left)])
	s.left -= n
	return n, err
}
