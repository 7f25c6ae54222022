package faulttest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"syscall"
	"time"

	"maildrill/faults"
	"maildrill/harness/agent/dialogue"
	"maildrill/harness/agent/dialogue/speakers"
	"maildrill/harness/agent/streams"
)

func init() {
	effects[faults.Dialogue] = func(_ *Node, r faults.Rule, v faults.Visit, s *faults.Sight) error {
		var spec faults.DialogueSpec
		if err := r.Decode(&spec); err != nil {
			return err
		}
		speaker, err := speakers.New(spec.Protocol, spec.Script)
		if err != nil || !slices.Contains(spec.To, v.To) {
			return err
		}
		return through(speaker, strangers[spec.Protocol], v, s)
	}
	effects[faults.Streams] = func(_ *Node, r faults.Rule, v faults.Visit, s *faults.Sight) error {
		var spec faults.StreamSpec
		if err := r.Decode(&spec); err != nil {
			return err
		}
		speaker, err := streams.New(spec)
		if err != nil || !slices.Contains(spec.To, v.To) {
			return err
		}
		return through(speaker, strangers["smtp"], v, s)
	}
}

// through makes the attempt through a real speaker, at a server that knows
// nobody.
func through(speaker dialogue.Speaker, server func(net.Conn), v faults.Visit, s *faults.Sight) error {
	client, front, err := wire()
	if err != nil {
		return err
	}
	defer client.Close()
	back, far, err := wire()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go serve(server, far)
	go func() {
		_ = speaker.Speak(ctx, visitor{front}, back, &dialogue.Meter{})
		_ = front.Close()
		_ = back.Close()
	}()
	return attempt(client, v, s)
}

// wire is a connection, by both ends.
func wire() (*net.TCPConn, *net.TCPConn, error) {
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, nil, err
	}
	defer l.Close()
	a, err := net.DialTCP("tcp", nil, l.Addr().(*net.TCPAddr))
	if err != nil {
		return nil, nil, err
	}
	b, err := l.AcceptTCP()
	return a, b, err
}

// visitor comes from one of the ports that are kept for visits.
type visitor struct{ *net.TCPConn }

func (visitor) RemoteAddr() net.Addr {
	return &net.TCPAddr{IP: net.IPv4(198, 18, 0, 2), Port: int(faults.VisitorPorts[0])}
}

// attempt is what package visit does, on a connection that exists.
func attempt(c net.Conn, v faults.Visit, s *faults.Sight) error {
	began := time.Now()
	*s = faults.Sight{Connected: time.Microsecond}
	_ = c.SetDeadline(began.Add(v.Timeout))
	from, greeting := bufio.NewReader(c), make([]byte, len(v.Greeting))
	if _, err := io.ReadFull(from, greeting); err != nil {
		return failed(err)
	}
	if string(greeting) != v.Greeting {
		return fmt.Errorf("greeting begins with %q, want %q", greeting, v.Greeting)
	}
	s.Greeted = time.Since(began)
	if len(greeting) > 0 && len(v.Say) > 0 {
		if _, err := from.ReadSlice('\n'); err != nil {
			return failed(err)
		}
	}
	if _, err := c.Write(v.Say); err != nil {
		return failed(err)
	}
	answer := make([]byte, v.Hear)
	n, err := io.ReadFull(from, answer)
	s.Bytes, s.Heard = answer[:n], time.Since(began)
	if err != nil {
		return failed(err)
	}
	return nil
}

func failed(err error) error {
	switch {
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return fmt.Errorf("%w: %v", faults.ErrReset, err)
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%w: %v", faults.ErrNoGreeting, err)
	}
	return err
}
