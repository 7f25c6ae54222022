package esmtp

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"maildrill/harness/ledger"
)

// Mail is one message with its envelope.
type Mail struct {
	From       string
	Recipients []string
	EnvelopeID string // ENVID (RFC 3461), where DSN is offered
	Content    []byte // lines ended by CRLF, the last one too
}

// Envelope offers the sender, each recipient, and DATA. The endings are by
// recipient, good until the next transaction; one that has not ended is taken,
// and the server waits for the content.
//
// Where the server allows it all of them go out together (RFC 2920); the replies
// are judged one by one all the same. When the connection is lost, recipients
// that the server refused before stay refused, the others end with it.
func (s *Session) Envelope(m Mail) []Ending {
	s.clean = false
	s.ends = slices.Grow(s.ends[:0], len(m.Recipients))[:len(m.Recipients)]
	clear(s.ends)
	if s.broken {
		s.settle(Ending{Phase: ledger.PhaseMail, Err: errLost})
		return s.ends
	}
	if !s.ahead {
		s.begin(m)
	}
	s.ahead = false
	if end := s.answer(ledger.PhaseMail, 2); end.Ended() {
		s.settle(end)
		return s.ends
	}
	if !s.heardRecipients(m) {
		return s.ends
	}
	if !s.pipes {
		s.command("DATA")
	}
	if end := s.answer(ledger.PhaseData, 3); end.Ended() {
		s.settle(end)
	}
	return s.ends
}

// begin puts MAIL into the buffer, and the rest of the envelope if it may follow
// at once.
func (s *Session) begin(m Mail) {
	s.mail(m)
	if s.pipes {
		s.rcpt(m.Recipients...)
		s.command("DATA")
	}
}

// errLost is about a session that ended before the transaction.
var errLost = errors.New("the session was lost before")

// heardRecipients tells whether anybody was taken, so that DATA matters.
func (s *Session) heardRecipients(m Mail) (taken bool) {
	for i, to := range m.Recipients {
		if !s.pipes {
			s.rcpt(to)
		}
		s.ends[i] = s.answer(ledger.PhaseRcpt, 2)
		if s.broken {
			s.settle(s.ends[i])
			return false
		}
		taken = taken || !s.ends[i].Ended()
	}
	return taken
}

// answer sends what waits to be sent and hears one reply.
func (s *Session) answer(p ledger.Phase, want int) Ending {
	if len(s.out) > 0 {
		if end := s.flush(p); end.Ended() {
			return end
		}
	}
	_, end := s.expect(p, want)
	return end
}

// settle ends all that has not ended.
func (s *Session) settle(end Ending) {
	for i := range s.ends {
		if !s.ends[i].Ended() {
			s.ends[i] = end
		}
	}
}

// Rehearse offers a sender and recipients and takes the offer back (RSET): it
// shows that a server takes mail without giving it any. The first refusal ends
// it. Nothing but [Session.Close] may follow.
func (s *Session) Rehearse(m Mail) Ending {
	s.clean = false
	s.mail(m)
	if s.pipes {
		s.rcpt(m.Recipients...)
		s.command("RSET")
		s.leave()
	}
	if end := s.answer(ledger.PhaseMail, 2); end.Ended() {
		return end
	}
	for _, to := range m.Recipients {
		if !s.pipes {
			s.rcpt(to)
		}
		if end := s.answer(ledger.PhaseRcpt, 2); end.Ended() {
			return end
		}
	}
	if !s.pipes {
		s.command("RSET")
	}
	end := s.answer(ledger.PhaseRcpt, 2)
	if end.Ended() {
		end.Err = fmt.Errorf("take the offer back: %w", end.Cause())
	}
	return end
}

func (s *Session) mail(m Mail) {
	s.out = append(append(append(s.out, "MAIL FROM:<"...), m.From...), '>')
	if s.offered("SIZE") {
		s.out = strconv.AppendInt(append(s.out, " SIZE="...), int64(len(m.Content)), 10)
	}
	if s.offered("DSN") {
		s.out = append(append(s.out, " RET=HDRS ENVID="...), m.EnvelopeID...)
	}
	s.command()
}

func (s *Session) rcpt(addresses ...string) {
	for _, address := range addresses {
		s.out = append(append(append(s.out, "RCPT TO:<"...), address...), '>')
		if s.offered("DSN") {
			s.out = appendXtext(append(s.out, " ORCPT=rfc822;"...), address)
		}
		s.command()
	}
}

// appendXtext writes the encoding of RFC 3461, section 4.
func appendXtext(b []byte, text string) []byte {
	const hex = "0123456789ABCDEF"
	for _, c := range []byte(text) {
		if c < '!' || c > '~' || c == '+' || c == '=' {
			b = append(b, '+', hex[c>>4], hex[c&15])
			continue
		}
		b = append(b, c)
	}
	return b
}
