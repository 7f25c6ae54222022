package mta

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/emersion/go-smtp"

	"maildrill/harness/topology"
)

// send tries one destination and notes what became of each recipient.
func (s *Server) send(ctx context.Context, h hop, from string, rcpts []string, message []byte, results outcome) {
	if h.node != "" {
		s.transact(ctx, h.node, topology.LMTP, from, rcpts, message, results)
		return
	}
	hosts, err := s.exchangers(ctx, h.domain)
	if err != nil {
		results.all(rcpts, err)
		return
	}
	left := rcpts
	for _, host := range hosts {
		if len(left) == 0 || ctx.Err() != nil {
			return
		}
		s.transact(ctx, host, topology.SMTP, from, left, message, results)
		left = deferred(left, results)
	}
}

// deferred lists those that another host may still take (RFC 5321, section
// 5.1).
func deferred(rcpts []string, results outcome) []string {
	var left []string
	for _, r := range rcpts {
		if err := results[r]; err != nil && !permanent(err) {
			left = append(left, r)
		}
	}
	return left
}

// transact speaks to one host.
func (s *Server) transact(ctx context.Context, host string, service topology.Service, from string, rcpts []string, message []byte, results outcome) {
	conn, err := s.connect(ctx, host, service)
	if err != nil {
		results.all(rcpts, err)
		return
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	t := &transaction{client: s.client(conn, service), from: from, message: message, results: results}
	if err := t.client.Hello(s.config.Node.Host); err != nil {
		results.all(rcpts, fmt.Errorf("greeting of %s: %w", host, soften(err)))
		return
	}
	t.run(rcpts)
	_ = t.client.Quit() // the replies that count are in
}

func (s *Server) connect(ctx context.Context, host string, service topology.Service) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timers.Connect)
	defer cancel()
	return s.config.Dial(ctx, host, service)
}

func (s *Server) client(conn net.Conn, service topology.Service) *smtp.Client {
	c := smtp.NewClient(conn)
	if service == topology.LMTP {
		c = smtp.NewClientLMTP(conn)
	}
	c.CommandTimeout, c.SubmissionTimeout = s.timers.Command, s.timers.Finish
	return c
}

// soften makes a refusal before any recipient was named a reason to try
// another host, not to return the message.
func soften(err error) error {
	var reply *smtp.SMTPError
	if errors.As(err, &reply) {
		return errors.New(reply.Error())
	}
	return err
}

// transaction is one mail transaction (RFC 5321, section 3.3).
type transaction struct {
	client  *smtp.Client
	from    string
	message []byte
	results outcome
}

func (t *transaction) run(rcpts []string) {
	if err := t.client.Mail(t.from, nil); err != nil {
		t.results.all(rcpts, err)
		return
	}
	var taken []string
	for _, r := range rcpts {
		if err := t.client.Rcpt(r, nil); err != nil {
			t.results[r] = err
			continue
		}
		taken = append(taken, r)
	}
	if len(taken) > 0 {
		t.data(taken)
	}
}

func (t *transaction) data(rcpts []string) {
	w, err := t.client.Data()
	if err == nil {
		_, err = w.Write(t.message)
	}
	if err != nil {
		t.results.all(rcpts, err)
		return
	}
	t.finish(rcpts, w.Close())
}

// finish notes one reply for all, or those that LMTP gives for each.
func (t *transaction) finish(rcpts []string, err error) {
	var each smtp.LMTPDataError
	if !errors.As(err, &each) {
		t.results.all(rcpts, err)
		return
	}
	for _, r := range rcpts {
		t.results[r] = nil
		if refused, ok := each[r]; ok {
			t.results[r] = refused
		}
	}
}

// lookupLimit bounds a name lookup.
func (s *Server) lookupLimit(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, min(s.timers.Connect, 5*time.Second))
}
