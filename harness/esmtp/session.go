package esmtp

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"syscall"
	"time"

	"maildrill/harness/ledger"
)

// Session is the client's side of one SMTP session, used by one goroutine. After
// a broken ending nothing but [Session.Close] is of use.
type Session struct {
	socket   net.Conn // as it was handed over
	conn     net.Conn // the same, or TLS over it
	stop     func() bool
	in       *bufio.Reader
	out      []byte        // what is written with the next flush
	patience time.Duration // for each reply and each block of data
	// exact: the connection's count of bytes is the kernel's own, so that a
	// failed write tells how far it came. Layers above a socket may report less
	// than they have sent.
	exact   bool
	offers  map[string]string // EHLO keyword in capitals, and its parameters
	pipes   bool              // PIPELINING is offered
	ends    []Ending          // by recipient, of the transaction at hand
	owed    int               // replies that the server has still to give
	leaving bool              // QUIT was sent
	ahead   bool              // the envelope of the next message was sent
	clean   bool              // MAIL may be sent
	broken  bool              // nothing that the server says has a meaning any more
}

// buffers are what a session needs while it lasts.
type buffers struct {
	in   *bufio.Reader
	out  []byte
	ends []Ending
}

// spare holds buffers of sessions that ended. A buffer that a large message
// made grow is not kept.
var spare = sync.Pool{New: func() any { return &buffers{in: bufio.NewReaderSize(nil, replyLine)} }}

const bufferMost = 2 * block

// New begins a session on a connection, which belongs to the session from now
// on and is closed when the context ends. Patience bounds the wait for each
// reply and for each block of data.
func New(ctx context.Context, conn net.Conn, patience time.Duration) *Session {
	b := spare.Get().(*buffers)
	b.in.Reset(conn)
	_, exact := conn.(syscall.Conn)
	return &Session{socket: conn, conn: conn, stop: context.AfterFunc(ctx, func() { _ = conn.Close() }),
		in: b.in, out: b.out[:0], ends: b.ends[:0], patience: patience, exact: exact}
}

// offered tells whether the server named an extension.
func (s *Session) offered(keyword string) bool {
	_, ok := s.offers[keyword]
	return ok
}

// Usable tells whether another message may be offered: the last one came to a
// complete reply, and the server did not say that it closes (421).
func (s *Session) Usable() bool { return s.clean && (s.owed == 0 || s.ahead) && !s.leaving }

// Pipelines tells whether the server takes commands in groups.
func (s *Session) Pipelines() bool { return s.pipes }

// ask sends one command and reads its reply.
func (s *Session) ask(p ledger.Phase, want int, command ...string) (Reply, Ending) {
	s.command(command...)
	if end := s.flush(p); end.Ended() {
		return Reply{}, end
	}
	return s.expect(p, want)
}

// command puts a command of several parts into the buffer.
func (s *Session) command(parts ...string) {
	for _, p := range parts {
		s.out = append(s.out, p...)
	}
	s.out = append(s.out, '\r', '\n')
	s.owed++
}

// expect reads a reply whose first digit should be want.
func (s *Session) expect(p ledger.Phase, want int) (Reply, Ending) {
	got, err := s.read(s.patience)
	switch {
	case err != nil:
		return got, s.fail(p, err)
	case got.Code/100 == want:
		return got, Ending{}
	case got.Code < 400:
		s.broken = true
		return got, Ending{Phase: p, Reply: got, Err: got.unexpected()}
	}
	return got, Ending{Phase: p, Reply: got}
}

// fail is a broken ending.
func (s *Session) fail(p ledger.Phase, err error) Ending {
	s.broken = true
	return Ending{Phase: p, Err: err}
}

// read reads one reply. Its last byte comes before the patience ends, however
// slowly the others come.
func (s *Session) read(patience time.Duration) (Reply, error) {
	if !s.heard() {
		if err := s.conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
			return Reply{}, fmt.Errorf("read a reply: %w", err)
		}
	}
	got, err := readReply(s.in)
	if err != nil {
		return Reply{}, fmt.Errorf("read a reply: %w", err)
	}
	s.owed--
	return got, nil
}

// heard tells whether a whole one-line reply was read already, so that no
// deadline is needed.
func (s *Session) heard() bool {
	n := s.in.Buffered()
	if n < 4 {
		return false
	}
	waiting, err := s.in.Peek(n)
	return err == nil && waiting[3] == ' ' && bytes.IndexByte(waiting, '\n') > 0
}

// errEarly is about a server that answers what it was not asked yet.
var errEarly = errors.New("the server spoke before it was asked")

// flush writes the buffer.
func (s *Session) flush(p ledger.Phase) Ending {
	if s.in.Buffered() > 0 {
		return s.fail(p, errEarly)
	}
	_, err := s.write(s.out)
	s.out = s.out[:0]
	if err != nil {
		return s.fail(p, err)
	}
	return Ending{}
}

func (s *Session) write(b []byte) (int, error) {
	if err := s.conn.SetWriteDeadline(time.Now().Add(s.patience)); err != nil {
		return 0, fmt.Errorf("write: %w", err)
	}
	n, err := s.conn.Write(b)
	if err != nil {
		return n, fmt.Errorf("write: %w", err)
	}
	return n, nil
}

// quitPatience bounds the wait for the reply to QUIT and for others that change
// nothing any more.
const quitPatience = time.Second

// Close ends the session, politely if it is whole (RFC 5321, section 4.1.1.10),
// and the connection in any case.
func (s *Session) Close() {
	if s.in == nil {
		return
	}
	if !s.broken {
		s.quit()
	}
	s.stop()
	_ = s.socket.Close() // nothing depends on it any more
	b := &buffers{in: s.in}
	b.in.Reset(nil)
	if cap(s.out) <= bufferMost {
		b.out, b.ends = s.out, s.ends
	}
	s.in, s.out, s.ends, s.clean = nil, nil, nil, false
	spare.Put(b)
}

// leave puts QUIT into the buffer.
func (s *Session) leave() {
	s.command("QUIT")
	s.leaving = true
}

// quit says QUIT, if that was not said yet, and hears the server out. If DATA
// travelled with recipients that were all refused and the server wants a
// message nevertheless, there is nothing to hear: QUIT is a line of text to it,
// and without the final dot it has to throw that away.
func (s *Session) quit() {
	if !s.leaving {
		s.leave()
		if _, err := s.write(s.out); err != nil {
			return
		}
	}
	if s.conn.SetReadDeadline(time.Now().Add(quitPatience)) != nil {
		return
	}
	for s.owed > 0 {
		got, err := readReply(s.in)
		if err != nil || got.Code/100 == 3 {
			return
		}
		s.owed--
	}
}
