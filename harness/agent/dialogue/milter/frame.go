package milter

import (
	"encoding/binary"
	"fmt"
	"io"
)

// Commands of the mail server and answers of the filter, by their first byte.
const (
	optionNegotiation = 'O'
	macros            = 'D'
	recipient         = 'R'
	bodyEnd           = 'E'
	abort             = 'A'
	quit              = 'Q'
	quitNew           = 'K' // the connection is used again for another client

	goOn     = 'c'
	accept   = 'a'
	reject   = 'r'
	tempfail = 't'
)

// changes are messages of the filter's before its answer: of recipients, the
// sender, headers and the body, a quarantine, and that it is still at work.
const changes = "+-2ehimbqp"

// longest is the largest message: a chunk of a body has at most 65,535 bytes,
// and headers that are large are larger.
const longest = 1 << 20

// read reads one message: its command, and all of it as it was on the wire.
func read(from io.Reader) (command byte, raw []byte, err error) {
	var head [4]byte
	if _, err := io.ReadFull(from, head[:]); err != nil {
		return 0, nil, err
	}
	n := binary.BigEndian.Uint32(head[:])
	if n == 0 || n > longest {
		return 0, nil, fmt.Errorf("a message of %d bytes is not of the milter protocol", n)
	}
	raw = make([]byte, 4+n)
	copy(raw, head[:])
	_, err = io.ReadFull(from, raw[4:])
	return raw[4], raw, err
}

// message writes one.
func message(command byte, data ...byte) []byte {
	raw := binary.BigEndian.AppendUint32(nil, uint32(1+len(data)))
	return append(append(raw, command), data...)
}
