package channel

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-message/mail"
	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"maildrill/scenarios"
)

// provider is a mail server of somebody else.
type provider struct {
	mu       sync.Mutex
	from     string
	to       []string
	content  []byte
	loggedIn bool
}

func (p *provider) NewSession(*smtp.Conn) (smtp.Session, error) { return p, nil }
func (p *provider) Reset()                                      {}
func (p *provider) Logout() error                               { return nil }
func (p *provider) AuthMechanisms() []string                    { return []string{sasl.Plain} }

func (p *provider) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if p.loggedIn = user == "drill" && password == planted; !p.loggedIn {
			return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "no: " + password + " AGRyaWxsAHdyb25n"}
		}
		return nil
	}), nil
}

func (p *provider) Mail(from string, _ *smtp.MailOptions) error {
	if !p.loggedIn {
		return smtp.ErrAuthRequired
	}
	p.from = from
	return nil
}

func (p *provider) Rcpt(to string, _ *smtp.RcptOptions) error {
	if strings.HasPrefix(to, "unknown") {
		return &smtp.SMTPError{Code: 550, Message: "nobody here"}
	}
	p.to = append(p.to, to)
	return nil
}

func (p *provider) Data(r io.Reader) (err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.content, err = io.ReadAll(r)
	return err
}

// providing starts the server; with TLS from the beginning if implicit.
func providing(t *testing.T, implicit bool, tlsToo bool) (p *provider, address string, trusted *x509.CertPool) {
	web := httptest.NewUnstartedServer(nil) // it has a certificate
	web.StartTLS()
	t.Cleanup(web.Close)
	p = &provider{}
	s := smtp.NewServer(p)
	s.ErrorLog = log.New(io.Discard, "", 0)
	s.Domain, s.AllowInsecureAuth = "provider.example", true
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address = listener.Addr().String()
	config := &tls.Config{Certificates: web.TLS.Certificates}
	if tlsToo && !implicit {
		s.TLSConfig = config
	}
	if implicit {
		listener = tls.NewListener(listener, config)
	}
	go func() { _ = s.Serve(listener) }()
	t.Cleanup(func() { _ = s.Close() })
	return p, address, trusting(web)
}

func mailing(t *testing.T, address, login string, trusted *x509.CertPool) *opened {
	o, _ := opening(t, scenarios.Channel{ID: "mail", Kind: "email", Provider: "Another", Server: address, From: "drill@provider.example", TokenFrom: "env:LOGIN"}, known("LOGIN", login), trusted)
	return o
}

func letter(to ...string) Message {
	m := rollCall
	m.To, m.Subject = to, "Überblick\r\nBcc: all@evil.test =?utf-8?q?hidden?="
	return m
}

func TestEmail(t *testing.T) {
	for name, implicit := range map[string]bool{"STARTTLS": false, "TLS from the beginning": true} {
		t.Run(name, func(t *testing.T) {
			p, address, trusted := providing(t, implicit, true)
			o := mailing(t, address, "drill:"+planted, trusted)
			if implicit { // only root may listen on 465
				e := o.carrier.(email)
				e.port = implicitTLS
				o.carrier = e
			}
			receipt, err := o.Send(t.Context(), letter("ops@provider.example"))
			if err != nil || !strings.HasPrefix(receipt.Status, "250 ") || receipt.ID == "" || receipt.Refused != nil {
				t.Fatalf("%+v, %v", receipt, err)
			}
			secretless(t, receipt, o)
			p.mu.Lock()
			defer p.mu.Unlock()
			if p.from != "drill@provider.example" || !slices.Equal(p.to, []string{"ops@provider.example"}) {
				t.Errorf("from %s to %v", p.from, p.to)
			}
			golden(t, "email.eml", bytes.ReplaceAll(p.content, []byte("\r\n"), []byte("\n")))
			checkLetter(t, p.content, receipt.ID)
		})
	}
}

func checkLetter(t *testing.T, content []byte, id string) {
	r, err := mail.CreateReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	subject, _ := r.Header.Subject()
	date, _ := r.Header.Date()
	message, _ := r.Header.MessageID()
	if !strings.HasPrefix(subject, Mark+" Überblick Bcc: all") || strings.Contains(subject, " hidden") || !date.Equal(rollCall.At) || message != id {
		t.Errorf("subject %q, date %s, id %q", subject, date, message)
	}
	if r.Header.Get("Auto-Submitted") != "auto-generated" || r.Header.Has("Bcc") {
		t.Errorf("header %v", r.Header.Map())
	}
	part, err := r.NextPart()
	if err != nil {
		t.Fatal(err)
	}
	if body, _ := io.ReadAll(part.Body); !bytes.HasPrefix(body, []byte(Mark)) || !bytes.Contains(body, []byte("https://drill.example/r/4711?a=1")) {
		t.Errorf("body %q", body)
	}
}

func TestEmailThatSomeRefuse(t *testing.T) {
	p, address, trusted := providing(t, false, true)
	o := mailing(t, address, "drill:"+planted, trusted)
	receipt, err := o.Send(t.Context(), letter("unknown@provider.example", "ops@provider.example"))
	if err != nil || !slices.Equal(receipt.Refused, []string{"unknown@provider.example"}) || len(p.to) != 1 {
		t.Errorf("%+v, %v", receipt, err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if bytes.Contains(p.content, []byte("unknown@")) || !bytes.Contains(p.content, []byte("To: undisclosed-recipients:;")) {
		t.Errorf("they know of each other:\n%s", p.content)
	}
}

func TestEmailRefusals(t *testing.T) {
	_, address, trusted := providing(t, false, true)
	_, naked, _ := providing(t, false, false)
	for _, c := range []struct {
		name, server, login string
		trusted             *x509.CertPool
		to                  []string
		want                string
	}{
		{"wrong password", address, "drill:wrong", trusted, []string{"a@b.example"}, "it refused the log-in"},
		{"no TLS", naked, "drill:" + planted, trusted, []string{"a@b.example"}, "no message is sent without TLS"},
		{"unknown authority", address, "drill:" + planted, x509.NewCertPool(), []string{"a@b.example"}, "certificate"},
		{"nobody", address, "drill:" + planted, trusted, nil, "needs an address"},
		{"injected", address, "drill:" + planted, trusted, []string{"a@b.example>\r\nRCPT TO:<c@d.example"}, "no e-mail address"},
		{"injected header", address, "drill:" + planted, trusted, []string{"a@b.example\nBcc: c@d.example"}, "no e-mail address"},
		{"with a name", address, "drill:" + planted, trusted, []string{"A <a@b.example>"}, "no e-mail address"},
		{"all unknown", address, "drill:" + planted, trusted, []string{"unknown@b.example"}, "it refused every address"},
	} {
		receipt, err := mailing(t, c.server, c.login, c.trusted).Send(t.Context(), letter(c.to...))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, not %q", c.name, err, c.want)
		}
		secretless(t, receipt, err)
		if err != nil && (strings.Contains(err.Error(), "wrong") || strings.Contains(err.Error(), "AGRyaWxsAHdyb25n")) {
			t.Errorf("the password is shown: %v", err)
		}
	}
}

func TestAMailServerThatNeverAnswers(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	o := mailing(t, listener.Addr().String(), "drill:"+planted, nil)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := o.Send(ctx, letter("a@b.example")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
}

func TestAMailServerThatTalksWithoutEnd(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		conn, err := listener.Accept()
		for err == nil {
			_, err = conn.Write(bytes.Repeat([]byte("220-hello\r\n"), 1000))
		}
	}()
	if _, err := mailing(t, listener.Addr().String(), "drill:"+planted, nil).Send(t.Context(), letter("a@b.example")); err == nil || !strings.Contains(err.Error(), "have no end") {
		t.Errorf("error %v", err)
	}
}
