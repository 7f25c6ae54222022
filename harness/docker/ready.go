package docker

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"time"

	"maildrill/harness/pause"
	"maildrill/harness/starttls"
	"maildrill/harness/topology"
)

const (
	readyLimit   = time.Minute            // unless the node's health says otherwise
	readyEvery   = 25 * time.Millisecond  // between two attempts
	readyAttempt = 3 * time.Second        // for one dialogue
	aliveEvery   = 500 * time.Millisecond // between two looks whether the server still runs
)

// readyWithin waits until the node answers as its health demands, by real dialogue
// from the outside. A server that has ended is not waited for.
func (s *System) readyWithin(ctx context.Context, p planned) error {
	health := healthOf(p)
	if health.Service == "" {
		return nil
	}
	select {
	case <-s.vantage:
	case <-ctx.Done():
		return ctx.Err()
	}
	limit, cancel := context.WithTimeout(ctx, orElse(health.Timeout, readyLimit))
	defer cancel()
	looked := time.Now()
	var last error
	for {
		err := s.greet(limit, p, health)
		if err == nil {
			return nil
		}
		// An attempt that the limit cut short tells less than the one before.
		if last == nil || limit.Err() == nil {
			last = err
		}
		if time.Since(looked) > aliveEvery {
			looked = time.Now()
			if ended := s.ended(limit, p); ended != nil {
				return fmt.Errorf("%w; its last words: %s", ended, s.lastWords(ctx, p))
			}
		}
		if !pause.For(limit, readyEvery) {
			return fmt.Errorf("not ready on %s: %w; its last words: %s", health.Service, last, s.lastWords(ctx, p))
		}
	}
}

func orElse(d, otherwise time.Duration) time.Duration {
	if d > 0 {
		return d
	}
	return otherwise
}

// greet is one attempt.
func (s *System) greet(ctx context.Context, p planned, health topology.Health) error {
	ctx, cancel := context.WithTimeout(ctx, readyAttempt)
	defer cancel()
	conn, err := s.Dial(ctx, p.Name, health.Service)
	if err != nil {
		return err
	}
	defer conn.Close()
	deadline, _ := ctx.Deadline()
	if err := conn.SetDeadline(deadline); err != nil {
		return err
	}
	users := health.Service == topology.IMAP && len(s.layout.topology.Accounts) > 0 && s.layout.knowsUsers(p.Node)
	if users {
		if conn, err = starttls.IMAP(conn); err != nil {
			return err
		}
	}
	if err := expect(conn, health.Expect); err != nil || !users {
		return err
	}
	return login(conn, s.layout.topology.Accounts[0])
}

// knowsUsers tells whether a node's server has the accounts of the drill: of an image
// of somebody's own, whether a script makes them somewhere.
func (l layout) knowsUsers(n topology.Node) bool {
	if n.Server == "custom" {
		return slices.ContainsFunc(l.nodes, func(p planned) bool { return p.Accounts != "" })
	}
	return slices.ContainsFunc(n.Runs(), func(s topology.Software) bool { return s.State["mail"] != "" })
}

// expect reads as much as the greeting must begin with.
func expect(conn io.Reader, greeting string) error {
	got := make([]byte, len(greeting))
	n, err := io.ReadFull(conn, got)
	if string(got[:n]) != greeting {
		return errors.Join(fmt.Errorf("greeting begins with %q, want %q", got[:n], greeting), err)
	}
	return nil
}

// login makes sure that accounts work too: an IMAP server greets before its
// user database is ready (RFC 3501, section 6.2.3).
func login(conn net.Conn, a topology.Account) error {
	if _, err := fmt.Fprintf(conn, "r1 LOGIN %s %s\r\n", quote(a.User), quote(a.Password)); err != nil {
		return err
	}
	lines := bufio.NewScanner(conn)
	for lines.Scan() {
		answer, tagged := strings.CutPrefix(lines.Text(), "r1 ")
		switch {
		case tagged && strings.HasPrefix(answer, "OK"):
			return nil
		case tagged:
			return fmt.Errorf("login as %s: %s", a.User, answer)
		}
	}
	return errors.Join(fmt.Errorf("login as %s: no answer", a.User), lines.Err())
}

// quote makes a quoted string (RFC 3501, section 4.3).
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
