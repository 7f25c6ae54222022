package mta

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-smtp"
)

// perDestination bounds the deliveries under way to one next hop, as Postfix's
// default_destination_concurrency_limit does.
const perDestination = 20

// carry brings one message to all its recipients, however often that takes.
func (s *Server) carry(ctx context.Context, q *queued) {
	flushed := s.flushed()
	for attempt := 1; s.wait(ctx, q.Due, flushed); attempt++ {
		flushed = s.flushed() // so that one during the attempt is not missed
		results := s.attempt(ctx, q)
		if ctx.Err() != nil && len(results) == 0 {
			return
		}
		if s.settle(ctx, q, results, attempt) {
			return
		}
	}
}

// wait returns true when it is time, or the queue was flushed, and the node is
// awake.
func (s *Server) wait(ctx context.Context, due time.Time, flushed <-chan struct{}) bool {
	timer := time.NewTimer(time.Until(due))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-flushed:
	case <-ctx.Done():
		return false
	}
	for {
		awake, changed := s.config.Awake()
		if awake {
			return ctx.Err() == nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return false
		}
	}
}

// outcome is what became of the recipients that were tried: nil for delivered.
type outcome map[string]error

// attempt tries every recipient once, one destination after the other.
func (s *Server) attempt(ctx context.Context, q *queued) outcome {
	results := outcome{}
	for hop, rcpts := range s.sort(q.Rcpts) {
		s.inSlot(ctx, hop, func() {
			message, err := s.spool.message(q.ID) // not before: a long queue must not fill the memory
			if err != nil {
				results.all(rcpts, err)
				return
			}
			for range fateOf(s.config.Node.Defects, q.From).carried() {
				s.send(ctx, hop, q.From, rcpts, message, results)
			}
		})
	}
	return results
}

// inSlot runs a delivery when one of the destination's slots is free.
func (s *Server) inSlot(ctx context.Context, hop hop, deliver func()) {
	slots := s.slotsOf(hop)
	select {
	case slots <- struct{}{}:
		defer func() { <-slots }()
		deliver()
	case <-ctx.Done():
	}
}

func (s *Server) slotsOf(h hop) chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := h.node + "/" + h.domain
	if s.slots[key] == nil {
		s.slots[key] = make(chan struct{}, perDestination)
	}
	return s.slots[key]
}

func (o outcome) all(rcpts []string, err error) {
	for _, r := range rcpts {
		o[r] = err
	}
}

// settle writes down what an attempt achieved: who is done leaves the queue,
// who was refused is bounced, the others wait. It tells whether the message is
// through.
func (s *Server) settle(ctx context.Context, q *queued, results outcome, attempt int) bool {
	now := time.Now()
	left, failed := s.judge(q, results, now.Sub(q.Arrived) > s.timers.Expiry)
	if len(failed) > 0 {
		if err := s.bounce(q, failed); err != nil {
			s.config.Log.Printf("%s: bounce: %v", q.ID, err)
			left = append(left, again(failed)...) // rather than lose the bounce
		}
	}
	if len(left) == 0 {
		if err := s.spool.remove(q.ID); err != nil {
			s.config.Log.Printf("%s: remove: %v", q.ID, err)
		}
		return true
	}
	q.Rcpts, q.Due = left, now.Add(s.timers.backoff(attempt))
	if err := s.spool.update(q.envelope); err != nil && ctx.Err() == nil {
		s.config.Log.Printf("%s: update: %v", q.ID, err)
	}
	return false
}

// again keeps recipients that failed in the queue.
func again(failed []failure) []recipient {
	var list []recipient
	for _, f := range failed {
		list = append(list, recipient{Address: f.address, Reason: f.err.Error()})
	}
	return list
}

// judge sorts the recipients into those that stay and those that failed.
func (s *Server) judge(q *queued, results outcome, expired bool) (left []recipient, failed []failure) {
	for _, r := range q.Rcpts {
		err, tried := results[r.Address]
		switch {
		case !tried:
			left = append(left, r)
		case err == nil:
			s.config.Log.Printf("%s: to=<%s> status=sent", q.ID, r.Address)
		case permanent(err):
			failed = append(failed, failure{r.Address, err})
		case expired:
			failed = append(failed, failure{r.Address, &expiredError{err}})
		default:
			s.config.Log.Printf("%s: to=<%s> status=deferred (%v)", q.ID, r.Address, err)
			left = append(left, recipient{Address: r.Address, Reason: err.Error()})
		}
	}
	return left, failed
}

// permanent tells whether trying again is pointless (RFC 5321, section 4.2.1).
func permanent(err error) bool {
	var reply *smtp.SMTPError
	return errors.As(err, &reply) && reply.Code/100 == 5
}

// expiredError is the end of a message that waited too long.
type expiredError struct{ last error }

func (e *expiredError) Error() string { return "message expired: " + e.last.Error() }

// hop is where a recipient goes next: to a node by LMTP, or to the MX of a
// domain.
type hop struct{ node, domain string }

// sort groups the recipients by their next hop.
func (s *Server) sort(rcpts []recipient) map[hop][]string {
	groups := map[hop][]string{}
	for _, r := range rcpts {
		h := hop{domain: domainOf(r.Address)}
		if s.local(r.Address) {
			h = hop{node: s.config.Node.Mail.DeliverTo}
		}
		if !slices.ContainsFunc(groups[h], func(a string) bool { return strings.EqualFold(a, r.Address) }) {
			groups[h] = append(groups[h], r.Address)
		}
	}
	return groups
}
