package mta

import (
	"crypto/subtle"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"maildrill/harness/topology"
)

// Replies of the server (RFC 5321, section 4.2; RFC 3463).
var (
	errRelay   = &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "Relay access denied"}
	errUnknown = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "User unknown"}
	errNoAuth  = &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "Authentication required"}
)

// smtp makes the server for one port of the node.
func (s *Server) smtp(service topology.Service) *smtp.Server {
	submission := service != topology.SMTP
	return newSMTP(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		in := &session{server: s, helo: c.Hostname, hangUp: c.Close, mustAuth: submission && s.config.Node.Mail.Auth}
		if submission {
			return &submitter{session: in}, nil
		}
		return in, nil
	}), s.config.Node.Host, s.config.Log)
}

// session is one connection of a client.
type session struct {
	server   *Server
	helo     func() string
	hangUp   func() error
	mustAuth bool
	user     string // who authenticated
	from     string
	to       []string
}

var _ smtp.Session = (*session)(nil)

// Reset implements smtp.Session.
func (s *session) Reset() { s.from, s.to = "", nil }

// Logout implements smtp.Session.
func (s *session) Logout() error { return nil }

// Mail implements smtp.Session.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.mustAuth && s.user == "" {
		return errNoAuth
	}
	s.from = from
	return nil
}

// Rcpt takes what the node is responsible for, and no more: it is no open
// relay.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	mail, domain := s.server.config.Node.Mail, domainOf(to)
	ours := containsFold(mail.Domains, domain) || containsFold(mail.RelayDomains, domain)
	switch {
	case ours && !s.server.hasAccount(to):
		return errUnknown
	case !ours && !mail.RelayAnything && s.user == "":
		return errRelay
	}
	s.to = append(s.to, to)
	return nil
}

// Data answers 250 when the message is on stable storage.
func (s *session) Data(r io.Reader) error {
	message, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := s.server.take(s.from, s.to, s.helo(), message); err != nil {
		return err
	}
	return s.lie(fateOf(s.server.config.Node.Defects, s.from))
}

// take puts a message into the queue, or does with it what was planted.
func (s *Server) take(from string, to []string, helo string, message []byte) error {
	f := fateOf(s.config.Node.Defects, from)
	f.lose = f.lose || s.forgets(from)
	now := time.Now()
	for range f.queued() {
		e := envelope{ID: s.ids.next(), From: from, Arrived: now, Due: now.Add(f.delay + f.Hold)}
		for _, a := range f.recipients(to) {
			e.Rcpts = append(e.Rcpts, recipient{Address: a})
		}
		traced := append(received(helo, s.config.Node.Host, "ESMTP", e.ID, now), f.alter(message)...)
		if err := s.enqueue(e, traced); err != nil {
			s.config.Log.Printf("%s: from=<%s>: %v", e.ID, from, err)
			return deferral("queue file write error")
		}
		s.config.Log.Printf("%s: from=<%s> to=%d size=%d queued", e.ID, from, len(to), len(message))
	}
	if f.falseDSN {
		f.Report = "delivered"
	}
	return s.claim(f.Report, from, to, message)
}

// submitter is a session on a submission port: it offers AUTH (RFC 4954).
type submitter struct{ *session }

var _ smtp.AuthSession = (*submitter)(nil)

// AuthMechanisms implements smtp.AuthSession.
func (*submitter) AuthMechanisms() []string { return []string{sasl.Plain} }

// Auth implements smtp.AuthSession.
func (s *submitter) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(identity, user, password string) error {
		if identity != "" && identity != user {
			return errors.New("identities are not supported")
		}
		for _, a := range s.server.config.Topology.Accounts {
			if strings.EqualFold(a.User, user) && subtle.ConstantTimeCompare([]byte(a.Password), []byte(password)) == 1 {
				s.user = user
				return nil
			}
		}
		return smtp.ErrAuthFailed
	}), nil
}
