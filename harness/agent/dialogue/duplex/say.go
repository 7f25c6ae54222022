package duplex

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"time"

	"maildrill/faults"
	"maildrill/harness/agent/dialogue"
	"maildrill/harness/pause"
)

// Tell hands something whole on to the client. It ends c, if that is given: who
// waits for that speaks after it.
func (t *Talk) Tell(c *Command, write func(io.Writer) error) error {
	t.out.Lock()
	defer t.out.Unlock()
	if t.parted {
		return ErrOver
	}
	if c != nil {
		t.close(c) // before the client hears of it, and says the next
	}
	return write(t.Client)
}

// Say says something of the drill's own, when every command before it has its
// answer.
func (t *Talk) Say(text string) error {
	t.Settle()
	return t.Tell(nil, func(w io.Writer) error { _, err := io.WriteString(w, text); return err })
}

// Part says the last word to the client. Its error is never nil.
func (t *Talk) Part(text string) error {
	t.out.Lock()
	defer t.out.Unlock()
	if t.parted {
		return ErrOver
	}
	t.parted = true
	_, err := io.WriteString(t.Client, text)
	if h, ok := t.Client.Conn.(interface{ CloseWrite() error }); ok {
		_ = h.CloseWrite()
	}
	return errors.Join(err, ErrOver)
}

// Delay waits, unless the rule is taken. A look need not wait as long as others.
func (t *Talk) Delay(d time.Duration) {
	if t.Look {
		d = min(d, faults.LookWait)
	}
	t.Meter.Add("delays")
	pause.For(t.ctx, d)
}

// readTime is what a look is given to read what was said before a reset, which
// throws away what was not read yet.
const readTime = 50 * time.Millisecond

// Reset cuts both ends off. Its error is never nil.
func (t *Talk) Reset() error {
	if t.Look {
		pause.For(t.ctx, readTime)
	}
	dialogue.Reset(t.Client.Conn)
	dialogue.Reset(t.Server.Conn)
	return ErrOver
}

// Hear hands on what the server says from here on, unread.
func (t *Talk) Hear() error { return t.raw(t.Client, t.Server) }

// raw ends with the rule.
func (t *Talk) raw(to, from *End) error {
	stop := context.AfterFunc(t.ctx, func() { _ = from.SetReadDeadline(past) })
	defer stop()
	if _, err := io.Copy(to, from.r); err != nil {
		return err
	}
	return io.EOF
}

// Hit tells whether an occasion meets a share of them; that of a look always
// does.
func (t *Talk) Hit(share float64) bool { return t.Look || rand.Float64() < share }
