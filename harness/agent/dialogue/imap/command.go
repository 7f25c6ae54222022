package imap

import (
	"bytes"
	"io"
	"strconv"
	"strings"

	"maildrill/harness/agent/dialogue/duplex"
)

// command reads the tag and the verb of a command; nil: it has not both. Of
// "UID FETCH" the verb is FETCH.
func command(text []byte) *duplex.Command {
	tag, rest, _ := strings.Cut(strings.TrimRight(string(text), "\r\n"), " ")
	verb, args, _ := strings.Cut(rest, " ")
	if strings.EqualFold(verb, "UID") {
		verb, args, _ = strings.Cut(args, " ")
	}
	if tag == "" || tag == "*" || tag == "+" || verb == "" {
		return nil
	}
	return &duplex.Command{Tag: tag, Verb: strings.ToUpper(verb), Text: args}
}

func logsIn(verb string) bool { return verb == "LOGIN" || verb == "AUTHENTICATE" }

// literal reads what a line ends in: the announcement of so many bytes, for
// which a client may have to wait until the server wants them (RFC 9051, 4.3;
// RFC 7888).
func literal(tail []byte) (size int64, waits, ok bool) {
	tail = bytes.TrimSuffix(bytes.TrimSuffix(tail, []byte("\n")), []byte("\r"))
	i := bytes.LastIndexByte(tail, '{')
	if i < 0 || !bytes.HasSuffix(tail, []byte("}")) {
		return 0, false, false
	}
	number, plus := strings.CutSuffix(string(tail[i+1:len(tail)-1]), "+")
	size, err := strconv.ParseInt(number, 10, 64)
	return size, !plus, err == nil && size >= 0 && number[0] != '+'
}

// parts hands on a line, and the literals and lines that belong to it, as long
// as goes tells that a literal comes.
func parts(from *duplex.End, l duplex.Line, to io.Writer, goes func(waits bool) bool) error {
	for {
		tail, err := from.Hand(l, to)
		if err != nil {
			return err
		}
		size, waits, ok := literal(tail)
		if !ok || !goes(waits) {
			return nil
		}
		if err := from.Copy(size, to); err != nil {
			return err
		}
		if l, err = from.Line(); err != nil {
			_, _ = to.Write(l.Text)
			return err
		}
	}
}
