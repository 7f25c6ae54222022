package smtp

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// message copies a message as it is on the wire, dots included, up to its final
// dot, which is left out. It ends at a line of one dot, where lines end with CR
// LF and nothing else (RFC 5321, 4.1.1.4).
func (e *end) message(to io.Writer) error {
	fresh, returned := true, false // at the beginning of a line; after a CR
	for {
		b, err := e.r.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
		if fresh && string(b) == ".\r\n" {
			return nil
		}
		// A line that is longer than the buffer comes in pieces, the last of them
		// perhaps a lone LF.
		fresh = bytes.HasSuffix(b, []byte("\r\n")) || returned && string(b) == "\n"
		returned = bytes.HasSuffix(b, []byte("\r"))
		if _, err := to.Write(b); err != nil {
			return err
		}
	}
}

// longestMessage is how much of a message is kept where a script needs all of it
// before it goes on.
const longestMessage = 64 << 20

// bounded keeps the first bytes and counts all.
type bounded struct {
	bytes.Buffer
	limit int64
	size  int64
}

func (b *bounded) Write(p []byte) (int, error) {
	if room := b.limit - int64(b.Len()); room > 0 {
		b.Buffer.Write(p[:min(int64(len(p)), room)])
	}
	b.size += int64(len(p))
	return len(p), nil
}
