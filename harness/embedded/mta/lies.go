package mta

import (
	"bytes"
	"slices"
	"time"

	"maildrill/harness/identity"
	"maildrill/harness/ledger"
	"maildrill/harness/topology"
)

// fate is what a node with planted defects does to one message, instead of
// what it says.
type fate struct {
	lose, duplicate, corrupt, falseDSN bool
	delay                              time.Duration
	topology.Lie
}

// fateOf looks the message up by the sequence number in its envelope sender.
// Only the workload is lied about.
func fateOf(d *topology.Defects, sender string) fate {
	token, err := identity.FromAddress(sender)
	if d == nil || err != nil || token.Stream != ledger.StreamWorkload {
		return fate{}
	}
	return fate{
		lose:      slices.Contains(d.Lose, token.Seq),
		duplicate: slices.Contains(d.Duplicate, token.Seq),
		corrupt:   slices.Contains(d.Corrupt, token.Seq),
		falseDSN:  slices.Contains(d.FalseDSN, token.Seq),
		delay:     d.Delay,
		Lie:       d.Lies[token.Seq],
	}
}

// forgets tells whether the message is lost because of what other nodes are in
// now.
func (s *Server) forgets(sender string) bool {
	d := s.config.Node.Defects
	if d == nil || len(d.LoseWhile) == 0 || s.config.Holds == nil {
		return false
	}
	token, err := identity.FromAddress(sender)
	return err == nil && token.Stream == ledger.StreamWorkload && s.config.Holds(d.LoseWhile)
}

// copies is how many really go on.
func (f fate) copies() int {
	switch {
	case f.lose, f.falseDSN:
		return 0
	case f.duplicate:
		return 2
	}
	return 1
}

// alter changes one letter of the first body line that has one.
func (f fate) alter(message []byte) []byte {
	if !f.corrupt {
		return message
	}
	damaged := bytes.Clone(message)
	line := bytes.Index(damaged, []byte("\r\n\r\n")) + 4
	end := bytes.IndexByte(damaged[line:], '\r')
	if end < 0 {
		end = len(damaged) - line
	}
	for i := line + end - 1; i >= line; i-- {
		if c := damaged[i]; c >= 'a' && c < 'z' {
			damaged[i]++
			break
		}
	}
	return damaged
}
