package ledger

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"
)

// Reader is the read side of a ledger.
type Reader struct {
	segments []string // paths, in the order written
	torn     string
}

// Open opens the ledger of a folder. Nothing is read yet.
func Open(dir string) (*Reader, error) {
	segments, err := filepath.Glob(filepath.Join(dir, "*.seg"))
	if err != nil || len(segments) == 0 {
		return nil, fmt.Errorf("open the ledger: no segment in %s", dir)
	}
	slices.Sort(segments)
	for i, path := range segments {
		if filepath.Base(path) != segmentName(i+1) {
			return nil, fmt.Errorf("open the ledger: %s is missing in %s", segmentName(i+1), dir)
		}
	}
	return &Reader{segments: segments}, nil
}

// Torn says where the ledger stopped being readable; empty if it is whole. It
// is known after Each.
func (r *Reader) Torn() string { return r.torn }

// Each calls f for every entry in the order written. What follows the first
// broken block is not read; Torn tells.
func (r *Reader) Each(f func(Entry) error) error {
	r.torn = ""
	for _, path := range r.segments {
		if err := r.segment(path, f); err != nil || r.torn != "" {
			return err
		}
	}
	return nil
}

func (r *Reader) segment(path string, f func(Entry) error) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("read the ledger: %w", err)
	}
	defer file.Close()
	b := bufio.NewReaderSize(file, 1<<20)
	at, err := header(b)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		r.tear(path, 0, err)
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the ledger: %s: %w", filepath.Base(path), err)
	}
	var payload []byte
	for {
		payload, err = block(b, payload)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			r.tear(path, at, err)
			return nil
		}
		at += blockHead + len(payload)
		if err := entries(payload, f); err != nil {
			return err
		}
	}
}

func (r *Reader) tear(path string, at int, why error) {
	r.torn = fmt.Sprintf("%s is broken from byte %d: %v", filepath.Base(path), at, why)
}

// header checks the magic and the version, and skips what later versions may
// have added. io.ErrUnexpectedEOF is a header that is cut short.
func header(b *bufio.Reader) (int, error) {
	head := make([]byte, headerLen)
	n, err := io.ReadFull(b, head)
	if n < len(magic) && magic[:n] == string(head[:n]) {
		return 0, io.ErrUnexpectedEOF
	}
	if n < len(magic) || string(head[:len(magic)]) != magic {
		return 0, errors.New("not a ledger segment")
	}
	if err != nil {
		return 0, io.ErrUnexpectedEOF
	}
	if v := binary.LittleEndian.Uint16(head[len(magic):]); v != version {
		return 0, fmt.Errorf("version %d of the ledger; this maildrill reads version %d", v, version)
	}
	length := int(binary.LittleEndian.Uint16(head[len(magic)+2:]))
	if length < headerLen {
		return 0, errors.New("not a ledger segment")
	}
	if _, err := b.Discard(length - headerLen); err != nil {
		return 0, io.ErrUnexpectedEOF
	}
	return length, nil
}

// block reads one payload. io.EOF is a clean end.
func block(b *bufio.Reader, payload []byte) ([]byte, error) {
	var head [blockHead]byte
	if _, err := io.ReadFull(b, head[:]); err != nil {
		return payload, err
	}
	n := int(binary.LittleEndian.Uint32(head[:]))
	if n == 0 || n > blockMost {
		return payload, fmt.Errorf("a block of %d bytes", n)
	}
	payload = slices.Grow(payload[:0], n)[:n]
	if _, err := io.ReadFull(b, payload); err != nil {
		return payload, errors.New("a block is cut short")
	}
	if crc32.Checksum(payload, castagnoli) != binary.LittleEndian.Uint32(head[4:]) {
		return payload, errors.New("a checksum does not fit")
	}
	return payload, nil
}

func entries(payload []byte, f func(Entry) error) error {
	for len(payload) > 0 {
		n, used := binary.Uvarint(payload)
		if used <= 0 || n > uint64(len(payload)-used) {
			return fmt.Errorf("read the ledger: %w", errShort)
		}
		e, err := parseEntry(payload[used : used+int(n)])
		if err != nil {
			return fmt.Errorf("read the ledger: %w", err)
		}
		if err := f(e); err != nil {
			return err
		}
		payload = payload[used+int(n):]
	}
	return nil
}
