// Package visit makes attempts at addresses from within a network namespace:
// what a node would see if it tried.
package visit

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"maildrill/faults"
	"maildrill/harness/agent/enter"
)

// From makes one attempt from the network namespace at the path.
func From(ctx context.Context, namespace string, v faults.Visit) (faults.Sight, error) {
	ctx, cancel := context.WithTimeout(ctx, v.Timeout)
	defer cancel()
	began := time.Now()
	conn, err := dial(ctx, namespace, v)
	if err != nil {
		return faults.Sight{}, classify(err)
	}
	defer conn.Close()
	s := faults.Sight{Connected: time.Since(began)}
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return s, err
		}
	}
	err = converse(conn, v, &s, began)
	return s, err
}

// converse waits for the greeting, says its words and hears the answer.
func converse(conn net.Conn, v faults.Visit, s *faults.Sight, began time.Time) error {
	from := bufio.NewReader(conn)
	greeting := make([]byte, len(v.Greeting))
	if _, err := io.ReadFull(from, greeting); err != nil {
		return ungreeted(err)
	}
	if string(greeting) != v.Greeting {
		return fmt.Errorf("greeting begins with %q, want %q", greeting, v.Greeting)
	}
	s.Greeted = time.Since(began)
	if len(greeting) > 0 && len(v.Say) > 0 {
		if _, err := from.ReadSlice('\n'); err != nil { // the rest of the greeting's line is no answer
			return ungreeted(err)
		}
	}
	if len(v.Say) > 0 {
		if _, err := conn.Write(v.Say); err != nil {
			return classify(err)
		}
	}
	if v.Secure != nil {
		return secure(conn, from, v, s)
	}
	if v.Hear == 0 {
		return nil
	}
	return hear(from, v, s, began)
}

// hear reads the answer: as much of a stream as is asked for, or one datagram.
func hear(from *bufio.Reader, v faults.Visit, s *faults.Sight, began time.Time) error {
	answer := make([]byte, v.Hear)
	read := io.ReadFull
	if v.Network == "udp" {
		read = func(r io.Reader, b []byte) (int, error) { return r.Read(b) }
	}
	n, err := read(from, answer)
	s.Bytes, s.Heard = answer[:n], time.Since(began)
	if err != nil {
		return ungreeted(err)
	}
	return nil
}

// tries is how many source ports may be taken.
const tries = 50

var next atomic.Uint32

// dial makes the socket in the namespace.
func dial(ctx context.Context, namespace string, v faults.Visit) (conn net.Conn, err error) {
	err = enter.Network(namespace, func() error {
		for range tries {
			if conn, err = attempt(ctx, v); !errors.Is(err, syscall.EADDRINUSE) && !errors.Is(err, syscall.EADDRNOTAVAIL) {
				break
			}
		}
		return err
	})
	return conn, err
}

// attempt connects from the next of the ports that are kept for visits.
func attempt(ctx context.Context, v faults.Visit) (net.Conn, error) {
	first, last := uint32(faults.VisitorPorts[0]), uint32(faults.VisitorPorts[1])
	port := int(first + next.Add(1)%(last-first+1))
	d := net.Dialer{LocalAddr: &net.TCPAddr{Port: port}}
	if v.Network == "udp" {
		d.LocalAddr = &net.UDPAddr{Port: port}
	}
	return d.DialContext(ctx, v.Network, v.To.String())
}

// ungreeted: the connection was there and nothing, or not all, came.
func ungreeted(err error) error {
	if errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.ECONNREFUSED) {
		return classify(err)
	}
	return fmt.Errorf("%w: %v", faults.ErrNoGreeting, err)
}

// classify says in the terms of package faults how an attempt failed
// (connect(2)).
func classify(err error) error {
	var timeout net.Error
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("%w: %v", faults.ErrRefused, err)
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return fmt.Errorf("%w: %v", faults.ErrReset, err)
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.ENETDOWN):
		return fmt.Errorf("%w: %v", faults.ErrUnreachable, err)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded),
		errors.As(err, &timeout) && timeout.Timeout():
		return fmt.Errorf("%w: %v", faults.ErrNoAnswer, err)
	}
	return err
}
