package smtp

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net"
	"sync"
	"time"

	"maildrill/faults"
	"maildrill/harness/agent/authority"
	"maildrill/harness/agent/dialogue"
)

// New makes the speaker of SMTP that follows a [faults.SMTPScript].
func New(script json.RawMessage) (dialogue.Speaker, error) { return read(script, false) }

// NewLMTP is the same for LMTP, where each recipient has a reply of its own
// after the message.
func NewLMTP(script json.RawMessage) (dialogue.Speaker, error) { return read(script, true) }

func read(text json.RawMessage, lmtp bool) (dialogue.Speaker, error) {
	s := &speaker{lmtp: lmtp, first: map[string]time.Time{}, cut: map[[32]byte]bool{}}
	if err := dialogue.Read(text, &s.script); err != nil {
		return nil, err
	}
	if s.script.Certificate != "" {
		made, err := authority.New(faults.DrillAuthority)
		if err != nil {
			return nil, fmt.Errorf("make a certificate authority: %w", err)
		}
		s.authority = made
	}
	return s, nil
}

// speaker is what the connections of a script have in common.
type speaker struct {
	script    faults.SMTPScript
	lmtp      bool
	authority *authority.Authority

	mu     sync.Mutex
	first  map[string]time.Time // when a triple was first seen
	cut    map[[32]byte]bool    // messages that were cut
	passed []time.Time          // messages of the last while
}

// Speak implements dialogue.Speaker.
func (s *speaker) Speak(ctx context.Context, client, server net.Conn, m *dialogue.Meter) error {
	p := &play{speaker: s, ctx: ctx, wires: [2]net.Conn{client, server}, client: newEnd(client), server: newEnd(server), meter: m, look: dialogue.IsVisit(client)}
	return p.run()
}

// grey tells whether a triple is to come later.
func (s *speaker) grey(triple string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	seen, known := s.first[triple]
	if !known {
		s.first[triple] = time.Now()
		return true
	}
	return time.Since(seen) < s.script.Greylist
}

// full tells whether as many messages passed lately as may.
func (s *speaker) full() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	for len(s.passed) > 0 && now.Sub(s.passed[0]) >= s.script.RatePer {
		s.passed = s.passed[1:]
	}
	if len(s.passed) >= s.script.RateLimit {
		return true
	}
	s.passed = append(s.passed, now)
	return false
}

// again tells whether a message was cut before, and remembers it.
func (s *speaker) again(sum [sha256.Size]byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	seen := s.cut[sum]
	s.cut[sum] = true
	return seen
}
