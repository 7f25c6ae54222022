package mux

import (
	"bytes"
	"io"
	"testing"
)

// pipe keeps what each write brought.
type pipe struct {
	io.ReadCloser
	writes [][]byte
}

func (p *pipe) Write(b []byte) (int, error) {
	p.writes = append(p.writes, bytes.Clone(b))
	return len(b), nil
}

func TestFramesAreWrittenWhole(t *testing.T) {
	data := []byte{0, typeData, 0, 0, 0, 0, 0, 7, 0, 0, 0, 3}
	window := []byte{0, 1, 0, 0, 0, 0, 0, 7, 0, 0, 1, 0}
	closing := []byte{0, typeData, 0, 4, 0, 0, 0, 7, 0, 0, 0, 0}
	p := &pipe{}
	w := &whole{ReadWriteCloser: p}
	for _, part := range [][]byte{data, []byte("abc"), window, closing, data, []byte("def")} {
		if n, err := w.Write(part); n != len(part) || err != nil {
			t.Fatalf("wrote %d of %d: %v", n, len(part), err)
		}
	}
	want := []string{string(data) + "abc", string(window), string(closing), string(data) + "def"}
	if len(p.writes) != len(want) {
		t.Fatalf("%d writes, want %d", len(p.writes), len(want))
	}
	for i := range want {
		if string(p.writes[i]) != want[i] {
			t.Errorf("write %d is %q, want %q", i, p.writes[i], want[i])
		}
	}
}
