package identity

import (
	"bufio"
	"errors"
	"io"
	"sync"
)

// Class tells whose message was found.
type Class string

const (
	Ours  Class = "ours"
	Stale Class = "stale" // a drill's, but another run's
	Alien Class = "alien" // no token
)

// Found is what a message read back says.
type Found struct {
	Class      Class
	Token      Token
	Attempt    int
	Recipients []string
	Intact     bool
	Damage     string   // how it is damaged, for people
	Hops       []string // "host queue-id" of each Received header, newest first
	Unmarked   bool     // it lacks the field that the key seeks
}

// Inspect reads one message. It tolerates LF line ends and hostile bytes, and
// needs a bounded amount of memory. The error is the reader's own; whatever is
// wrong with the message is in Found.
//
// The token is taken from the first place that still has it: the header
// [HeaderToken], Message-ID, Subject, or the first body line. A message that
// lost any of the headers that the drill sent is damaged.
func (k Key) Inspect(r io.Reader) (Found, error) {
	b := readers.Get().(*bufio.Reader)
	b.Reset(r)
	defer func() { b.Reset(nil); readers.Put(b) }()
	h, err := readHeaders(b, k.mark)
	if err != nil {
		return Found{Class: Alien}, err
	}
	f := Found{Class: Alien}
	h.describe(&f)
	for _, text := range h.candidates() {
		k.identify(text, &f)
	}
	c := newBodyCheck()
	first, err := readLine(b)
	k.identify(firstToken(first), &f)
	if f.Class == Ours {
		c.head = append(k.AppendToken(c.head[:0], f.Token), ':')
		err = c.read(b, first, err)
		f.Damage = damage(h, k, c)
		f.Intact = f.Damage == ""
		return f, err
	}
	if err == nil {
		_, err = io.Copy(io.Discard, b)
	}
	return f, ignoreEOF(err)
}

// readers are the buffers of messages that were read: a new one for each would be
// most of the work.
var readers = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, maxLine) }}

// identify takes a text for the token if it is one and no better was found.
func (k Key) identify(text string, f *Found) {
	if f.Class == Ours {
		return
	}
	t, err := k.Decode(text)
	switch {
	case err == nil:
		f.Class, f.Token = Ours, t
	case errors.Is(err, ErrForeign):
		f.Class = Stale
	}
}

// damage gives the first thing that is wrong, from top to bottom.
func damage(h headers, k Key, c *bodyCheck) string {
	if !h.whole {
		return "truncated in the headers"
	}
	if why := h.damage(k); why != "" {
		return why
	}
	return c.damage
}
