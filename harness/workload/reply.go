package workload

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/emersion/go-smtp"
)

// Limits of what a server may say (RFC 5321, section 4.5.3.1.5 asks for 512
// octets a line; servers are seen to send more).
const (
	replyLine  = 4096 // octets
	replyLines = 100
)

// reply is one complete SMTP reply (RFC 5321, section 4.2).
type reply struct {
	code     int
	enhanced smtp.EnhancedCode // zero if there was none (RFC 2034)
	text     string            // lines joined by "\n", without codes
}

// errReply is a line that is no SMTP reply.
var errReply = errors.New("not an SMTP reply")

// readReply reads to the end of the last line. Half a line is
// io.ErrUnexpectedEOF: it is no reply.
func readReply(r *bufio.Reader) (reply, error) {
	var got reply
	var lines []string
	for range replyLines {
		line, err := readLine(r)
		if err != nil {
			return reply{}, err
		}
		code, last, text, err := cutReply(line)
		if err != nil || (got.code != 0 && code != got.code) {
			return reply{}, fmt.Errorf("%w: %.80q", errReply, line)
		}
		got.code = code
		lines = append(lines, text)
		if last {
			got.enhanced, lines = enhanced(code, lines)
			got.text = strings.Join(lines, "\n")
			return got, nil
		}
	}
	return reply{}, fmt.Errorf("%w: more than %d lines", errReply, replyLines)
}

// readLine gives a line without its end. A bare LF is tolerated.
func readLine(r *bufio.Reader) (string, error) {
	line, err := r.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return "", fmt.Errorf("%w: a line of more than %d octets", errReply, replyLine)
	case errors.Is(err, io.EOF) && len(line) > 0:
		return "", fmt.Errorf("half a reply (%.80q): %w", line, io.ErrUnexpectedEOF)
	case err != nil:
		return "", err
	}
	return strings.TrimRight(string(line), "\r\n"), nil
}

// cutReply takes "250-text" or "250 text" apart; "250" alone is allowed.
func cutReply(line string) (code int, last bool, text string, err error) {
	if len(line) < 3 {
		return 0, false, "", errReply
	}
	code, err = strconv.Atoi(line[:3])
	if err != nil || code < 200 || code > 599 {
		return 0, false, "", errReply
	}
	if len(line) == 3 {
		return code, true, "", nil
	}
	if line[3] != ' ' && line[3] != '-' {
		return 0, false, "", errReply
	}
	return code, line[3] == ' ', line[4:], nil
}

// enhanced takes the enhanced status code (RFC 2034, section 4) off each line;
// its class must be that of the reply.
func enhanced(code int, lines []string) (smtp.EnhancedCode, []string) {
	var found smtp.EnhancedCode
	for i, line := range lines {
		head, rest, _ := strings.Cut(line, " ")
		if status, ok := parseEnhanced(head); ok && status[0] == code/100 {
			found, lines[i] = status, rest
		}
	}
	return found, lines
}

func parseEnhanced(s string) (smtp.EnhancedCode, bool) {
	parts := strings.Split(s, ".")
	if len(parts) != 3 {
		return smtp.EnhancedCode{}, false
	}
	var status smtp.EnhancedCode
	for i, p := range parts {
		n, err := strconv.ParseUint(p, 10, 10)
		if err != nil || n > 999 {
			return smtp.EnhancedCode{}, false
		}
		status[i] = int(n)
	}
	return status, true
}

// status prints the enhanced status code, empty if there was none.
func (r reply) status() string {
	if r.enhanced == (smtp.EnhancedCode{}) {
		return ""
	}
	return fmt.Sprintf("%d.%d.%d", r.enhanced[0], r.enhanced[1], r.enhanced[2])
}

// unexpected is the error of a reply that does not fit the command, for
// instance 250 where 354 is due.
func (r reply) unexpected() error {
	return fmt.Errorf("unexpected reply: %w", &smtp.SMTPError{Code: r.code, EnhancedCode: r.enhanced, Message: r.text})
}
