package identity

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
)

// Limits of what is read, whatever was stored.
const (
	maxHeader = 256 << 10 // bytes of headers
	maxLine   = 64 << 10  // bytes of a line; the rest of it is ignored
	maxHops   = 100       // Received headers (RFC 5321, section 6.3)
)

// headers are the fields of a message that the drill sent, blanks collapsed;
// empty where one is missing.
type headers struct {
	messageID, date, subject, token, to, attempt, sum string
	hops                                              []string
	whole                                             bool // the empty line after them was seen
	mark                                              string
	marked                                            bool // it has the field mark
}

// readHeaders reads up to the empty line.
func readHeaders(b *bufio.Reader, mark string) (headers, error) {
	h := headers{mark: mark}
	var field []byte
	for read := 0; read < maxHeader; {
		line, err := readLine(b)
		read += len(line) + 2
		folded := len(line) > 0 && (line[0] == ' ' || line[0] == '\t')
		if !folded {
			h.take(field)
			field = field[:0]
		}
		field = append(field, line...)
		if err != nil {
			h.take(field)
			return h, ignoreEOF(err)
		}
		if len(line) == 0 {
			h.whole = true
			return h, nil
		}
	}
	return h, nil
}

// take keeps a field that matters. Of two of the same name the first counts.
func (h *headers) take(text []byte) {
	name, value, ok := bytes.Cut(text, []byte(":"))
	if !ok {
		return
	}
	if h.mark != "" && bytes.EqualFold(name, []byte(h.mark)) {
		h.marked = true
	}
	if bytes.EqualFold(name, []byte("Received")) {
		if len(h.hops) < maxHops {
			h.hops = append(h.hops, hop(strings.Fields(string(value))))
		}
		return
	}
	for _, f := range fields {
		if bytes.EqualFold(name, []byte(f.name)) && *f.of(h) == "" {
			*f.of(h) = strings.Join(strings.Fields(string(value)), " ")
		}
	}
}

// fields are the header fields that the drill sends.
var fields = []struct {
	name string
	of   func(*headers) *string
}{
	{"Message-ID", func(h *headers) *string { return &h.messageID }},
	{"Date", func(h *headers) *string { return &h.date }},
	{"Subject", func(h *headers) *string { return &h.subject }},
	{HeaderToken, func(h *headers) *string { return &h.token }},
	{HeaderTo, func(h *headers) *string { return &h.to }},
	{HeaderAttempt, func(h *headers) *string { return &h.attempt }},
	{HeaderSum, func(h *headers) *string { return &h.sum }},
}

// candidates are the texts that may be a token, the best first: each of these
// places is destroyed by some component of some mail system.
func (h *headers) candidates() []string {
	id, _, _ := strings.Cut(strings.TrimPrefix(h.messageID, "<"), ".")
	_, subject, _ := strings.Cut(h.subject, "drill ")
	return []string{h.token, id, subject}
}

// damage says which field is missing, or that one was changed.
func (h *headers) damage(k Key) string {
	for _, f := range fields {
		if *f.of(h) == "" {
			return "the header " + f.name + " is gone"
		}
	}
	if k.sum(*h) != h.sum {
		return "a header field is changed"
	}
	return ""
}

func (h *headers) describe(f *Found) {
	for _, a := range strings.Split(h.to, ",") {
		if a = strings.TrimSpace(a); a != "" {
			f.Recipients = append(f.Recipients, a)
		}
	}
	f.Attempt, _ = strconv.Atoi(h.attempt) // 0 if damaged, which the sum shows
	f.Hops = h.hops
	f.Unmarked = h.mark != "" && !h.marked
}

// hop takes the receiving host and its queue id out of a Received header
// (RFC 5321, section 4.4).
func hop(words []string) string {
	host, id := "?", "?"
	for i := 0; i+1 < len(words); i++ {
		switch strings.ToLower(words[i]) {
		case "by":
			host = words[i+1]
		case "id":
			id = strings.TrimRight(words[i+1], ";")
		}
	}
	return host + " " + id
}

// readLine gives a line without its end; of one that is too long, the beginning.
func readLine(b *bufio.Reader) ([]byte, error) {
	line, err := b.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		line = bytes.Clone(line)
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = b.ReadSlice('\n')
		}
	}
	return bytes.TrimRight(line, "\r\n"), err
}

func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
