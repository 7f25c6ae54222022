package smtp

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"strings"
)

// Bounds of what is taken from either end; RFC 5321, 4.5.3.1, asks for less.
const (
	longestLine  = 64 << 10
	longestReply = 1000 // lines
)

var errProtocol = errors.New("not SMTP")

// end is one side of the dialogue.
type end struct {
	net.Conn
	r *bufio.Reader
}

func newEnd(c net.Conn) *end { return &end{c, bufio.NewReaderSize(c, longestLine)} }

// line reads one line with its end.
func (e *end) line() (string, error) {
	b, err := e.r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		return "", fmt.Errorf("%w: a line of more than %d bytes", errProtocol, longestLine)
	}
	if err != nil {
		return "", err
	}
	return string(b), nil
}

// say writes lines that have their ends.
func (e *end) say(text string) error {
	_, err := e.Write([]byte(text))
	return err
}

// reply is what a server answers: its lines, with their ends.
type reply struct {
	code  int
	lines []string
}

func (r reply) text() string { return strings.Join(r.lines, "") }

func (r reply) ok() bool { return r.code/100 == 2 }

// reply reads one, of however many lines (RFC 5321, 4.2.1).
func (e *end) reply() (reply, error) {
	var r reply
	for len(r.lines) < longestReply {
		l, err := e.line()
		if err != nil {
			return r, err
		}
		code, last, ok := replyLine(l)
		if !ok {
			return r, fmt.Errorf("%w: the reply %.80q", errProtocol, l)
		}
		r.lines, r.code = append(r.lines, l), code
		if last {
			return r, nil
		}
	}
	return r, fmt.Errorf("%w: a reply of more than %d lines", errProtocol, longestReply)
}

func replyLine(l string) (code int, last, ok bool) {
	if len(l) < 4 {
		return 0, false, false
	}
	for _, c := range l[:3] {
		if c < '0' || c > '9' {
			return 0, false, false
		}
		code = code*10 + int(c-'0')
	}
	return code, l[3] != '-', true
}

// ask hands a command on and reads the answer.
func (e *end) ask(command string) (reply, error) {
	if err := e.say(command); err != nil {
		return reply{}, err
	}
	return e.reply()
}
