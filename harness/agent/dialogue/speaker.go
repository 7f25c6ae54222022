// Package dialogue plays mail protocols between a client and a server: it hands
// on what they say, and departs from it as a script asks. Each protocol is a
// sub-package with one [Speaker].
package dialogue

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"sync"
)

// Speaker plays one connection. It reads from both ends, closes neither, and
// returns when the dialogue is over; a reset is asked for with [Reset].
type Speaker interface {
	// Speak follows the script on one connection. What departs from the
	// transparent relay is counted on the meter.
	Speak(ctx context.Context, client, server net.Conn, m *Meter) error
}

// Maker reads a script, strictly, and makes the speaker that follows it. One
// speaker plays many connections, at the same time.
type Maker func(script json.RawMessage) (Speaker, error)

// Read reads a script for a [Maker]: a field that is unknown is an error.
func Read(script json.RawMessage, into any) error {
	d := json.NewDecoder(bytes.NewReader(script))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("read the script: %w", err)
	}
	return nil
}

// Meter counts by name. The zero value is ready.
type Meter struct {
	mu     sync.Mutex
	counts map[string]uint64
	sample []string
}

// Add counts something that met the script: "replies", "cuts".
func (m *Meter) Add(name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.counts == nil {
		m.counts = map[string]uint64{}
	}
	m.counts[name]++
}

// samples is how many lines of dialogue are kept as evidence.
const samples = 20

// Note keeps a line of the dialogue as evidence, the first few only.
func (m *Meter) Note(line string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.sample) < samples {
		m.sample = append(m.sample, line)
	}
}

// Counts gives what was counted so far, a copy.
func (m *Meter) Counts() map[string]uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := map[string]uint64{}
	for name, n := range m.counts {
		all[name] = n
	}
	return all
}

// Sample gives the lines that were kept.
func (m *Meter) Sample() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]string(nil), m.sample...)
}

// Reset ends a connection without a word: the peer sees ECONNRESET (tcp(7),
// SO_LINGER with a time of zero).
func Reset(c net.Conn) {
	if t, ok := c.(interface{ SetLinger(sec int) error }); ok {
		_ = t.SetLinger(0)
	}
	_ = c.Close()
}
