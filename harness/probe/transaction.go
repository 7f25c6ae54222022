package probe

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"time"

	"github.com/emersion/go-smtp"

	"maildrill/harness/esmtp"
	"maildrill/harness/identity"
	"maildrill/harness/ledger"
	"maildrill/harness/topology"
)

// opening is how a probe introduces itself to a mail exchanger (RFC 5321, section
// 4.1.1.1).
var opening = esmtp.Opening{Hello: "probe.drill.test", TLS: esmtp.TLSNone}

// connected opens a session, does what is to be done in it, and ends it.
func (p *Prober) connected(ctx context.Context, node string, service topology.Service, o esmtp.Opening, do func(*esmtp.Session) esmtp.Ending) error {
	conn, cancel, err := p.dial(ctx, node, service)
	if err != nil {
		return err
	}
	defer cancel()
	s := esmtp.New(ctx, conn, p.Timeout)
	defer s.Close()
	end := s.Open(ctx, o)
	if !end.Ended() {
		end = do(s)
	}
	return failure(end)
}

// transact offers the canary over a fresh connection to the end: greeting,
// EHLO, what the opening adds, MAIL, RCPT, DATA, the final 250.
func (p *Prober) transact(ctx context.Context, node string, service topology.Service, o esmtp.Opening, t identity.Token) error {
	m := p.mail(t)
	return p.connected(ctx, node, service, o, func(s *esmtp.Session) esmtp.Ending {
		if end := s.Envelope(m)[0]; end.Ended() {
			return end
		}
		if end := s.Content(m.Content); end.Ended() {
			return end
		}
		return s.Terminate(p.Timeout, esmtp.Next{Quit: true})
	})
}

func (p *Prober) mail(t identity.Token) esmtp.Mail {
	token := p.Key.Encode(t)
	return esmtp.Mail{From: identity.VERP(token, p.BounceDomain), Recipients: []string{p.Account.Address}, EnvelopeID: token,
		Content: p.Key.Render(nil, identity.Message{Token: t, Attempt: 1, From: p.Account.Address,
			To: []string{p.Account.Address}, Date: time.Now()})}
}

// doing says what was being done in a phase.
var doing = map[ledger.Phase]string{
	ledger.PhaseGreeting: "read the greeting",
	ledger.PhaseHello:    "say EHLO",
	ledger.PhaseTLS:      "start TLS",
	ledger.PhaseAuth:     "authenticate",
	ledger.PhaseMail:     "offer MAIL",
	ledger.PhaseRcpt:     "offer RCPT",
	ledger.PhaseData:     "offer DATA",
	ledger.PhaseContent:  "send the message",
	ledger.PhaseReply:    "read the reply after the final dot",
}

// failure is nil only if nothing ended before its time.
func failure(end esmtp.Ending) error {
	if err := end.Cause(); err != nil {
		return fmt.Errorf("%s: %w", doing[end.Phase], err)
	}
	return nil
}

// permanent tells a 5yz reply, after which no other host is tried (RFC 5321,
// sections 4.2.1 and 5.1).
func permanent(err error) bool {
	var reply *smtp.SMTPError
	return errors.As(err, &reply) && reply.Code >= 500
}

// MXAt makes a check of one MX alone: its greeting, EHLO, MAIL and RCPT for
// the probe's mailbox, then RSET. No message is sent, so that the node is
// proven to take mail without filling the mailbox once per node.
func (p *Prober) MXAt(node string) Check {
	return func(ctx context.Context) error {
		m := p.mail(p.canary())
		return p.connected(ctx, node, topology.SMTP, opening, func(s *esmtp.Session) esmtp.Ending { return s.Rehearse(m) })
	}
}

// Submission makes a sender by the submission service of a node (RFC 6409):
// STARTTLS if it is offered, AUTH PLAIN, and a whole transaction. Certificates
// are not verified: those of a drill are made for it, and the probe asks
// whether the service is there, not who vouches for it. For the same reason AUTH
// does not insist on TLS: a drill's network has no way out.
func (p *Prober) Submission(node string) Sender {
	return func(ctx context.Context, t identity.Token) error {
		o := opening
		o.TLS, o.TLSConfig = esmtp.TLSOpportunistic, &tls.Config{InsecureSkipVerify: true}
		o.User, o.Password = p.Account.User, p.Account.Password
		return p.transact(ctx, node, topology.MSA, o, t)
	}
}
