package mux

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"time"

	"github.com/hashicorp/yamux"
)

// Silence is how long a peer may leave a keep-alive unanswered.
const Silence = 20 * time.Second

const keepAliveEvery = 5 * time.Second

// ErrClosed is returned when the other side is gone.
var ErrClosed = errors.New("session closed")

// Session is one multiplexed pair of pipes.
type Session struct{ yamux *yamux.Session }

// Dial is maildrill's end of the pipes.
func Dial(pipes io.ReadWriteCloser) (*Session, error) {
	y, err := yamux.Client(&whole{ReadWriteCloser: pipes}, settings())
	if err != nil {
		return nil, fmt.Errorf("open session: %w", err)
	}
	return &Session{yamux: y}, nil
}

// Accept is the container's end of the pipes.
func Accept(pipes io.ReadWriteCloser) (*Session, error) {
	y, err := yamux.Server(&whole{ReadWriteCloser: pipes}, settings())
	if err != nil {
		return nil, fmt.Errorf("open session: %w", err)
	}
	return &Session{yamux: y}, nil
}

func settings() *yamux.Config {
	c := yamux.DefaultConfig()
	c.KeepAliveInterval = keepAliveEvery
	c.ConnectionWriteTimeout = Silence
	c.StreamCloseTimeout = time.Minute
	c.LogOutput = io.Discard
	return c
}

// Done is closed when the session is over, for whatever reason.
func (s *Session) Done() <-chan struct{} { return s.yamux.CloseChan() }

// Close ends the session and all its streams.
func (s *Session) Close() error { return s.yamux.Close() }

// Call asks a question and decodes the answer into out, which may be nil.
func (s *Session) Call(ctx context.Context, verb string, in, out any) error {
	stream, err := s.Stream(ctx, verb, in, out)
	if err != nil {
		return err
	}
	return stream.Close()
}

// Stream asks a question and keeps its stream, which the answering side
// goes on to use.
func (s *Session) Stream(ctx context.Context, verb string, in, out any) (net.Conn, error) {
	stream, err := s.yamux.OpenStream()
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", verb, closed(err))
	}
	stop := context.AfterFunc(ctx, func() { _ = stream.SetDeadline(time.Unix(1, 0)) })
	err = ask(stream, verb, in, out)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err == nil {
		return stream, nil
	}
	_ = stream.Close()
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return nil, fmt.Errorf("ask %s: %w", verb, err)
}

// Handler answers one question. The stream is closed when it returns.
type Handler func(ctx context.Context, q Question)

// Serve answers questions, each in a goroutine of its own, until the session
// is over or ctx ends. It returns when every handler has returned.
func (s *Session) Serve(ctx context.Context, handle Handler) error {
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(ctx, func() { _ = s.Close() })
	defer stop()
	var handlers sync.WaitGroup
	defer handlers.Wait()
	defer cancel()
	for {
		stream, err := s.yamux.AcceptStream()
		if err != nil {
			return closed(err)
		}
		handlers.Go(func() { answer(ctx, stream, handle) })
	}
}

func answer(ctx context.Context, stream *yamux.Stream, handle Handler) {
	defer stream.Close()
	stop := context.AfterFunc(ctx, func() { _ = stream.Close() })
	defer stop()
	q := Question{Stream: stream}
	if err := read(stream, &q); err != nil {
		return
	}
	handle(ctx, q)
}

// closed folds the ways in which a session can be over into one error.
func closed(err error) error {
	for _, end := range []error{io.EOF, io.ErrClosedPipe, os.ErrClosed, yamux.ErrSessionShutdown, yamux.ErrStreamClosed, yamux.ErrKeepAliveTimeout} {
		if errors.Is(err, end) {
			return fmt.Errorf("%w: %w", ErrClosed, err)
		}
	}
	return err
}
