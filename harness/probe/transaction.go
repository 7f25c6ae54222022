package probe

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/smtp"
	"net/textproto"
	"time"

	"maildrill/harness/identity"
	"maildrill/harness/topology"
)

// helloName is what probes call themselves (RFC 5321, section 4.1.1.1).
const helloName = "probe.drill.test"

// transact offers the canary over a fresh connection to the end: greeting,
// EHLO, what prepare adds, MAIL, RCPT, DATA, the final 250.
func (p *Prober) transact(conn net.Conn, t identity.Token, prepare func(*smtp.Client) error) error {
	c, err := greet(conn)
	if err != nil {
		return err
	}
	defer c.Close()
	if prepare != nil {
		if err := prepare(c); err != nil {
			return err
		}
	}
	if err := p.envelope(c, t); err != nil {
		return err
	}
	w, err := c.Data()
	if err != nil {
		return fmt.Errorf("offer DATA: %w", err)
	}
	if _, err := w.Write(p.render(t)); err != nil {
		return fmt.Errorf("send the message: %w", err)
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("read the reply after the final dot: %w", err)
	}
	_ = c.Quit() // the mail is accepted, whatever comes now (RFC 5321, section 4.1.1.10)
	return nil
}

// greet reads the 220 and says EHLO.
func greet(conn net.Conn) (*smtp.Client, error) {
	c, err := smtp.NewClient(conn, helloName)
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("read the greeting: %w", err)
	}
	if err := c.Hello(helloName); err != nil {
		c.Close()
		return nil, fmt.Errorf("say EHLO: %w", err)
	}
	return c, nil
}

func (p *Prober) envelope(c *smtp.Client, t identity.Token) error {
	if err := c.Mail(p.Key.VERP(t, p.BounceDomain)); err != nil {
		return fmt.Errorf("offer MAIL: %w", err)
	}
	if err := c.Rcpt(p.Account.Address); err != nil {
		return fmt.Errorf("offer RCPT: %w", err)
	}
	return nil
}

func (p *Prober) render(t identity.Token) []byte {
	return p.Key.Render(nil, identity.Message{Token: t, Attempt: 1, From: p.Account.Address,
		To: []string{p.Account.Address}, Date: time.Now()})
}

// permanent tells a 5yz reply, after which no other host is tried (RFC 5321,
// sections 4.2.1 and 5.1).
func permanent(err error) bool {
	var reply *textproto.Error
	return errors.As(err, &reply) && reply.Code >= 500
}

// MXAt makes a check of one MX alone: its greeting, EHLO, MAIL and RCPT for
// the probe's mailbox, then RSET. No message is sent, so that the node is
// proven to take mail without filling the mailbox once per node.
func (p *Prober) MXAt(node string) Check {
	return func(ctx context.Context) error {
		conn, cancel, err := p.dial(ctx, node, topology.SMTP)
		if err != nil {
			return err
		}
		defer cancel()
		c, err := greet(conn)
		if err != nil {
			return err
		}
		defer c.Close()
		if err := p.envelope(c, p.canary()); err != nil {
			return err
		}
		if err := c.Reset(); err != nil {
			return fmt.Errorf("take the offer back: %w", err)
		}
		_ = c.Quit()
		return nil
	}
}

// Submission makes a sender by the submission service of a node (RFC 6409):
// STARTTLS if it is offered, AUTH PLAIN, and a whole transaction. Certificates
// are not verified: those of a drill are made for it, and the probe asks
// whether the service is there, not who vouches for it.
func (p *Prober) Submission(node string) Sender {
	return func(ctx context.Context, t identity.Token) error {
		conn, cancel, err := p.dial(ctx, node, topology.MSA)
		if err != nil {
			return err
		}
		defer cancel()
		defer conn.Close()
		return p.transact(conn, t, p.login)
	}
}

func (p *Prober) login(c *smtp.Client) error {
	if ok, _ := c.Extension("STARTTLS"); ok {
		if err := c.StartTLS(&tls.Config{InsecureSkipVerify: true}); err != nil {
			return fmt.Errorf("start TLS: %w", err)
		}
	}
	if err := c.Auth(plain(p.Account)); err != nil {
		return fmt.Errorf("authenticate: %w", err)
	}
	return nil
}

// plain is SASL PLAIN (RFC 4616). Unlike the standard library's it does not
// insist on TLS: a drill's network has no way out.
type plain topology.Account

func (a plain) Start(*smtp.ServerInfo) (string, []byte, error) {
	return "PLAIN", []byte("\x00" + a.User + "\x00" + a.Password), nil
}

func (a plain) Next(_ []byte, more bool) ([]byte, error) {
	if more {
		return nil, errors.New("unexpected challenge to AUTH PLAIN")
	}
	return nil, nil
}
