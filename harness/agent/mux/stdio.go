package mux

import (
	"errors"
	"io"
)

// Pipes joins a reader and a writer, for instance standard input and output.
// Closing it closes both, where they can be closed.
func Pipes(r io.Reader, w io.Writer) io.ReadWriteCloser { return pipes{r, w} }

type pipes struct {
	io.Reader
	io.Writer
}

func (p pipes) Close() error {
	var errs []error
	for _, end := range []any{p.Writer, p.Reader} {
		if c, ok := end.(io.Closer); ok {
			errs = append(errs, c.Close())
		}
	}
	return errors.Join(errs...)
}
