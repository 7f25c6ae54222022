package mux

import (
	"encoding/binary"
	"io"
)

// whole joins the header of a frame with its body, which yamux writes one
// after the other: every write into the pipes of a container is carried by the
// engine, at the cost of the machine that the drill measures.
type whole struct {
	io.ReadWriteCloser
	header []byte
}

// The frame header of yamux: version, type, flags (2), stream (4), length (4).
const (
	headerSize = 12
	typeData   = 0
)

// Write is called by one goroutine, with whole headers and whole bodies.
func (w *whole) Write(p []byte) (int, error) {
	if w.header == nil && len(p) == headerSize && p[1] == typeData && binary.BigEndian.Uint32(p[8:]) > 0 {
		w.header = append(make([]byte, 0, 4096), p...)
		return len(p), nil
	}
	if w.header == nil {
		return w.ReadWriteCloser.Write(p)
	}
	frame := append(w.header, p...)
	w.header = nil
	n, err := w.ReadWriteCloser.Write(frame)
	return max(0, n-headerSize), err
}
