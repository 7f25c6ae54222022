package store

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
)

// POP3 (RFC 1939), with CAPA (RFC 2449) and TOP. Unique-ids are made of
// UIDVALIDITY and UID, as many servers do.

const (
	popIdle = 10 * time.Minute // RFC 1939, section 3: at least
	popLine = 512              // longest command
)

// ServePOP3 serves until the context ends, and waits for the sessions.
func (s *Store) ServePOP3(ctx context.Context, port Port) {
	var all sync.WaitGroup
	all.Go(func() {
		for {
			conn, err := port.Accept()
			if err != nil {
				return // it ends with the port
			}
			all.Go(func() { s.servePOP(conn) })
		}
	})
	<-ctx.Done()
	port.Cut()
	all.Wait()
}

func (s *Store) servePOP(conn net.Conn) {
	defer conn.Close()
	p := &popSession{store: s, conn: conn, out: bufio.NewWriter(conn), deleted: map[int]bool{}}
	lines := bufio.NewReaderSize(conn, popLine)
	p.answer("+OK maildrop ready")
	for !p.over {
		if p.out.Flush() != nil || conn.SetReadDeadline(time.Now().Add(popIdle)) != nil {
			return
		}
		line, err := lines.ReadSlice('\n')
		if err != nil {
			return // without QUIT nothing is deleted (RFC 1939, section 6)
		}
		p.take(string(bytes.TrimRight(line, "\r\n")))
	}
	_ = p.out.Flush() // the client has gone, or it has its answer
}

// popSession is one POP3 connection: in the AUTHORIZATION state while box is
// nil, then in the TRANSACTION state.
type popSession struct {
	store   *Store
	conn    net.Conn
	out     *bufio.Writer
	name    string
	user    *user
	box     *box
	drop    []*message // as it was at the login
	deleted map[int]bool
	over    bool
}

func (p *popSession) answer(text string) { _, _ = p.out.WriteString(text + "\r\n") } // Flush tells of an error

// popCommands are what a session takes, with the state that they need.
var popCommands = map[string]struct {
	loggedIn bool
	run      func(*popSession, []string) error
}{
	"CAPA": {false, (*popSession).capa},
	"USER": {false, func(p *popSession, a []string) error { p.name = first(a); p.answer("+OK"); return nil }},
	"PASS": {false, (*popSession).pass},
	"QUIT": {false, (*popSession).quit},
	"STAT": {true, (*popSession).stat},
	"LIST": {true, func(p *popSession, a []string) error {
		return p.listing(a, func(m *message) string { return strconv.FormatInt(m.size, 10) })
	}},
	"UIDL": {true, func(p *popSession, a []string) error { return p.listing(a, p.uniqueID) }},
	"RETR": {true, func(p *popSession, a []string) error { return p.text(a, -1) }},
	"TOP":  {true, (*popSession).top},
	"DELE": {true, (*popSession).dele},
	"NOOP": {true, func(p *popSession, _ []string) error { p.answer("+OK"); return nil }},
	"RSET": {true, func(p *popSession, _ []string) error { clear(p.deleted); p.answer("+OK"); return nil }},
}

func first(arguments []string) string {
	if len(arguments) == 0 {
		return ""
	}
	return arguments[0]
}

func (p *popSession) take(line string) {
	words := strings.Fields(line)
	c, known := popCommands[strings.ToUpper(first(words))]
	switch {
	case !known:
		p.answer("-ERR no such command")
	case c.loggedIn && p.box == nil:
		p.answer("-ERR log in first")
	default:
		if err := c.run(p, words[1:]); err != nil {
			p.answer("-ERR " + err.Error())
		}
	}
}

func (p *popSession) capa([]string) error {
	p.answer("+OK\r\nUSER\r\nTOP\r\nUIDL\r\n.")
	return nil
}

func (p *popSession) pass(arguments []string) error {
	u, ok := p.store.login(p.name, first(arguments))
	if !ok || p.box != nil {
		return errors.New("[AUTH] no such user, or the wrong password")
	}
	b, err := u.box(inbox)
	if err != nil {
		return err
	}
	b.mu.Lock()
	p.user, p.box, p.drop = u, b, append(p.drop, b.messages...)
	b.mu.Unlock()
	p.answer("+OK")
	return nil
}

// quit enters the UPDATE state: only now messages are removed.
func (p *popSession) quit([]string) error {
	p.over = true
	var uids imap.UIDSet
	for n := range p.deleted {
		uids.AddNum(p.drop[n-1].uid)
	}
	if len(uids) > 0 {
		if p.box.gone.Load() {
			return errors.New("the mailbox is gone; nothing was removed")
		}
		if err := p.box.take(uids); err != nil {
			return fmt.Errorf("some deleted messages not removed: %w", err)
		}
	}
	p.answer("+OK")
	return nil
}

func (p *popSession) stat([]string) error {
	count, size := 0, int64(0)
	for i, m := range p.drop {
		if !p.deleted[i+1] {
			count, size = count+1, size+m.size
		}
	}
	p.answer(fmt.Sprintf("+OK %d %d", count, size))
	return nil
}

// message finds the one that a command names.
func (p *popSession) message(arguments []string) (int, *message, error) {
	n, err := strconv.Atoi(first(arguments))
	if err != nil || n < 1 || n > len(p.drop) || p.deleted[n] {
		return 0, nil, errors.New("no such message")
	}
	return n, p.drop[n-1], nil
}

// listing answers LIST and UIDL, for one message or for all.
func (p *popSession) listing(arguments []string, show func(*message) string) error {
	if len(arguments) > 0 {
		n, m, err := p.message(arguments)
		if err == nil {
			p.answer(fmt.Sprintf("+OK %d %s", n, show(m)))
		}
		return err
	}
	p.answer("+OK")
	for i, m := range p.drop {
		if !p.deleted[i+1] {
			p.answer(fmt.Sprintf("%d %s", i+1, show(m)))
		}
	}
	p.answer(".")
	return nil
}

func (p *popSession) uniqueID(m *message) string {
	p.user.mu.Lock()
	defer p.user.mu.Unlock()
	id := fmt.Sprintf("%08x%08x", p.box.validity, uint32(m.uid))
	if p.user.salt > 0 {
		id += fmt.Sprintf(".%d", p.user.salt)
	}
	return id
}

func (p *popSession) dele(arguments []string) error {
	n, _, err := p.message(arguments)
	if err == nil {
		p.deleted[n] = true
		p.answer("+OK")
	}
	return err
}

func (p *popSession) top(arguments []string) error {
	if len(arguments) < 2 {
		return errors.New("how many lines?")
	}
	lines, err := strconv.Atoi(arguments[1])
	if err != nil || lines < 0 {
		return errors.New("how many lines?")
	}
	return p.text(arguments, lines)
}

// text sends a message, or its header and some lines of its body (lines -1: all),
// with the dots of RFC 1939, section 3. It marks nothing as seen.
func (p *popSession) text(arguments []string, lines int) error {
	_, m, err := p.message(arguments)
	if err != nil {
		return err
	}
	text, err := m.text()
	if err != nil {
		return err
	}
	p.answer("+OK")
	r := bufio.NewReader(text)
	for body := false; !body || lines != 0; {
		line, err := r.ReadBytes('\n')
		line = bytes.TrimRight(line, "\r\n")
		if err != nil && len(line) == 0 {
			break
		}
		if body {
			lines--
		}
		body = body || len(line) == 0
		if bytes.HasPrefix(line, []byte(".")) {
			_ = p.out.WriteByte('.')
		}
		p.answer(string(line))
	}
	p.answer(".")
	return nil
}
