package load

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"maildrill/faults"
)

// manner is what one client does with its connection; n is its number.
type manner func(ctx context.Context, s *Storm, conn net.Conn, n uint64) error

var manners = map[faults.Manner]manner{faults.Hold: hold, faults.Drip: drip, faults.Guess: guess, faults.Send: send}

// answerLimit bounds the wait for an answer.
const answerLimit = 30 * time.Second

// greeting reads the first line.
func (s *Storm) greeting(conn net.Conn) error {
	if err := conn.SetReadDeadline(time.Now().Add(answerLimit)); err != nil {
		return err
	}
	line, err := bufio.NewReader(io.LimitReader(conn, 1024)).ReadString('\n')
	if err != nil {
		return err
	}
	if !strings.HasPrefix(line, "220") && !strings.HasPrefix(line, "* OK") {
		s.denied.Add(1)
		return fmt.Errorf("greeted with %q", line)
	}
	s.greeted.Add(1)
	return conn.SetReadDeadline(time.Time{})
}

// hold stays until the server or the storm ends it.
func hold(_ context.Context, s *Storm, conn net.Conn, _ uint64) error {
	if s.spec.User != "" {
		return s.stay(conn)
	}
	if err := s.greeting(conn); err != nil {
		return err
	}
	_, err := io.Copy(io.Discard, conn)
	return err
}

// stay logs in, opens the inbox and waits there (IDLE, RFC 2177).
func (s *Storm) stay(conn net.Conn) error {
	c := imapclient.New(conn, nil)
	defer c.Close()
	if err := c.WaitGreeting(); err != nil {
		return err
	}
	s.greeted.Add(1)
	if err := c.Login(s.spec.User, s.spec.Password).Wait(); err != nil {
		s.denied.Add(1)
		return err
	}
	if _, err := c.Select("INBOX", &imap.SelectOptions{ReadOnly: true}).Wait(); err != nil {
		return err
	}
	s.accepted.Add(1)
	idle, err := c.Idle()
	if err != nil {
		return err
	}
	return idle.Wait()
}

// dripEvery is the time between two bytes: more often than a server's time-out
// for a command, which starts anew at each in some.
const dripEvery = time.Second

// drip never comes to the end of its command.
func drip(ctx context.Context, s *Storm, conn net.Conn, _ uint64) error {
	if err := s.greeting(conn); err != nil {
		return err
	}
	command := "NOOP "
	for i := 0; ; i++ {
		next := byte('x')
		if i < len(command) {
			next = command[i]
		}
		if _, err := conn.Write([]byte{next}); err != nil {
			return err
		}
		if !rest(ctx, dripEvery) {
			return nil
		}
	}
}

// guess tries one password, which is not the right one.
func guess(_ context.Context, s *Storm, conn net.Conn, n uint64) error {
	password := fmt.Sprintf("guess-%d", n)
	var err error
	if s.spec.Protocol == "imap" {
		err = guessIMAP(s, conn, password)
	} else {
		err = s.guessSMTP(conn, password)
	}
	return err
}

func guessIMAP(s *Storm, conn net.Conn, password string) error {
	c := imapclient.New(conn, nil)
	defer c.Close()
	if err := c.WaitGreeting(); err != nil {
		return err
	}
	s.greeted.Add(1)
	err := c.Login(s.spec.User, password).Wait()
	var no *imap.Error
	if errors.As(err, &no) {
		s.denied.Add(1)
		return nil
	}
	if err == nil {
		s.accepted.Add(1)
	}
	return err
}

func (s *Storm) guessSMTP(conn net.Conn, password string) error {
	c, err := s.speak(conn)
	if err != nil {
		return err
	}
	return s.answered(c.Auth(sasl.NewPlainClient("", s.spec.User, password)))
}

// speak is a client that was greeted.
func (s *Storm) speak(conn net.Conn) (*smtp.Client, error) {
	c := smtp.NewClient(conn)
	c.CommandTimeout, c.SubmissionTimeout = answerLimit, answerLimit
	if err := c.Hello("load.invalid"); err != nil {
		return nil, err
	}
	s.greeted.Add(1)
	return c, nil
}

// answered counts what the server said.
func (s *Storm) answered(err error) error {
	var no *smtp.SMTPError
	switch {
	case errors.As(err, &no):
		s.denied.Add(1)
		return nil
	case err == nil:
		s.accepted.Add(1)
	}
	return err
}

// send hands over one message.
func send(_ context.Context, s *Storm, conn net.Conn, n uint64) error {
	c, err := s.speak(conn)
	if err != nil {
		return err
	}
	if s.spec.User != "" {
		if err := c.Auth(sasl.NewPlainClient("", s.spec.User, s.spec.Password)); err != nil {
			s.denied.Add(1)
			return err
		}
	}
	to := s.spec.Rcpt[int(n)%len(s.spec.Rcpt)]
	err = c.SendMail(s.spec.From, []string{to}, strings.NewReader(message(s.spec, to, n)))
	if err := s.answered(err); err != nil {
		return err
	}
	return c.Quit()
}
