package esmtp

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"maildrill/harness/ledger"
)

// Whether STARTTLS (RFC 3207) is used.
const (
	TLSNone          = "none"
	TLSOpportunistic = "opportunistic" // if it is offered
	TLSRequired      = "required"
)

// Opening is how a session begins.
type Opening struct {
	Hello          string      // the name in EHLO
	TLS            string      // [TLSNone], [TLSOpportunistic] or [TLSRequired]
	TLSConfig      *tls.Config // not nil if TLS is used
	User, Password string      // of AUTH PLAIN (RFC 4616); no AUTH if the user is empty
}

// Open takes the session up to where MAIL may be sent.
func (s *Session) Open(ctx context.Context, o Opening) Ending {
	if _, end := s.greeting(); end.Ended() {
		return end
	}
	if end := s.hello(o.Hello); end.Ended() {
		return end
	}
	if end := s.secure(ctx, o); end.Ended() {
		return end
	}
	if end := s.auth(o); end.Ended() {
		return end
	}
	s.clean = true
	return Ending{}
}

func (s *Session) greeting() (Reply, Ending) {
	s.owed++
	return s.expect(ledger.PhaseGreeting, 2)
}

// hello says EHLO, and HELO to a server that does not know it (RFC 5321,
// section 3.2).
func (s *Session) hello(name string) Ending {
	s.offers = nil
	got, end := s.ask(ledger.PhaseHello, 2, "EHLO ", name)
	if end.Ended() && end.Class() == Permanent {
		_, end = s.ask(ledger.PhaseHello, 2, "HELO ", name)
	} else if !end.Ended() {
		s.offers = keywords(got.Text)
	}
	s.pipes = s.offered("PIPELINING")
	return end
}

// keywords reads the lines of an EHLO reply after the first one.
func keywords(lines string) map[string]string {
	offers := map[string]string{}
	for _, line := range strings.Split(lines, "\n")[1:] {
		keyword, parameters, _ := strings.Cut(line, " ")
		offers[strings.ToUpper(keyword)] = parameters
	}
	return offers
}

// secure starts TLS if it is wanted and offered (RFC 3207).
func (s *Session) secure(ctx context.Context, o Opening) Ending {
	if o.TLS == TLSNone || (o.TLS == TLSOpportunistic && !s.offered("STARTTLS")) {
		return Ending{}
	}
	if !s.offered("STARTTLS") {
		return s.fail(ledger.PhaseTLS, errors.New("STARTTLS is not offered"))
	}
	if _, end := s.ask(ledger.PhaseTLS, 2, "STARTTLS"); end.Ended() {
		return end
	}
	// What came before the handshake was not protected by it.
	if s.in.Buffered() > 0 {
		return s.fail(ledger.PhaseTLS, errors.New("the server spoke between STARTTLS and the handshake"))
	}
	secured := tls.Client(s.socket, o.TLSConfig)
	ctx, cancel := context.WithTimeout(ctx, s.patience)
	defer cancel()
	if err := secured.HandshakeContext(ctx); err != nil {
		return s.fail(ledger.PhaseTLS, fmt.Errorf("TLS handshake: %w", err))
	}
	s.conn, s.in, s.exact = secured, bufio.NewReaderSize(secured, replyLine), false
	return s.hello(o.Hello)
}

// auth logs in by AUTH PLAIN with an initial response (RFC 4954, section 4).
func (s *Session) auth(o Opening) Ending {
	if o.User == "" {
		return Ending{}
	}
	if !strings.Contains(" "+strings.ToUpper(s.offers["AUTH"])+" ", " PLAIN ") {
		return s.fail(ledger.PhaseAuth, errors.New("AUTH PLAIN is not offered"))
	}
	secret := base64.StdEncoding.EncodeToString([]byte("\x00" + o.User + "\x00" + o.Password))
	_, end := s.ask(ledger.PhaseAuth, 2, "AUTH PLAIN ", secret)
	return end
}
