package stored

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
)

// wire is a small IMAP client for what go-imap cannot say: QRESYNC (RFC 7162).
// It sends one command at a time and reads every answer into plain values:
// string for atoms, quoted strings and literals, []any for lists.
type wire struct {
	conn net.Conn
	r    *bufio.Reader
	n    int
}

// Limits of what a server may send.
const (
	wireLiteral = 1 << 20
	wireDepth   = 8
	wireAnswers = 100_000 // to one command
	wireAtom    = 64 << 10
)

func newWire(conn net.Conn) *wire { return &wire{conn: conn, r: bufio.NewReader(bound(conn))} }

// answer is one untagged response. Of OK, NO, BAD and BYE only code is set: what
// stands in brackets.
type answer struct {
	values []any
	status string
	code   string
}

// greeting reads the first line.
func (w *wire) greeting() error {
	a, _, err := w.line()
	if err == nil && a.status != "OK" && a.status != "PREAUTH" {
		err = fmt.Errorf("the greeting is %q", a.status)
	}
	return err
}

// command sends one and returns the untagged answers. A tagged NO or BAD is an
// error.
func (w *wire) command(format string, args ...any) ([]answer, error) {
	w.n++
	tag := fmt.Sprintf("m%d", w.n)
	if _, err := fmt.Fprintf(w.conn, "%s "+format+"\r\n", append([]any{tag}, args...)...); err != nil {
		return nil, err
	}
	var all []answer
	for len(all) < wireAnswers {
		a, tagged, err := w.line()
		switch {
		case err != nil:
			return nil, err
		case tagged == tag && a.status != "OK":
			return nil, fmt.Errorf("the server says %s %s", a.status, a.code)
		case tagged == tag:
			return append(all, a), nil
		}
		all = append(all, a)
	}
	return nil, errors.New("too many answers")
}

// line reads one response, tag first.
func (w *wire) line() (a answer, tag string, err error) {
	if tag, err = w.atom(); err != nil {
		return a, "", err
	}
	first, end, err := w.next(0)
	if err != nil {
		return a, "", err
	}
	if word, ok := first.(string); ok {
		switch word = strings.ToUpper(word); word {
		case "OK", "NO", "BAD", "BYE", "PREAUTH":
			a.status, a.code, err = word, "", nil
			if !end {
				a.code, err = w.text()
			}
			return a, tag, err
		}
	}
	for a.values = append(a.values, first); !end; {
		var v any
		if v, end, err = w.next(0); err != nil {
			return a, "", err
		}
		if v != nil {
			a.values = append(a.values, v)
		}
	}
	return a, tag, nil
}

// text reads the rest of a status line: the code in brackets if there is one,
// else the words.
func (w *wire) text() (string, error) {
	rest, err := w.r.ReadString('\n')
	rest = strings.TrimSpace(rest)
	if code, _, ok := strings.Cut(strings.TrimPrefix(rest, "["), "]"); ok && strings.HasPrefix(rest, "[") {
		return code, err
	}
	return rest, err
}

// next reads one value; end is true if the response ended with it, or (with nil)
// before it.
func (w *wire) next(depth int) (v any, end bool, err error) {
	for {
		b, err := w.r.ReadByte()
		if err != nil {
			return nil, false, err
		}
		switch b {
		case ' ', '\r':
			continue
		case '\n':
			return nil, true, nil
		case '(':
			v, err = w.list(depth + 1)
		case '"':
			v, err = w.quoted()
		case '{':
			v, err = w.literal()
		default:
			if err = w.r.UnreadByte(); err == nil {
				v, err = w.atom()
			}
		}
		return v, false, err
	}
}

func (w *wire) list(depth int) ([]any, error) {
	if depth > wireDepth {
		return nil, errors.New("lists are nested too deep")
	}
	list := []any{}
	for {
		b, err := w.r.ReadByte()
		if err != nil {
			return nil, err
		}
		if b == ')' {
			return list, nil
		}
		if b == ' ' {
			continue
		}
		if err := w.r.UnreadByte(); err != nil {
			return nil, err
		}
		v, end, err := w.next(depth)
		switch {
		case err != nil:
			return nil, err
		case end:
			return nil, errors.New("a list is not closed")
		}
		list = append(list, v)
	}
}

func (w *wire) quoted() (string, error) {
	var b strings.Builder
	for b.Len() < wireAtom {
		c, err := w.r.ReadByte()
		if err != nil {
			return "", err
		}
		switch c {
		case '"':
			return b.String(), nil
		case '\\':
			if c, err = w.r.ReadByte(); err != nil {
				return "", err
			}
		}
		b.WriteByte(c)
	}
	return "", errors.New("a quoted string is too long")
}

func (w *wire) literal() (string, error) {
	head, err := w.r.ReadString('\n')
	if err != nil {
		return "", err
	}
	n, err := strconv.Atoi(strings.TrimRight(strings.TrimSpace(head), "+}"))
	if err != nil || n < 0 || n > wireLiteral {
		return "", fmt.Errorf("a literal of %q bytes", head)
	}
	b := make([]byte, n)
	_, err = io.ReadFull(w.r, b)
	return string(b), err
}

// atom reads up to a blank, a bracket of a list or the end of the line. What
// stands in square brackets belongs to it: BODY[HEADER.FIELDS (X-Drill-Token)].
func (w *wire) atom() (string, error) {
	var b strings.Builder
	for open := false; b.Len() < wireAtom; {
		c, err := w.r.ReadByte()
		if err != nil {
			return "", err
		}
		if c == '\n' || !open && (c == ' ' || c == '\r' || c == '(' || c == ')') {
			return b.String(), w.r.UnreadByte()
		}
		open = c == '[' || open && c != ']'
		b.WriteByte(c)
	}
	return "", errors.New("an atom is too long")
}

// wireQuote makes a quoted string (RFC 3501, section 4.3).
func wireQuote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
