package esmtp

import (
	"bytes"
	"time"

	"maildrill/harness/ledger"
)

// block is how much content is written under one deadline, in bytes.
const block = 64 << 10

// Content sends the message. Its last line end belongs to the terminator; and so
// that they can leave together, the last block may wait for [Session.Terminate].
func (s *Session) Content(message []byte) Ending {
	text := bytes.TrimSuffix(message, []byte("\r\n"))
	for at := 0; ; at += block {
		end := min(at+block, len(text))
		s.out = appendStuffed(s.out, text[at:end], at == 0 || text[at-1] == '\n')
		last := end == len(text)
		if last && s.exact {
			return Ending{}
		}
		if end := s.flush(ledger.PhaseContent); last || end.Ended() {
			return end
		}
	}
}

// appendStuffed gives each line that begins with a dot another one (RFC 5321,
// section 4.5.2). Fresh: the text begins a line.
func appendStuffed(b, text []byte, fresh bool) []byte {
	for len(text) > 0 {
		if fresh && text[0] == '.' {
			b = append(b, '.')
		}
		end := bytes.IndexByte(text, '\n') + 1
		if end == 0 {
			return append(b, text...)
		}
		b, text, fresh = append(b, text[:end]...), text[end:], true
	}
	return b
}

// Next is what follows a message in the group of its terminator (RFC 2920,
// section 3.1), where the server allows it: the end of the session, or the
// envelope of another message, whose replies [Session.Envelope] hears then. The
// zero value is nothing.
type Next struct {
	Quit bool
	Mail *Mail
}

// Terminate writes the terminator, with what waits of the content before it and
// what is next after it, and waits for the reply. From the first byte of the
// terminator on an error proves nothing.
func (s *Session) Terminate(patience time.Duration, next Next) Ending {
	if s.in.Buffered() > 0 {
		return s.fail(ledger.PhaseContent, errEarly)
	}
	content := len(s.out)
	s.command("\r\n.") // and a line end
	switch {
	case !s.pipes:
	case next.Quit:
		s.leave()
	case next.Mail != nil:
		s.begin(*next.Mail)
		s.ahead = true
	}
	n, err := s.write(s.out)
	s.out = s.out[:0]
	switch {
	case err != nil && s.exact && n <= content:
		return s.fail(ledger.PhaseContent, err)
	case err != nil:
		return s.fail(ledger.PhaseReply, err)
	}
	return s.verdict(patience)
}

// verdict reads the reply to the terminator.
func (s *Session) verdict(patience time.Duration) Ending {
	got, err := s.read(patience)
	switch {
	case err != nil:
		return s.fail(ledger.PhaseReply, err)
	case got.Code/100 == 3:
		s.broken = true
		return Ending{Phase: ledger.PhaseReply, Reply: got, Err: got.unexpected()}
	}
	s.clean = got.Code != closing
	if got.Code >= 400 {
		return Ending{Phase: ledger.PhaseReply, Reply: got}
	}
	return Ending{Phase: ledger.PhaseDone, Reply: got}
}

// closing is the reply of a server that closes the session (RFC 5321, section
// 3.8).
const closing = 421
