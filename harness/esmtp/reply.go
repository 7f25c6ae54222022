package esmtp

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/emersion/go-smtp"
)

// Limits of what a server may say (RFC 5321, section 4.5.3.1.5 asks for 512
// octets a line; servers are seen to send more).
const (
	replyLine  = 4096 // octets
	replyLines = 100
)

// Reply is one complete SMTP reply (RFC 5321, section 4.2).
type Reply struct {
	Code     int
	Enhanced smtp.EnhancedCode // zero if there was none (RFC 2034)
	Text     string            // lines joined by "\n", without codes
}

// errReply is a line that is no SMTP reply.
var errReply = errors.New("not an SMTP reply")

// readReply reads to the end of the last line. Half a line is
// io.ErrUnexpectedEOF: it is no reply.
func readReply(r *bufio.Reader) (Reply, error) {
	var got Reply
	for n := range replyLines {
		line, err := readLine(r)
		if err != nil {
			return Reply{}, err
		}
		code, last, text, err := cutReply(line)
		if err != nil || (n > 0 && code != got.Code) {
			return Reply{}, fmt.Errorf("%w: %.80q", errReply, line)
		}
		got.add(code, text, n == 0)
		if last {
			return got, nil
		}
	}
	return Reply{}, fmt.Errorf("%w: more than %d lines", errReply, replyLines)
}

// add takes one line; its enhanced status code, whose class must be that of the
// reply, goes before the text (RFC 2034, section 4).
func (r *Reply) add(code int, text []byte, first bool) {
	r.Code = code
	head, rest, _ := bytes.Cut(text, []byte(" "))
	if status, ok := parseEnhanced(head); ok && status[0] == code/100 {
		r.Enhanced, text = status, rest
	}
	if first {
		r.Text = string(text)
		return
	}
	r.Text += "\n" + string(text)
}

// readLine gives a line without its end. A bare LF is tolerated. The bytes are
// the reader's own, until the next read.
func readLine(r *bufio.Reader) ([]byte, error) {
	line, err := r.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return nil, fmt.Errorf("%w: a line of more than %d octets", errReply, replyLine)
	case errors.Is(err, io.EOF) && len(line) > 0:
		return nil, fmt.Errorf("half a reply (%.80q): %w", line, io.ErrUnexpectedEOF)
	case err != nil:
		return nil, err
	}
	return bytes.TrimRight(line, "\r\n"), nil
}

// cutReply takes "250-text" or "250 text" apart; "250" alone is allowed.
func cutReply(line []byte) (code int, last bool, text []byte, err error) {
	if len(line) < 3 {
		return 0, false, nil, errReply
	}
	code, ok := number(line[:3])
	if !ok || code < 200 || code > 599 {
		return 0, false, nil, errReply
	}
	if len(line) == 3 {
		return code, true, nil, nil
	}
	if line[3] != ' ' && line[3] != '-' {
		return 0, false, nil, errReply
	}
	return code, line[3] == ' ', line[4:], nil
}

// number reads one to three digits and nothing else.
func number(digits []byte) (n int, ok bool) {
	if len(digits) == 0 || len(digits) > 3 {
		return 0, false
	}
	for _, c := range digits {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + int(c-'0')
	}
	return n, true
}

// parseEnhanced reads an enhanced status code, "2.1.5".
func parseEnhanced(b []byte) (status smtp.EnhancedCode, ok bool) {
	class, rest, _ := bytes.Cut(b, []byte("."))
	subject, detail, more := bytes.Cut(rest, []byte("."))
	if !more {
		return status, false
	}
	for i, part := range [...][]byte{class, subject, detail} {
		if status[i], ok = number(part); !ok {
			return smtp.EnhancedCode{}, false
		}
	}
	return status, true
}

// Status prints the enhanced status code, empty if there was none.
func (r Reply) Status() string {
	switch r.Enhanced {
	case smtp.EnhancedCode{}:
		return ""
	case smtp.EnhancedCode{2, 0, 0}:
		return "2.0.0"
	}
	return fmt.Sprintf("%d.%d.%d", r.Enhanced[0], r.Enhanced[1], r.Enhanced[2])
}

// unexpected is the error of a reply that does not fit the command, for
// instance 250 where 354 is due.
func (r Reply) unexpected() error {
	return fmt.Errorf("unexpected reply: %w", &smtp.SMTPError{Code: r.Code, EnhancedCode: r.Enhanced, Message: r.Text})
}
