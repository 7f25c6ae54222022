package duplex

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
)

// pieceSize is how much of a line is looked at together; longer lines pass in
// pieces.
const pieceSize = 16 << 10

// tailSize is how much of the end of a line is kept: a literal of IMAP is
// announced there, with at most 19 digits.
const tailSize = 32

// End is one side of a dialogue.
type End struct {
	net.Conn
	r *bufio.Reader
}

func newEnd(c net.Conn) *End { return &End{c, bufio.NewReaderSize(c, pieceSize)} }

// Line is a line, or the first piece of a long one, with its end as it came.
type Line struct {
	Text  []byte
	whole bool
}

// Line reads a line, or the first piece of one. What came before an error is
// given with it.
func (e *End) Line() (Line, error) {
	b, err := e.r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		return Line{bytes.Clone(b), false}, nil
	}
	return Line{bytes.Clone(b), err == nil}, err
}

// Hand hands a line on with all that belongs to it, and gives its last bytes.
func (e *End) Hand(l Line, to io.Writer) (tail []byte, err error) {
	for {
		tail = append(tail, l.Text...)
		tail = tail[max(0, len(tail)-tailSize):]
		if _, err := to.Write(l.Text); err != nil || l.whole {
			return tail, err
		}
		if l, err = e.Line(); err != nil {
			_, _ = to.Write(l.Text)
			return tail, err
		}
	}
}

// Copy hands on so many bytes, whatever they are.
func (e *End) Copy(n int64, to io.Writer) error {
	_, err := io.CopyN(to, e.r, n)
	return err
}
