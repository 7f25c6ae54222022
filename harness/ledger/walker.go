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

// walker goes through the blocks of a ledger.
type walker struct {
	segments []string
	torn     string // where and why the walk ended early
	entries  uint64 // before the next block
	closed   bool   // the end mark was read
	payload  []byte
}

// each calls f for every block with entries, and how many bytes it takes in the
// file. It ends at the first broken block.
func (w *walker) each(f func(preamble, int) error) error {
	at := 0
	for i, path := range w.segments {
		var err error
		if at, err = w.segment(path, i+1, f); err != nil || w.torn != "" {
			return err
		}
	}
	if !w.closed {
		w.tear(w.segments[len(w.segments)-1], at, errors.New("there is no end mark: the ledger was not closed"))
	}
	return nil
}

// segment gives the length of the file.
func (w *walker) segment(path string, number int, f func(preamble, int) error) (int, error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, fmt.Errorf("read the ledger: %w", err)
	}
	defer file.Close()
	stat, err := file.Stat()
	if err != nil {
		return 0, fmt.Errorf("read the ledger: %w", err)
	}
	b := bufio.NewReaderSize(file, int(min(stat.Size(), 1<<17)))
	at, err := header(b, number)
	if errors.Is(err, errBroken) {
		w.tear(path, 0, err)
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read the ledger: %s: %w", filepath.Base(path), err)
	}
	for {
		h, err := w.block(b, stat.Size()-int64(at))
		if errors.Is(err, io.EOF) {
			return at, nil
		}
		if err != nil {
			w.tear(path, at, err)
			return at, nil
		}
		size := blockHead + len(w.payload)
		if h.count > 0 {
			err = f(h, size)
		}
		if err != nil && !errors.Is(err, errStopped) {
			err = fmt.Errorf("read the ledger: %s: the block at byte %d: %w", filepath.Base(path), at, err)
		}
		if err != nil {
			return at, err
		}
		at += size
	}
}

func (w *walker) tear(path string, at int, why error) {
	w.torn = fmt.Sprintf("%s is broken from byte %d: %v", filepath.Base(path), at, why)
}

// errBroken is wrapped by what a crash or a bad disk can make of a header.
var errBroken = errors.New("its header is broken")

// header checks what every version has (magic, version, length, and a checksum
// at the end), and skips what later versions may have added between.
func header(b *bufio.Reader, number int) (int, error) {
	head, err := b.Peek(headerLen)
	if err == nil && string(head[:len(magic)]) != magic && number == 1 {
		return 0, errors.New("not a segment of a ledger")
	}
	if err != nil || string(head[:len(magic)]) != magic {
		return 0, errBroken
	}
	length := int(binary.LittleEndian.Uint16(head[len(magic)+2:]))
	if length < headerLen {
		return 0, errBroken
	}
	if head, err = b.Peek(length); err != nil || !sound(head[:length-crcLen], head[length-crcLen:]) {
		return 0, errBroken
	}
	if v := binary.LittleEndian.Uint16(head[len(magic):]); v != version {
		return 0, fmt.Errorf("version %d of the ledger; this maildrill reads version %d", v, version)
	}
	if n := binary.LittleEndian.Uint32(head[len(magic)+4:]); n != uint32(number) {
		return 0, fmt.Errorf("%w: it is number %d, not %d", errBroken, n, number)
	}
	return b.Discard(length)
}

func sound(b, sum []byte) bool {
	return crc32.Checksum(b, castagnoli) == binary.LittleEndian.Uint32(sum)
}

// block reads the next block. io.EOF is a clean end of the file; any other
// error means that the block is broken or missing. A length beyond the bytes
// that are left is not believed, nor given memory.
func (w *walker) block(b *bufio.Reader, left int64) (preamble, error) {
	var head [blockHead]byte
	if _, err := io.ReadFull(b, head[:]); errors.Is(err, io.ErrUnexpectedEOF) {
		return preamble{}, errors.New("a block is cut short")
	} else if err != nil {
		return preamble{}, err
	}
	if w.closed {
		return preamble{}, errors.New("a block follows the end mark")
	}
	n := int64(binary.LittleEndian.Uint32(head[:]))
	if n == 0 || n > blockMost {
		return preamble{}, fmt.Errorf("a block of %d bytes", n)
	}
	if n > left-blockHead {
		return preamble{}, errors.New("a block is cut short")
	}
	w.payload = slices.Grow(w.payload[:0], int(n))[:n]
	if _, err := io.ReadFull(b, w.payload); err != nil {
		return preamble{}, errors.New("a block is cut short")
	}
	if !sound(w.payload, head[4:]) {
		return preamble{}, errors.New("a checksum does not fit")
	}
	return w.follow()
}

// follow checks that the block comes next.
func (w *walker) follow() (preamble, error) {
	h, err := readPreamble(w.payload)
	if err != nil {
		return h, err
	}
	if h.first != w.entries {
		return h, fmt.Errorf("it should begin with entry %d, and begins with %d", w.entries, h.first)
	}
	w.entries += h.count
	w.closed = h.count == 0
	return h, nil
}
