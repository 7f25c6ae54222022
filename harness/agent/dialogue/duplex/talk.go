package duplex

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"maildrill/harness/agent/dialogue"
)

// ErrOver ends a dialogue in order.
var ErrOver = errors.New("the dialogue is over")

// Command is one that the server knows of and has not answered yet.
type Command struct {
	Tag  string // of IMAP
	Verb string // in capitals
	// Text is what follows the verb, of the first piece of the line.
	Text string
	// Accepted: the answer was OK. It may be read when the command is over.
	Accepted bool
}

// Talk is the dialogue on one connection.
type Talk struct {
	Client, Server *End
	Meter          *dialogue.Meter
	Look           bool // the drill itself is the client
	ctx            context.Context

	mu     sync.Mutex
	change *sync.Cond
	open   []*Command
	more   bool // the server asked for more, and the client has not said it yet
	ended  bool // the server says nothing any more

	out    sync.Mutex // held while something whole is said to the client
	parted bool       // the last word was said
}

// New makes the dialogue of a connection.
func New(ctx context.Context, client, server net.Conn, m *dialogue.Meter) *Talk {
	t := &Talk{Client: newEnd(client), Server: newEnd(server), Meter: m, Look: dialogue.IsVisit(client), ctx: ctx}
	t.change = sync.NewCond(&t.mu)
	return t
}

// past is a deadline that ends what waits.
var past = time.Unix(1, 0)

// partTime is how long a client has to read the last word before its connection
// goes.
const partTime = time.Second

// Run hands each line of the client's on by obey, and each of the server's by
// hand, until one of the two is over.
func (t *Talk) Run(obey, hand func(Line) error) error {
	answered := make(chan error, 1)
	go func() {
		err := t.answers(hand)
		t.end()
		_ = t.Client.SetReadDeadline(past) // nobody is left to be asked
		answered <- err
	}()
	err := t.commands(obey)
	if h, ok := t.Server.Conn.(interface{ CloseWrite() error }); ok && errors.Is(err, io.EOF) {
		_ = h.CloseWrite()
	} else {
		_ = t.Server.SetReadDeadline(past)
	}
	answersErr := <-answered
	if t.parted {
		_ = t.Client.SetReadDeadline(time.Now().Add(partTime))
		_, _ = io.Copy(io.Discard, t.Client.r) // bytes that nobody reads would turn the end into a reset
	}
	for _, e := range []error{err, answersErr} {
		if errors.Is(e, ErrOver) || errors.Is(e, io.EOF) {
			return nil
		}
	}
	return errors.Join(err, answersErr)
}

// commands ends with the rule when all that was asked is answered.
func (t *Talk) commands(obey func(Line) error) error {
	for {
		l, err := t.Next()
		if errors.Is(err, ErrOver) {
			t.Settle()
		}
		if err == nil {
			err = obey(l)
		}
		if err != nil {
			return err
		}
	}
}

func (t *Talk) answers(hand func(Line) error) error {
	for {
		l, err := t.Server.Line()
		if err != nil {
			_, _ = t.Client.Write(l.Text)
			return err
		}
		if err := hand(l); err != nil {
			return err
		}
	}
}

func (t *Talk) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ended = true
	t.change.Broadcast()
}

// Next waits for a line of the client's. When the rule is taken, the dialogue
// ends there: nothing is at stake between two commands.
func (t *Talk) Next() (Line, error) {
	if t.ctx.Err() != nil {
		return Line{}, ErrOver
	}
	stop := context.AfterFunc(t.ctx, func() { _ = t.Client.SetReadDeadline(past) })
	l, err := t.Client.Line()
	if !stop() {
		return Line{}, ErrOver
	}
	if err != nil && len(l.Text) > 0 {
		_, _ = t.Server.Write(l.Text)
	}
	return l, err
}
