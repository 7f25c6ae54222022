package stored

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"strings"

	"maildrill/harness/ledger"
	"maildrill/harness/topology"
)

// pop is a POP3 session (RFC 1939).
type pop struct {
	conn net.Conn
	text *textproto.Conn
	stop func() bool
}

// popLogin opens one. Everything on it ends with the context.
func (w *worker) popLogin(ctx context.Context) (*pop, error) {
	conn, err := w.Dialer.Dial(ctx, w.Store, topology.POP3)
	if err != nil {
		return nil, fmt.Errorf("connect to POP3 of %s: %w", w.Store, err)
	}
	p := &pop{conn: conn, text: textproto.NewConn(bound(conn))}
	p.stop = context.AfterFunc(ctx, func() { conn.Close() })
	_, err = p.answer()
	for _, line := range []string{"USER " + w.account.User, "PASS " + w.account.Password} {
		if err == nil {
			_, err = p.command(line)
		}
	}
	if err != nil {
		p.close()
		return nil, fmt.Errorf("log in to POP3 of %s as %s: %w", w.Store, w.account.User, err)
	}
	return p, nil
}

// close drops the connection. Without QUIT nothing is deleted (RFC 1939, section
// 6).
func (p *pop) close() {
	p.stop()
	p.conn.Close()
}

// errPOP is an answer of -ERR.
var errPOP = errors.New("the server says -ERR")

func (p *pop) command(line string) (string, error) {
	if err := p.text.PrintfLine("%s", line); err != nil {
		return "", err
	}
	return p.answer()
}

func (p *pop) answer() (string, error) {
	line, err := p.text.ReadLine()
	if err != nil {
		return "", err
	}
	said, ok := strings.CutPrefix(line, "+OK")
	if !ok {
		return "", fmt.Errorf("%w: %.100q", errPOP, line)
	}
	return strings.TrimSpace(said), nil
}

// popMost bounds a listing.
const popMost = 1 << 20

// ids lists the unique-ids by message number, in order.
func (p *pop) ids() (numbers []string, ids []string, err error) {
	if _, err := p.command("UIDL"); err != nil {
		return nil, nil, fmt.Errorf("list unique-ids: %w", err)
	}
	lines := bufio.NewScanner(p.text.DotReader())
	for lines.Scan() && len(ids) < popMost {
		number, id, ok := strings.Cut(lines.Text(), " ")
		if !ok {
			return nil, nil, fmt.Errorf("list unique-ids: %.100q", lines.Text())
		}
		numbers, ids = append(numbers, number), append(ids, id)
	}
	if err := lines.Err(); err != nil {
		return nil, nil, fmt.Errorf("list unique-ids: %w", err)
	}
	return numbers, ids, nil
}

// top reads the header of a message. RETR would mark it as seen on many servers;
// TOP does not.
func (p *pop) top(number string) ([]byte, error) {
	if _, err := p.command("TOP " + number + " 0"); err != nil {
		return nil, fmt.Errorf("top of %s: %w", number, err)
	}
	header, err := p.text.ReadDotBytes()
	if err != nil {
		return nil, fmt.Errorf("top of %s: %w", number, err)
	}
	return header, nil
}

// readUIDL adds the unique-ids of the inbox to a manifest, each with the number
// of its message. A store that does not answer by POP3 before the drill does not
// offer it; one that stops to answer later is an error.
func (w *worker) readUIDL(ctx context.Context, m *ledger.Manifest) error {
	if !w.POP3 && w.noPOP == "" {
		w.noPOP = "the store does not offer POP3"
	}
	if w.noPOP != "" {
		m.Unmeasured = append(m.Unmeasured, ledger.Unmeasured{What: uniqueIDs, Why: w.noPOP})
		return nil
	}
	p, err := w.popLogin(ctx)
	if err != nil && m.Round == ledger.BeforeDrill && ctx.Err() == nil {
		w.noPOP = err.Error()
		return w.readUIDL(ctx, m)
	}
	if err != nil {
		return err
	}
	defer p.close()
	numbers, ids, err := p.ids()
	if errors.Is(err, errPOP) {
		m.Unmeasured = append(m.Unmeasured, ledger.Unmeasured{What: uniqueIDs, Why: err.Error()})
		return nil
	}
	if err != nil {
		return err
	}
	topless := false
	for i, id := range ids {
		one := ledger.StoredUIDL{ID: id}
		if !topless {
			header, err := p.top(numbers[i])
			topless = errors.Is(err, errPOP) // TOP is optional
			if err != nil && !topless {
				return err
			}
			one.Seq = seqOf(w.Key, header)
		}
		m.UIDL = append(m.UIDL, one)
	}
	return nil
}

// popDelete is DELE and QUIT of one message, found by the unique-id that it had
// before. Without the reply to QUIT it may be deleted or not; before QUIT was
// written, it is not.
func (w *worker) popDelete(ctx context.Context, t *task) (assigned, error) {
	p, err := w.popLogin(ctx)
	if err != nil {
		return assigned{}, notSent(err)
	}
	defer p.close()
	number, err := w.popFind(p, t.mail.seq)
	if err != nil {
		return assigned{}, notSent(err)
	}
	if _, err := p.command("DELE " + number); err != nil {
		return assigned{}, fmt.Errorf("%w: DELE without QUIT: %w", errUnchanged, err)
	}
	if _, err := p.command("QUIT"); err != nil {
		return assigned{}, fmt.Errorf("QUIT: %w", err)
	}
	return assigned{}, nil
}

// popFind gives the number of a message in this session, after a look whether
// it is the one.
func (w *worker) popFind(p *pop, seq uint32) (string, error) {
	numbers, ids, err := p.ids()
	if err != nil {
		return "", err
	}
	for i, id := range ids {
		if id != w.uidl[seq] {
			continue
		}
		header, err := p.top(numbers[i])
		if err != nil {
			return "", err
		}
		if found := seqOf(w.Key, header); found != seq {
			return "", fmt.Errorf("unique-id %q is that of message %d now", id, found)
		}
		return numbers[i], nil
	}
	return "", fmt.Errorf("no message has the unique-id %q", w.uidl[seq])
}
